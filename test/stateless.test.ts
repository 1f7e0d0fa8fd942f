import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACQUISITIONS, anyPosterior, ENTRIES, sameBytes, seeded } from './support/engines.ts';

const order = (scores: ArrayLike<number>): number[] =>
  Array.from(scores, (_, i) => i).sort((i, j) => scores[j]! - scores[i]! || i - j);

describe.each(ENTRIES)('score and topK on the $name engine', ({ entry }) => {
  const { PosteriorPool, score, topK } = entry;

  test('score is the score of a pool with these posteriors', () => {
    const random = seeded(5);
    const alpha = Float32Array.from({ length: 10_001 }, () => anyPosterior(random));
    const beta = Float32Array.from({ length: 10_001 }, () => anyPosterior(random));
    const pool = new PosteriorPool(10_001).set({ alpha, beta });
    for (const acquisition of ACQUISITIONS) {
      expect(sameBytes(score(alpha, beta, { acquisition }), pool.score({ acquisition }))).toBe(true);
    }
    const out = new Float32Array(10_001);
    expect(score([...alpha], [...beta], { out })).toBe(out);
    expect(out).toEqual(pool.score());
    expect(score([], [])).toHaveLength(0);
  });

  test('topK is exact under ties, signed zeros, infinities and negative scores', () => {
    const special = [0, -0, 1, -1, 1e-45, -1e-45, Infinity, -Infinity, 3.4e38, -3.4e38, 0.5];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...special), fc.float({ noNaN: true })), { maxLength: 200 }),
        fc.nat(220),
        (values, count) => {
          const scores = Float32Array.from(values);
          const { indices, scores: best } = topK(scores, count);
          expect([...indices]).toEqual(order(scores).slice(0, count));
          expect(
            sameBytes(
              best,
              Float32Array.from(indices, (i) => scores[i]!),
            ),
          ).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['rising', (i: number) => i],
    ['falling', (i: number) => -i],
    ['equal', () => 7],
    ['two values', (i: number) => i & 1],
    ['random', (i: number) => Math.sin(i * 12.9898) * 43_758.5453],
    ['infinite', (i: number) => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 1][i % 5] as number],
  ])('topK of %s scores equals a full sort at every count', (_, value) => {
    const scores = Float32Array.from({ length: 70_000 }, (_, i) => value(i));
    const sorted = order(scores);
    for (const count of [0, 1, 255, 4_096, 4_097, 65_536, 65_537, 69_999, 70_000, 1e9]) {
      expect(topK(scores, count).indices).toEqual(Uint32Array.from(sorted.slice(0, count)));
    }
  });

  test('a NaN is refused with its position, wherever it is', () => {
    for (const position of [0, 1, 4_095, 4_096, 9_999]) {
      const scores = new Float32Array(10_000);
      scores[position] = Number.NaN;
      expect(() => topK(scores, 1)).toThrow(new RangeError(`"scores[${position}]" expected a number, got NaN`));
      expect(() => topK(scores, 0)).toThrow(RangeError);
    }
  });
});
