import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Acquisition } from '../src/index.ts';
import { ACQUISITIONS, ENTRIES, sameBytes } from './support/engines.ts';

/** Any float32 of the domain, evenly over the bit patterns. */
const posterior = fc.float({ min: Math.fround(1e-3), max: 2 ** 24, noNaN: true });
const acquisition = fc.constantFrom(...ACQUISITIONS.filter((rule) => !('seed' in rule))); // those that read no index
const rollouts = fc.integer({ min: 1, max: 256 });

const observation = fc
  .record({
    index: fc.nat(9),
    trials: fc.integer({ min: 1, max: 40 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ index, trials, share }) => ({ index, trials, successes: Math.round(share * trials) }));
const observations = fc.array(observation, { maxLength: 60 });
const discount = fc.constantFrom(1, 0.99, 0.9, 0.5, 0);

describe.each(ENTRIES)('properties of the $name engine', ({ entry }) => {
  const { PosteriorPool, score } = entry;
  const one = (alpha: number, beta: number, rule: Acquisition): number =>
    score([alpha], [beta], { acquisition: rule })[0] as number;

  const batch = (some: readonly { index: number; trials: number; successes: number }[]) => ({
    indices: some.map(({ index }) => index),
    successes: some.map(({ successes }) => successes),
    trials: some.map(({ trials }) => trials),
  });

  test('permuting datapoints permutes scores, bit for bit: any position, lane and tail', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(posterior, posterior), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        acquisition,
        (points, shift, rule) => {
          const moved = points.map((_, i) => points[(i + shift) % points.length]!);
          const scores = score(
            points.map(([a]) => a),
            points.map(([, b]) => b),
            { acquisition: rule },
          );
          const again = score(
            moved.map(([a]) => a),
            moved.map(([, b]) => b),
            { acquisition: rule },
          );
          expect(
            sameBytes(
              again,
              Float32Array.from(moved, (_, i) => scores[(i + shift) % points.length]!),
            ),
          ).toBe(true);
          expect(Object.is(one(points[0]![0], points[0]![1], rule), scores[0])).toBe(true);
        },
      ),
    );
  });

  test('any split of a batch gives the same state', () => {
    fc.assert(
      fc.property(observations, fc.nat(60), discount, (all, at, lambda) => {
        const whole = new PosteriorPool(10, { discount: lambda }).update(batch(all));
        const parts = new PosteriorPool(10, { discount: lambda })
          .update(batch(all.slice(0, at)))
          .update(batch(all.slice(at)));
        expect(sameBytes(whole.toBytes(), parts.toBytes())).toBe(true);
      }),
    );
  });

  test('saving and loading between any two steps changes nothing', () => {
    fc.assert(
      fc.property(fc.array(observations, { maxLength: 6 }), discount, acquisition, (steps, lambda, rule) => {
        const kept = new PosteriorPool(10, { discount: lambda });
        let saved = new PosteriorPool(10, { discount: lambda });
        for (const step of steps) {
          kept.update(batch(step));
          saved = PosteriorPool.fromBytes(saved.toBytes()).update(batch(step));
          expect(saved.select(4, { acquisition: rule })).toEqual(kept.select(4, { acquisition: rule }));
        }
        expect(sameBytes(saved.toBytes(), kept.toBytes())).toBe(true);
      }),
    );
  });

  test('selection equals a full sort of the scores', () => {
    fc.assert(
      fc.property(observations, fc.nat(12), acquisition, fc.array(fc.nat(9)), (seen, count, rule, exclude) => {
        const pool = new PosteriorPool(10).update(batch(seen));
        const scores = pool.score({ acquisition: rule });
        const order = [...scores.keys()]
          .filter((i) => !exclude.includes(i))
          .sort((i, j) => scores[j]! - scores[i]! || i - j);
        expect([...pool.select(count, { acquisition: rule, exclude }).indices]).toEqual(order.slice(0, count));
      }),
    );
  });

  test('mutual information is symmetric to the bit, at least +0 and below ln(K + 1)', () => {
    fc.assert(
      fc.property(posterior, posterior, rollouts, (alpha, beta, K) => {
        const rule = { kind: 'mutual-information', rollouts: K } as const;
        const information = one(alpha, beta, rule);
        expect(Object.is(information, one(beta, alpha, rule))).toBe(true);
        expect(information >= 0 && information < Math.log(K + 1)).toBe(true);
        expect(Object.is(information, -0)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  test('mutual information grows with the rollouts, and each teaches no more than the first', () => {
    fc.assert(
      fc.property(posterior, posterior, fc.integer({ min: 1, max: 255 }), (alpha, beta, K) => {
        const of = (k: number): number => one(alpha, beta, { kind: 'mutual-information', rollouts: k });
        expect(of(K + 1)).toBeGreaterThanOrEqual(of(K) * (1 - 2 ** -23));
        expect(of(K)).toBeLessThanOrEqual(K * of(1) * (1 + 2 ** -22));
      }),
      { numRuns: 1_000 },
    );
  });

  test('no score is NaN, and only expected-difficulty is negative', () => {
    fc.assert(
      fc.property(posterior, posterior, acquisition, (alpha, beta, rule) => {
        const value = one(alpha, beta, rule);
        expect(Number.isFinite(value) && !Object.is(value, -0)).toBe(true);
        expect(value >= 0 || rule.kind === 'expected-difficulty').toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a chance is a chance, and the non-degenerate one is symmetric', () => {
    fc.assert(
      fc.property(posterior, posterior, fc.integer({ min: 2, max: 256 }), (alpha, beta, K) => {
        const mixed = one(alpha, beta, { kind: 'non-degenerate', rollouts: K });
        expect(mixed >= 0 && mixed <= 1).toBe(true);
        expect(Object.is(mixed, one(beta, alpha, { kind: 'non-degenerate', rollouts: K }))).toBe(true);
        const some = one(alpha, beta, { kind: 'success-chance', rollouts: K });
        expect(some >= mixed && some <= 1).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
