import { describe, expect, test } from 'vitest';
import { drawRate } from '../src/reference/draws.ts';
import type { Acquisition } from '../src/types.ts';
import { betaCdf } from './support/beta.ts';
import { ENTRIES, sameBytes } from './support/engines.ts';

/** docs/method.md: phi(alpha, beta, seed, index) to 25 digits. */
const GOLDEN = [
  [1, 1, 7, 0, 0.8371013672397376440938161],
  [1, 9, 7, 1, 0.3383616963678738157624291],
  [0.5, 0.5, 7, 2, 0.241213380830092400829683],
  [300, 700, 7, 4, 0.287604484485116750357101],
  [2 ** 24, 2 ** 24, 7, 5, 0.4998402171657643859770122],
  [8.25, 0.25, 2 ** 53 - 1, 123_456_789, 0.9999946619334739172770586],
] as const;

test.each(GOLDEN)(
  'the draw of Beta(%d, %d) with seed %d at index %d is the golden one',
  (alpha, beta, seed, index, phi) => {
    const draw = drawRate(alpha, beta, seed, index);
    expect(Math.abs(draw.phi / phi - 1)).toBeLessThan(1e-8);
    expect(Math.abs(draw.rest / (1 - phi) - 1)).toBeLessThan(1e-8);
  },
);

test('what small alpha and beta give is a draw too, to the last digit of 1 - phi', () => {
  for (let index = 0; index < 10_000; index++) {
    const { phi, rest } = drawRate(1e-3, 1e-3, 1, index);
    expect(phi >= 0 && rest >= 0 && Math.abs(phi + rest - 1) < 1e-15).toBe(true);
  }
});

/** From the edges of the domain to its middle. */
const CASES = [
  [1e-3, 1e-3],
  [1e-3, 1],
  [1e-3, 2 ** 24],
  [0.01, 0.02],
  [0.1, 5],
  [0.5, 0.5],
  [0.9, 1.1],
  [1, 1],
  [1, 2],
  [1, 9],
  [1.5, 1],
  [2, 30],
  [8, 8],
  [8.25, 0.25],
  [40, 3],
  [300, 700],
  [1e6, 20],
  [2 ** 24, 2 ** 24],
] as const;
const DRAWS = 40_000;
const SIGMAS = 5;

/** exp2 ends there, far below float32: what is nearer to 0 or to 1 is there. */
const LEAST = 2 ** -1000;

/** Values that are uniform if the draws are of their distribution: what stands at an end is spread over its chance. */
function spread(values: readonly number[], atZero: number, atOne: number): number[] {
  const below = values.filter((u) => u <= atZero * (1 + 1e-9)).length;
  const above = values.filter((u) => u >= 1 - atOne * (1 + 1e-9)).length;
  let [i, j] = [0, 0];
  return values.map((u) => {
    if (u <= atZero * (1 + 1e-9)) return (atZero * (i++ + 0.5)) / below;
    if (u >= 1 - atOne * (1 + 1e-9)) return 1 - (atOne * (j++ + 0.5)) / above;
    return u;
  });
}

describe.each(CASES)('draws of Beta(%d, %d)', (alpha, beta) => {
  const draws = Array.from({ length: DRAWS }, (_, index) => drawRate(alpha, beta, 20_260_301, index));
  const uniform = spread(
    // By the smaller of phi and 1 - phi, which has all its digits.
    draws.map(({ phi, rest }) => (phi < rest ? betaCdf(phi, alpha, beta) : 1 - betaCdf(rest, beta, alpha))),
    betaCdf(LEAST, alpha, beta),
    betaCdf(LEAST, beta, alpha),
  );

  test('have the distribution: Kolmogorov and Smirnov', () => {
    const sorted = [...uniform].sort((a, b) => a - b);
    const distance = sorted.reduce((most, u, i) => Math.max(most, (i + 1) / DRAWS - u, u - i / DRAWS), 0);
    expect(distance * Math.sqrt(DRAWS)).toBeLessThan(2.53); // 5 in a million
  });

  test('fill 64 bins of equal chance alike: chi-squared', () => {
    const counts = new Array<number>(64).fill(0);
    for (const u of uniform) counts[Math.min(63, Math.floor(64 * u))]!++;
    const expected = DRAWS / 64;
    const chi = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chi - 63) / Math.sqrt(2 * 63)).toBeLessThan(SIGMAS + 1.5); // its own tail is not normal
  });

  test('have the tails: a thousandth at each end', () => {
    const chance = 1e-3;
    const spread = Math.sqrt(DRAWS * chance * (1 - chance));
    for (const count of [uniform.filter((u) => u < chance).length, uniform.filter((u) => u > 1 - chance).length]) {
      expect(Math.abs(count - DRAWS * chance)).toBeLessThan(SIGMAS * spread);
    }
  });

  test('have the mean and the variance', () => {
    const n = alpha + beta;
    const mean = alpha / n;
    const variance = (mean * (beta / n)) / (n + 1);
    const center = draws.map(({ phi, rest }) => (mean < 0.5 ? phi - mean : beta / n - rest));
    const got = center.reduce((sum, d) => sum + d, 0) / DRAWS;
    expect(Math.abs(got)).toBeLessThan(SIGMAS * Math.sqrt(variance / DRAWS));
    const square = center.reduce((sum, d) => sum + d * d, 0) / DRAWS;
    const fourth = center.reduce((sum, d) => sum + d ** 4, 0) / DRAWS;
    expect(Math.abs(square - variance)).toBeLessThan(SIGMAS * Math.sqrt(fourth / DRAWS));
  });
});

