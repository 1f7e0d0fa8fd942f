import type { Visits } from '../logs/visits.ts';
import { updatePosterior } from '../reference.ts';
import { checkDiscount, checkPrior } from '../validate.ts';
import { type History, toHistory } from './history.ts';
import type { Belief } from './likelihood.ts';

/** Visits whose predicted success rate, the mean of the posterior before them, was in [from, to). */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly visits: number;
  readonly rollouts: number;
  /** Means over its rollouts; null without any. */
  readonly predicted: number | null;
  readonly observed: number | null;
}

export interface Calibration {
  /** Expected calibration error: mean of |predicted - observed| over the bins, weighted by their rollouts. */
  readonly error: number;
  readonly bins: readonly Bin[];
}

const BINS = 10;

/**
 * Predicted success rates against what was observed, in ten bins: each visit is predicted by the mean of the posterior
 * before it.
 * @throws DataError for a log without a visit, or with rollouts that have no step; TypeError, RangeError for a bad belief
 * @example
 * import { calibrate } from 'insight-wasm/evaluate';
 * import { Visits } from 'insight-wasm/logs';
 * const visits = new Visits();
 * visits.add({ id: 'a', isRollout: false, step: undefined, successes: [2, 2], trials: [4, 4] });
 * calibrate(visits, { discount: 1, prior: { alpha: 1, beta: 1 } }).error; // 0: one half predicted, one half observed
 */
export function calibrateVisits(visits: Visits, belief: Belief): Calibration {
  checkDiscount(belief.discount);
  checkPrior(belief.prior);
  return calibrate(toHistory(visits), belief);
}

/** What was predicted of each visit against what it brought. */
export function calibrate({ prompts, starts, successes, trials }: History, { discount, prior }: Belief): Calibration {
  const sums = Array.from({ length: BINS }, () => ({ visits: 0, rollouts: 0, predicted: 0, right: 0 }));
  for (let prompt = 0; prompt < prompts; prompt++) {
    let { alpha, beta } = prior;
    for (let visit = starts[prompt] as number; visit < (starts[prompt + 1] as number); visit++) {
      const right = successes[visit] as number;
      const tried = trials[visit] as number;
      const mean = alpha / (alpha + beta);
      const bin = sums[Math.min(BINS - 1, Math.floor(BINS * mean))] as (typeof sums)[number];
      bin.visits++;
      bin.rollouts += tried;
      bin.predicted += tried * mean;
      bin.right += right;
      ({ alpha, beta } = updatePosterior(alpha, beta, right, tried, discount, prior.alpha, prior.beta));
    }
  }
  const rollouts = sums.reduce((total, bin) => total + bin.rollouts, 0);
  return {
    error: sums.reduce((total, { predicted, right }) => total + Math.abs(predicted - right), 0) / rollouts,
    bins: sums.map(({ predicted, right, ...counts }, i) => ({
      from: i / BINS,
      to: (i + 1) / BINS,
      ...counts,
      predicted: counts.rollouts === 0 ? null : predicted / counts.rollouts,
      observed: counts.rollouts === 0 ? null : right / counts.rollouts,
    })),
  };
}
