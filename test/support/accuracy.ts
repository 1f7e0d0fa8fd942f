import type { Acquisition } from '../../src/types.ts';
import type { Entry } from './engines.ts';
import { type Cell, golden, goldenFile, type Row, ulps } from './golden.ts';

/** A golden value: the exact score of one posterior under one acquisition. */
export interface Point {
  readonly alpha: number;
  readonly beta: number;
  readonly acquisition: Acquisition;
  readonly want: number;
}

interface Grid {
  readonly alpha_axis: readonly string[];
  readonly beta_axis: readonly string[];
  readonly etamu_axis: readonly (readonly [string, string])[];
}

type Columns = { readonly [column: string]: (row: Row) => Acquisition | undefined };

const K = (row: Row): number => Number(row.K);
const weighted = (row: Row): { rollouts: number; eta: number; mu: number } => ({
  rollouts: K(row),
  eta: Number(row.eta),
  mu: Number(row.mu),
});
const ofPoint: Columns = {
  mi: (row) => ({ kind: 'mutual-information', rollouts: K(row) }),
  wmi: (row) => ({ kind: 'weighted-mutual-information', ...weighted(row) }),
  weight: (row) => ({ kind: 'difficulty-weight', eta: Number(row.eta), mu: Number(row.mu) }),
  evr: (row) => ({ kind: 'variance-reduction', rollouts: K(row) }),
};
const ofAcquisitions: Columns = {
  inverse_evidence: () => ({ kind: 'inverse-evidence' }),
  expected_difficulty: (row) => ({ kind: 'expected-difficulty', target: Number(row.target) }),
  non_degenerate: (row) => (K(row) > 1 ? { kind: 'non-degenerate', rollouts: K(row) } : undefined),
  bernoulli_variance: () => ({ kind: 'bernoulli-variance' }),
  success_chance: (row) => ({ kind: 'success-chance', rollouts: K(row) }),
  variance_reduction: (row) => ({ kind: 'variance-reduction', rollouts: K(row) }),
};

function pointsOf(rows: readonly Row[], columns: Columns): Point[] {
  return rows.flatMap((row) =>
    Object.entries(columns).flatMap(([column, toAcquisition]) => {
      const acquisition = column in row ? toAcquisition(row) : undefined;
      if (acquisition === undefined) return [];
      return [{ alpha: Number(row.alpha), beta: Number(row.beta), acquisition, want: Number(row[column]) }];
    }),
  );
}

/** Rows of a grid file with alpha and beta in words, and one row for each (eta, mu). */
function gridRows(name: string): Row[] {
  const axes = goldenFile<Grid>(name);
  return golden(name).flatMap((row) =>
    axes.etamu_axis.map(([eta, mu], t): Row => {
      const cells: Record<string, Cell> = {
        alpha: axes.alpha_axis[Number(row.alpha_index)] as string,
        beta: axes.beta_axis[Number(row.beta_index)] as string,
        eta,
        mu,
      };
      for (const [to, from] of [
        ['K', 'K'],
        ['mi', 'mi'],
        ['evr', 'evr'],
        ['weight', `weight${t}`],
        ['wmi', `wmi${t}`],
      ] as const) {
        if (from in row) cells[to] = row[from] as Cell;
      }
      return cells;
    }),
  );
}

function latticeRows(): Row[] {
  const { eta, mu } = goldenFile<{ eta: string; mu: string }>('lattice.json');
  return golden('lattice.json').map((row) => ({
    ...row,
    alpha: 1 + Number(row.S),
    beta: 1 + Number(row.F),
    K: 8,
    eta,
    mu,
  }));
}

/** Every exact score of every golden file. */
export function goldenPoints(): Point[] {
  const asymptotics = golden('paper_asymptotics.json').flatMap((row) => [
    { ...row, K: 1, mi: row.mi1 as Cell },
    { ...row, K: 8, mi: row.miK as Cell },
  ]);
  return [
    ...pointsOf(gridRows('grid_mi.json'), { mi: ofPoint.mi!, evr: ofPoint.evr! }),
    ...pointsOf(gridRows('grid_point.json'), { weight: ofPoint.weight! }),
    ...pointsOf(gridRows('grid_wmi.json'), { wmi: ofPoint.wmi! }),
    ...pointsOf(golden('random_points.json'), ofPoint),
    ...pointsOf(golden('wide.json'), ofPoint),
    ...pointsOf(latticeRows(), ofPoint),
    ...pointsOf(golden('extremes.json'), ofPoint),
    ...pointsOf(asymptotics, { mi: ofPoint.mi! }),
    ...pointsOf(golden('chain_rule.json'), { mi: ofPoint.mi! }),
    ...pointsOf(golden('evr.json'), { evr: ofPoint.evr! }),
    ...pointsOf(golden('acquisitions.json'), ofAcquisitions),
  ].filter(({ alpha, beta }) => Math.min(alpha, beta) >= 1e-3 && Math.max(alpha, beta) <= 2 ** 24);
}

export interface Worst {
  readonly kind: string;
  readonly region: string;
  readonly points: number;
  readonly error: number;
  readonly at: Point;
}

/** alpha, beta <= 1e6 and rollouts <= 64, where the promise is 1 ulp; or beyond. */
export function regionOf({ alpha, beta, acquisition }: Point): 'promised' | 'beyond' {
  const rollouts = 'rollouts' in acquisition ? (acquisition.rollouts ?? 8) : 1;
  return Math.max(alpha, beta) <= 1e6 && rollouts <= 64 ? 'promised' : 'beyond';
}

/** The worst error in ulp of each acquisition in each region; of expected-difficulty, which cancels, absolute. */
export function worstErrors(entry: Entry, points: readonly Point[]): Worst[] {
  const worst = new Map<string, Worst>();
  for (const point of points) {
    const { kind } = point.acquisition;
    const [got] = entry.score([point.alpha], [point.beta], { acquisition: point.acquisition }) as unknown as [number];
    const error = kind === 'expected-difficulty' ? Math.abs(got - Math.fround(point.want)) : ulps(got, point.want);
    const region = regionOf(point);
    const key = `${kind} ${region}`;
    const before = worst.get(key);
    const points_ = (before?.points ?? 0) + 1;
    worst.set(
      key,
      before !== undefined && before.error >= error
        ? { ...before, points: points_ }
        : { kind, region, points: points_, error, at: point },
    );
  }
  return [...worst.values()].sort((a, b) => a.region.localeCompare(b.region) * -1 || a.kind.localeCompare(b.kind));
}
