import { expect, test } from 'vitest';
import * as core from '../../src/index.ts';
import * as oracle from '../../src/reference.ts';
import { anyPosterior, seeded } from '../support/engines.ts';
import { ulps } from '../support/golden.ts';

test.each([1, 2, 3, 4, 8, 16, 33, 64])(
  'mutual information of 50,000 random posteriors is within 1 ulp of the oracle at %i rollouts',
  (rollouts) => {
    const random = seeded(rollouts);
    const inPromise = (): number => {
      for (;;) {
        const value = anyPosterior(random);
        if (value <= 1e6) return value;
      }
    };
    const alpha = Float32Array.from({ length: 50_000 }, inPromise);
    const beta = Float32Array.from(alpha, inPromise);
    const scores = core.score(alpha, beta, { acquisition: { kind: 'mutual-information', rollouts } });
    const worst = scores.reduce(
      (most, score, i) => Math.max(most, ulps(score, oracle.mutualInformation(alpha[i]!, beta[i]!, rollouts))),
      0,
    );
    console.log(`${rollouts} rollouts: worst error ${worst.toFixed(4)} ulp`);
    expect(worst).toBeLessThanOrEqual(1);
  },
);
