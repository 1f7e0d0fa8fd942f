import { describe, expect, test } from 'vitest';
import { ascending, drawCandidates, without } from '../src/candidates.ts';
import { philox } from '../src/random.ts';
import { ENTRIES } from './support/engines.ts';

/** Chi-squared of counts that should be equal, in standard deviations from its mean. */
function surprise(counts: readonly number[]): number {
  const expected = counts.reduce((a, b) => a + b) / counts.length;
  const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return Math.abs(chi - freedom) / Math.sqrt(2 * freedom);
}

test('the generator is Philox4x32-10: the known answer of its authors', () => {
  expect(philox(0, 0, 0)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

describe.each(ENTRIES)('random scores on the $name engine', ({ entry }) => {
  const { PosteriorPool } = entry;
  const acquisition = (seed: number) => ({ kind: 'random', seed }) as const;

  test('a score depends on seed and index alone', () => {
    const small = new PosteriorPool(10).update({ indices: [3], successes: [8], trials: 8 });
    const large = new PosteriorPool(10_000);
    const all = large.score({ acquisition: acquisition(42) });
    expect(small.score({ acquisition: acquisition(42) })).toEqual(all.slice(0, 10));
    expect(large.score({ acquisition: acquisition(42), candidates: [7, 4_097, 9_999] })).toEqual(
      Float32Array.of(all[7]!, all[4_097]!, all[9_999]!),
    );
    expect(small.score({ acquisition: acquisition(43) })).not.toEqual(all.slice(0, 10));
    expect(small.score({ acquisition: acquisition(42 + 2 ** 32) })).not.toEqual(all.slice(0, 10));
  });

  test('scores are uniform in [0, 1)', () => {
    const counts = new Array<number>(64).fill(0);
    for (const score of new PosteriorPool(100_000).score({ acquisition: acquisition(1) })) {
      expect(score >= 0 && score < 1).toBe(true);
      counts[Math.floor(score * 64)]!++;
    }
    expect(surprise(counts)).toBeLessThan(4);
  });

  test('a candidate set by seed is the same set on every engine and at every call', () => {
    const pool = new PosteriorPool(5_000);
    const { indices } = pool.select(16, { candidates: { seed: 9 } });
    expect(indices).toEqual(drawCandidates(5_000, 64, 9).subarray(0, 16)); // one tie: the lowest of 4 x 16
    expect(pool.select(4_000, { candidates: { size: 100, seed: 9 } }).indices).toHaveLength(100);
    expect(pool.select(9_999, { candidates: { size: 1e9, seed: 9 } }).indices).toHaveLength(5_000);
    expect(pool.select(0, { candidates: { seed: 9 } }).indices).toHaveLength(0);
  });
});

test.each([
  [5_000, 1],
  [5_000, 4_999],
  [5_000, 5_000],
  [100_000, 4_096],
  [100_000, 9_000],
  [100_000, 16_384],
  [100_000, 16_385],
])('of %i datapoints, %i candidates are the same on both engines', (size, candidates) => {
  const [a, b] = ENTRIES.map(({ entry }) => {
    const pool = new entry.PosteriorPool(size).update({ indices: [0, size - 1], successes: [4, 3], trials: 8 });
    return [1, 2].flatMap((seed) => [
      pool.select(candidates, { candidates: { size: candidates, seed } }),
      pool.select(300, { candidates: { size: candidates, seed }, exclude: [0, 7] }),
      pool.select(300, { candidates: { size: candidates, seed }, acquisition: { kind: 'random', seed } }),
    ]);
  });
  expect(a).toEqual(b);
});

test('indices beyond 2^31 are drawn like others', () => {
  const set = drawCandidates(4_000_000_000, 4_096, 3);
  expect(new Set(set).size).toBe(4_096);
  expect(set.at(-1)).toBeGreaterThan(2 ** 31);
});

test('candidate sets are without replacement, ascending, and uniform', () => {
  const counts = new Array<number>(200).fill(0);
  const pairs = new Array<number>(100).fill(0);
  for (let seed = 0; seed < 4_000; seed++) {
    const set = drawCandidates(200, 20, seed);
    expect(new Set(set).size).toBe(20);
    expect(set).toEqual(set.slice().sort());
    for (const index of set) counts[index]!++;
    const small = drawCandidates(10, 2, seed); // all pairs of 10
    pairs[10 * small[0]! + small[1]!]!++;
  }
  expect(surprise(counts)).toBeLessThan(4);
  expect(surprise(pairs.filter((_, i) => Math.floor(i / 10) < i % 10))).toBeLessThan(4);
  expect(drawCandidates(3, 3, 1)).toEqual(Uint32Array.of(0, 1, 2));
});

test('a candidate set keeps its members when nothing but the release changes: generator version 1', () => {
  expect([...drawCandidates(5_000_000, 6, 2_026)]).toMatchInlineSnapshot(`
    [
      930966,
      1396773,
      2089009,
      3245320,
      3721937,
      4356130,
    ]
  `);
});

test('exclusion is a difference of sets', () => {
  const exclude = ascending(Uint32Array.of(9, 2, 2, 0, 11));
  expect(exclude).toEqual(Uint32Array.of(0, 2, 9, 11));
  expect(without(Uint32Array.of(1, 2, 3, 9, 10), exclude)).toEqual(Uint32Array.of(1, 3, 10));
});
