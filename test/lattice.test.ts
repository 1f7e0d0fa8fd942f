import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PosteriorPool, score } from '../src/index.ts';
import { ACQUISITIONS, anyPosterior, sameBytes, seeded } from './support/engines.ts';

// A pool without discount scores by table. It must not show: the stateless `score` has no table.

const rules = ACQUISITIONS.filter(({ kind }) => kind !== 'random');
const prior = fc.float({ min: Math.fround(1e-3), max: 1e6, noNaN: true });

const sameAsDirect = (pool: PosteriorPool): void => {
  for (const acquisition of rules) {
    const direct = score(pool.alpha, pool.beta, { acquisition });
    expect(sameBytes(pool.score({ acquisition }), direct), JSON.stringify(acquisition)).toBe(true);
  }
};

test.each([1, 7, 8, 511, 512, 513, 3_001])(
  'a pool of %i without discount has the scores of the direct kernel, for any prior',
  (size) => {
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(1, 0.5, 0.3), prior), prior, fc.nat(), (alpha, beta, seed) => {
        const next = seeded(seed);
        const pool = new PosteriorPool(size, { prior: { alpha, beta } });
        for (let visit = 0; visit < 3; visit++) {
          const indices = Array.from({ length: size }, () => Math.floor(size * next()));
          const trials = indices.map(() => 1 + Math.floor(200 * next()));
          const successes = trials.map((most) => Math.floor((most + 1) * next()));
          pool.update({ indices, successes, trials });
          sameAsDirect(pool);
        }
      }),
      { numRuns: size > 1_000 ? 4 : 15 },
    );
  },
);

test('posteriors off the lattice, and at the edges of the table, have the scores of the direct kernel', () => {
  const next = seeded(4);
  const edges = [1, 2, 255, 256, 257, 65_537, 2 ** 24, 1 + 2 ** -23, 0.999, 1e-3, 1.5];
  const alpha = edges.flatMap((a) => edges.map(() => a));
  const beta = edges.flatMap(() => edges);
  for (let i = 0; i < 2_000; i++) {
    alpha.push(anyPosterior(next));
    beta.push(1 + Math.floor(300 * next()));
  }
  const pool = new PosteriorPool(alpha.length).set({ alpha, beta });
  sameAsDirect(pool);
  pool.reset(Array.from({ length: 700 }, (_, i) => 3 * i));
  sameAsDirect(pool);
});