test('draws at different indices and of different seeds have nothing to do with one another', () => {
  const column = (seed: number, shift: number) =>
    Array.from({ length: DRAWS }, (_, index) => drawRate(1, 1, seed, index + shift).phi - 0.5);
  const correlation = (a: readonly number[], b: readonly number[]) =>
    (12 * a.reduce((sum, x, i) => sum + x * b[i]!, 0)) / Math.sqrt(DRAWS);
  const first = column(1, 0);
  for (const other of [column(1, 1), column(1, 4), column(2, 0), column(1 + 2 ** 32, 0)]) {
    expect(Math.abs(correlation(first, other))).toBeLessThan(SIGMAS);
  }
});

describe.each(ENTRIES)('seeded scores on the $name engine', ({ entry }) => {
  const rules: readonly Acquisition[] = [
    { kind: 'weighted-mutual-information', seed: 3 },
    { kind: 'difficulty-weight', seed: 3 },
    { kind: 'expected-difficulty', seed: 3 },
  ];
  const { PosteriorPool, score } = entry;
  const size = 9_001;
  const indices = Uint32Array.from({ length: size }, (_, i) => i);
  const batch = { indices, successes: indices.map((i) => i % 9), trials: 8 };

  test.each(rules)('%j: a pure function of seed, index and posterior, whatever the path', (acquisition) => {
    for (const discount of [1, 0.9]) {
      const pool = new PosteriorPool(size, { discount }).update(batch);
      const all = pool.score({ acquisition });
      expect(sameBytes(score(pool.alpha, pool.beta, { acquisition }), all)).toBe(true);
      const candidates = indices.filter((i) => i % 7 === 3);
      expect(pool.score({ acquisition, candidates })).toEqual(all.filter((_, i) => i % 7 === 3));
      pool.select(5, { acquisition });
      pool.update({ indices: [5, 17, 8_000], successes: [1, 2, 3], trials: 8 });
      const order = (scores: Float32Array) =>
        [...scores.keys()].sort((i, j) => scores[j]! - scores[i]! || i - j).slice(0, 20);
      const now = score(pool.alpha, pool.beta, { acquisition });
      expect([...pool.select(20, { acquisition }).indices]).toEqual(order(now));
      expect(pool.score({ acquisition })).toEqual(now);
      expect(pool.score({ acquisition: { ...acquisition, seed: 4 } as Acquisition })).not.toEqual(now);
    }
  });

  test('the score is that of the draw: -|phi - target|, w(phi), w(phi) I_K', () => {
    const alpha = [0.25, 3, 40, 1_000];
    const beta = [2, 1, 40, 30];
    const draws = alpha.map((a, i) => drawRate(a, beta[i]!, 3, i));
    const w = draws.map(({ phi, rest }) => phi * rest * Math.exp(-3 * (phi - 0.3) ** 2));
    const close = (acquisition: Acquisition, want: readonly number[]) =>
      score(alpha, beta, { acquisition }).forEach((got, i) => {
        expect(Math.abs(got - want[i]!)).toBeLessThan(1e-6 * Math.abs(want[i]!));
      });
    close(
      { kind: 'expected-difficulty', seed: 3 },
      draws.map(({ phi }) => -Math.abs(phi - 0.5)),
    );
    close({ kind: 'difficulty-weight', seed: 3 }, w);
    const information = score(alpha, beta, { acquisition: { kind: 'mutual-information' } });
    close(
      { kind: 'weighted-mutual-information', seed: 3 },
      w.map((weight, i) => weight * information[i]!),
    );
  });
});
