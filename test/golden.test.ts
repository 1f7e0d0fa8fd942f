import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as oracle from '../src/reference.ts';
import { goldenPoints, type Point, regionOf, worstErrors } from './support/accuracy.ts';
import { bytesOf, ENTRIES } from './support/engines.ts';
import { golden, goldenFile, ulps } from './support/golden.ts';

const points = goldenPoints();

/** |got - want| relative to the value, or absolute where that is small: special functions cross zero. */
const offset = (got: number, want: number): number => Math.abs(got - want) / Math.max(1, Math.abs(want));
const relative = (got: number, want: number): number => (got === want ? 0 : Math.abs(got - want) / Math.abs(want));
const worstOf = (errors: readonly number[]): number => errors.reduce((a, b) => Math.max(a, b), 0);

describe.each(ENTRIES)('golden scores on the $name engine', ({ entry }) => {
  const worst = worstErrors(entry, points);

  test('all exact scores are within 1 ulp of float32 for alpha, beta <= 1e6 and rollouts <= 64', () => {
    expect(worst.filter(({ region }) => region === 'promised')).toHaveLength(9);
    for (const { kind, error } of worst)
      expect(error, kind).toBeLessThanOrEqual(kind === 'expected-difficulty' ? 1e-9 : 1);
  });

  test('the accuracy page says what was measured', async () => {
    const rows = worst.map(({ kind, region, points: count, error, at }) => {
      const rollouts = 'rollouts' in at.acquisition ? at.acquisition.rollouts : '';
      const shown = kind === 'expected-difficulty' ? `${error.toExponential(1)} absolute` : error.toFixed(3);
      return `| ${kind} | ${region} | ${count} | ${shown} | ${at.alpha} | ${at.beta} | ${rollouts} |`;
    });
    await expect(`# Accuracy

Written by \`npm test -- -u\` out of the golden vectors (test/golden, 25 digits by mpmath) and checked by every test run.
Both engines give the same bits. Error: distance of the float32 score from the exact value, in units of the last place
of float32 (0.5 is the best that rounding can do; the unit is never below 2^-149). expected-difficulty, which cancels
where the mean is the target, is measured against the rounded value.

*promised*: alpha, beta in [1e-3, 1e6] and rollouts <= 64, where the bound is 1 ulp. *beyond*: the rest of the domain,
up to 2^24 and 256 rollouts; the same bound holds there.

Both kinds of mutual information are scored by a table of cells ([method](method.md)). Against the oracle, a million
points spread over the bit patterns of [1e-3, 1e6] at each of 1, 2, 8, 16, 64 and 256 rollouts, and 300,000 at the seams
of cells, are within 0.60 ulp, and 300,000 of [1e-3, 2^24] at 64 rollouts within 0.62. test/cells.test.ts and
test/deep/oracle.test.ts hold samples of them to 0.75.

| acquisition | region | golden values | worst error (ulp) | at alpha | beta | rollouts |
| --- | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`).toMatchFileSnapshot('../docs/accuracy.md');
  });

  test('the lattice has exactly the order of the exact scores', () => {
    const { wmi_order: order, eta, mu } = goldenFile<{ wmi_order: number[]; eta: string; mu: string }>('lattice.json');
    const rows = golden('lattice.json');
    const pool = new entry.PosteriorPool(rows.length);
    pool.set({ alpha: rows.map(({ S }) => 1 + Number(S)), beta: rows.map(({ F }) => 1 + Number(F)) });
    const acquisition = { kind: 'weighted-mutual-information', eta: Number(eta), mu: Number(mu) } as const;
    expect([...pool.select(rows.length, { acquisition }).indices]).toEqual(order);
  });

  test('updates are bit-exact along every golden sequence', () => {
    type Step = [number, number, string, number, string, number, string, string];
    const { rows } = goldenFile<{ rows: [string, string, string, Step[]][] }>('updates.json');
    let steps = 0;
    for (const [alpha, beta, discount, sequence] of rows) {
      const pool = new entry.PosteriorPool(1, {
        prior: { alpha: Number(alpha), beta: Number(beta) },
        discount: Number(discount),
      });
      for (const [successes, trials, , , , , alphaBits, betaBits] of sequence) {
        pool.update({ indices: [0], successes: [successes], trials });
        const bits = (column: ArrayLike<number>): string =>
          new DataView(bytesOf(Float32Array.from(column)).buffer).getUint32(0, true).toString(16).padStart(8, '0');
        expect([bits(pool.alpha), bits(pool.beta)]).toEqual([alphaBits, betaBits]);
        steps++;
      }
    }
    expect(steps).toBe(1623);
  });

  test('points outside the domain are refused', () => {
    const outside = golden('extremes.json').filter(
      ({ alpha, beta }) =>
        Math.min(Number(alpha), Number(beta)) < 1e-3 || Math.max(Number(alpha), Number(beta)) > 2 ** 24,
    );
    expect(outside.length).toBeGreaterThan(100);
    for (const { alpha, beta } of outside) {
      expect(() => entry.score([Number(alpha)], [Number(beta)])).toThrow(RangeError);
    }
  });
});

