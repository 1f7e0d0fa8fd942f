import { expect, test } from 'vitest';
import { endBySignal } from '../support/signals.ts';

// test/deep/signals.test.ts does the same 300 times with each signal.
test.each(['SIGTERM', 'SIGHUP'] as const)('%s at any moment leaves no lock and loses no answer', async (signal) => {
  expect(await endBySignal(signal, 12, 6)).toBeGreaterThan(0);
});
