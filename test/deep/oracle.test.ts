import { expect, test } from 'vitest';
import * as core from '../../src/index.ts';
import { anywhere, atSeam, worstOf } from '../support/cells.ts';
import { seeded } from '../support/engines.ts';

test.each([
  [1, 1_000_000],
  [2, 1_000_000],
  [3, 50_000],
  [8, 1_000_000],
  [16, 1_000_000],
  [33, 50_000],
  [64, 200_000],
  [256, 10_000],
])(
  'at %i rollouts, %i points anywhere and at the seams of cells are within 0.75 ulp of the oracle',
  (rollouts, count) => {
    for (const [name, point] of Object.entries({ anywhere, atSeam })) {
      const random = seeded(rollouts);
      const worst = worstOf(core, rollouts, count, () => point(random));
      console.log(`${rollouts} rollouts, ${name}: worst error ${worst.toFixed(4)} ulp`);
      expect(worst).toBeLessThanOrEqual(0.75);
    }
  },
);
