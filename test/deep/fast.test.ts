import { expect, test } from 'vitest';
import { score } from '../../src/index.ts';
import { anyPosterior, seeded } from '../support/engines.ts';

test.each([1, 2, 3, 8, 33, 256])(
  "precision 'fast' of 10^6 random posteriors is within 5e-7 of the exact score at %i rollouts",
  (rollouts) => {
    const random = seeded(rollouts);
    const promised = (): number => {
      for (;;) {
        const value = anyPosterior(random);
        if (value <= 1e6) return value;
      }
    };
    const alpha = Float32Array.from({ length: 1_000_000 }, promised);
    const beta = Float32Array.from({ length: 1_000_000 }, promised);
    for (const kind of ['mutual-information', 'weighted-mutual-information'] as const) {
      const exact = score(alpha, beta, { acquisition: { kind, rollouts } });
      const fast = score(alpha, beta, { acquisition: { kind, rollouts, precision: 'fast' } });
      const worst = fast.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - exact[i]!) / Math.max(exact[i]!, 2 ** -126)),
        0,
      );
      console.log(`${kind}, ${rollouts} rollouts: worst error ${worst.toExponential(2)}`);
      expect(worst).toBeLessThanOrEqual(5e-7);
    }
  },
);
