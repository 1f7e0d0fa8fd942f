import { expect, test } from 'vitest';
import { endBySignal } from '../support/signals.ts';

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '300 times %s at any moment: no lock, no half written file and no lost answer is left',
  async (signal) => {
    expect(await endBySignal(signal, 300, 5)).toBeGreaterThan(50);
  },
);