describe('the oracle', () => {
  const scoreOf = ({ alpha, beta, acquisition }: Point): number | undefined => {
    switch (acquisition.kind) {
      case 'mutual-information':
        return oracle.mutualInformation(alpha, beta, acquisition.rollouts);
      case 'weighted-mutual-information':
        return oracle.weightedMutualInformation(alpha, beta, acquisition.rollouts, acquisition.eta, acquisition.mu);
      case 'difficulty-weight':
        return oracle.difficultyWeight(alpha, beta, acquisition.eta, acquisition.mu);
      case 'variance-reduction':
        return oracle.varianceReduction(alpha, beta, acquisition.rollouts);
      default:
        return undefined;
    }
  };

  test.each(['mutual-information', 'weighted-mutual-information', 'difficulty-weight', 'variance-reduction'])(
    '%s is within 1e-12 of every golden value',
    (kind) => {
      const errors = points
        .filter(({ acquisition, want }) => acquisition.kind === kind && want > 1e-300)
        .map((point) => relative(scoreOf(point) as number, point.want));
      expect(errors.length).toBeGreaterThan(2000);
      expect(worstOf(errors)).toBeLessThan(1e-12);
    },
  );

  test('digamma and logGamma are within 1e-12 of golden values, on both sides of their zeros', () => {
    const rows = golden('special.json');
    expect(worstOf(rows.map(({ x, digamma }) => offset(oracle.digamma(Number(x)), Number(digamma))))).toBeLessThan(
      1e-12,
    );
    expect(worstOf(rows.map(({ x, lgamma }) => offset(oracle.logGamma(Number(x)), Number(lgamma))))).toBeLessThan(
      1e-12,
    );
  });

  test('betaEntropy and logBeta are within 1e-12 of golden values', () => {
    const axes = goldenFile<{ alpha_axis: string[]; beta_axis: string[] }>('grid_point.json');
    const rows = golden('grid_point.json').map((row) => ({
      alpha: Number(axes.alpha_axis[Number(row.alpha_index)]),
      beta: Number(axes.beta_axis[Number(row.beta_index)]),
      entropy: Number(row.entropy),
      lnbeta: Number(row.lnbeta),
    }));
    expect(rows).toHaveLength(324);
    expect(worstOf(rows.map((r) => offset(oracle.betaEntropy(r.alpha, r.beta), r.entropy)))).toBeLessThan(1e-12);
    expect(worstOf(rows.map((r) => offset(oracle.logBeta(r.alpha, r.beta), r.lnbeta)))).toBeLessThan(1e-12);
    const random = golden('random_points.json');
    expect(
      worstOf(random.map((r) => offset(oracle.betaEntropy(Number(r.alpha), Number(r.beta)), Number(r.entropy)))),
    ).toBeLessThan(1e-12);
  });

  test('betaBinomialPmf is within 1e-12 of golden values and sums to 1', () => {
    const { rows } = goldenFile<{ rows: [string, string, number, string[], number[]][] }>('pmf.json');
    for (const [alpha, beta, K, , want] of rows) {
      const got = want.map((_, s) => oracle.betaBinomialPmf(s, K, Number(alpha), Number(beta)));
      got.forEach((p, s) => {
        expect(relative(p, want[s] as number), `${alpha}, ${beta}, ${K}, ${s}`).toBeLessThan(
          (want[s] as number) > 1e-300 ? 1e-12 : 1,
        );
      });
      expect(Math.abs(got.reduce((a, b) => a + b) - 1)).toBeLessThan(1e-12);
    }
  });

  test('updatePosterior follows the exact updates', () => {
    const { rows } = goldenFile<{
      rows: [string, string, string, [number, number, string, number, string, number][]][];
    }>('updates.json');
    for (const [priorAlpha, priorBeta, discount, sequence] of rows) {
      let now = { alpha: Number(priorAlpha), beta: Number(priorBeta) };
      for (const [successes, trials, , alpha, , beta] of sequence) {
        now = oracle.updatePosterior(
          now.alpha,
          now.beta,
          successes,
          trials,
          Number(discount),
          Number(priorAlpha),
          Number(priorBeta),
        );
        expect(relative(now.alpha, alpha)).toBeLessThan(1e-12);
        expect(relative(now.beta, beta)).toBeLessThan(1e-12);
      }
    }
  });
});

test('the golden files are those of the manifest', async () => {
  const { createHash } = await import('node:crypto');
  const { files } = goldenFile<{ files: { file: string; rows: number; sha256: string }[] }>('manifest.json');
  expect(files).toHaveLength(14);
  for (const { file, sha256 } of files) {
    const bytes = readFileSync(new URL(`golden/${file}`, import.meta.url));
    expect(createHash('sha256').update(bytes).digest('hex'), file).toBe(sha256);
  }
});

test('the measure of error sees one unit in the last place', () => {
  expect(ulps(1 + 2 ** -23, 1)).toBe(1);
  expect(ulps(2 ** -149, 0)).toBe(1);
});

test('both regions are there for every exact acquisition', () => {
  const seen = new Set(points.map((point) => `${point.acquisition.kind} ${regionOf(point)}`));
  expect(seen.size).toBe(18);
});
