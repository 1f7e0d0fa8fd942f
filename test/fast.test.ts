import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fastErrors, goldenPoints } from './support/accuracy.ts';
import { anyPosterior, ENTRIES, sameBytes, seeded } from './support/engines.ts';

/** The stated bound: relative, for alpha and beta in [1e-3, 1e6]. */
const BOUND = 5e-7;

const points = goldenPoints();

describe.each(ENTRIES)("precision 'fast' on the $name engine", ({ entry }) => {
  const { PosteriorPool, score } = entry;

  test('is within 5e-7 of every golden value', () => {
    const errors = fastErrors(entry, points);
    expect(errors.map(({ kind, points: count }) => [kind, count > 10_000])).toEqual([
      ['mutual-information', true],
      ['weighted-mutual-information', true],
    ]);
    for (const { kind, error } of errors) expect(error, kind).toBeLessThanOrEqual(BOUND);
  });

  test('is symmetric to the bit', () => {
    const posterior = fc.float({ min: Math.fround(1e-3), max: 2 ** 24, noNaN: true });
    fc.assert(
      fc.property(posterior, posterior, fc.constantFrom(1, 8, 256), (alpha, beta, rollouts) => {
        const acquisition = { kind: 'mutual-information', rollouts, precision: 'fast' } as const;
        const [one, other] = score([alpha, beta], [beta, alpha], { acquisition }) as unknown as [number, number];
        expect(Object.is(one, other)).toBe(true);
        expect(one).toBeGreaterThan(0);
      }),
    );
  });

  test('a score does not depend on what was scored before, on the pool or on the place', () => {
    const random = seeded(5);
    const size = 66_000; // large enough for a table of its own
    const alpha = Float32Array.from({ length: size }, (_, i) => (i < 500 ? anyPosterior(random) : 1));
    const beta = Float32Array.from({ length: size }, (_, i) => (i < 500 ? anyPosterior(random) : 1));
    const acquisition = { kind: 'weighted-mutual-information', rollouts: 5, precision: 'fast' } as const;
    const large = new PosteriorPool(size, { discount: 0.9 }).set({ alpha, beta });
    const small = new PosteriorPool(500).set({ alpha: alpha.subarray(0, 500), beta: beta.subarray(0, 500) });
    const want = score(alpha.subarray(0, 500), beta.subarray(0, 500), { acquisition });
    small.score({ acquisition: { kind: 'mutual-information', rollouts: 9, precision: 'fast' } });
    expect(sameBytes(small.score({ acquisition }), want)).toBe(true);
    expect(sameBytes(large.score({ acquisition }).subarray(0, 500), want)).toBe(true);
    const shifted = score(alpha.subarray(7, 500), beta.subarray(7, 500), { acquisition });
    expect(sameBytes(shifted, want.subarray(7))).toBe(true);
    const at = [3, 77, 499];
    expect([...large.score({ acquisition, candidates: at })]).toEqual(at.map((i) => want[i]));
  });

  test('exact and fast scores are kept apart', () => {
    const pool = new PosteriorPool(3_000, { discount: 0.9 });
    pool.update({ indices: [5], successes: [3], trials: 8 });
    const fast = { kind: 'weighted-mutual-information', precision: 'fast' } as const;
    const exact = { kind: 'weighted-mutual-information', precision: 'exact' } as const;
    for (const acquisition of [fast, exact, fast]) {
      for (let i = 0; i < 3; i++) pool.select(2, { acquisition });
      pool.update({ indices: [6], successes: [3], trials: 8 });
      const [want] = score([pool.get(6).alpha], [pool.get(6).beta], { acquisition });
      expect(pool.score({ acquisition })[6]).toBe(want);
    }
    expect(pool.score({ acquisition: fast })[0]).not.toBe(pool.score({ acquisition: exact })[0]);
  });
});
