import { describe, expect, test } from 'vitest';
import { anywhere, atSeam, worstOf } from './support/cells.ts';
import { anyPosterior, ENTRIES, sameBytes, seeded } from './support/engines.ts';

/** In ulp of float32, where 1 is promised: docs/accuracy.md. More points: test/deep/oracle.test.ts. */
const BOUND = 0.75;

describe.each(ENTRIES)('the table of cells on the $name engine', ({ entry }) => {
  const { score } = entry;

  test.each([
    [1, 20_000],
    [2, 20_000],
    [8, 20_000],
    [16, 10_000],
    [64, 2_000],
    [256, 100],
  ])('at %i rollouts, %i points anywhere and at the seams of cells are within 0.75 ulp', (rollouts, count) => {
    for (const point of [anywhere, atSeam]) {
      const random = seeded(rollouts);
      expect(worstOf(entry, rollouts, count, () => point(random))).toBeLessThanOrEqual(BOUND);
    }
  });

  test('scores do not depend on what was asked before, nor on the rollouts between', () => {
    const random = seeded(3);
    const alpha = Float32Array.from({ length: 2_000 }, () => anyPosterior(random));
    const beta = Float32Array.from(alpha, () => anyPosterior(random));
    const of = (rollouts: number) => score(alpha, beta, { acquisition: { kind: 'mutual-information', rollouts } });
    const first = [8, 256, 1].map(of);
    expect([8, 256, 1].every((rollouts, i) => sameBytes(of(rollouts), first[i]!))).toBe(true);
    const backwards = score(alpha.slice().reverse(), beta.slice().reverse(), {
      acquisition: { kind: 'mutual-information', rollouts: 8 },
    });
    expect(sameBytes(backwards.reverse(), first[0]!)).toBe(true);
  });

  test('pools and stateless scores share the table, and none changes the other', () => {
    const pool = new entry.PosteriorPool(100, { discount: 0.9 });
    pool.update({ indices: [1, 2, 3], successes: [1, 5, 8], trials: 8 });
    const eight = pool.score();
    for (const rollouts of [1, 33, 256, 2, 5, 7, 33, 1]) {
      // more than have cells side by side
      const acquisition = { kind: 'weighted-mutual-information', rollouts } as const;
      expect(sameBytes(pool.score({ acquisition }), score(pool.alpha, pool.beta, { acquisition }))).toBe(true);
    }
    expect(sameBytes(score(pool.alpha, pool.beta), eight)).toBe(true);
  });
});
