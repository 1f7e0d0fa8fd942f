import { DataError } from '../errors.ts';

interface Seen {
  /** Of the prompt. */
  readonly id: string;
  /** When it was seen; undefined: in the order of the files. */
  readonly step: number | undefined;
}

/** One rollout of a group: those of one prompt and step are counted together, as one observation. */
export interface Rollout extends Seen {
  readonly isRollout: true;
  readonly reward: number;
  /** Field that the reward was read from. */
  readonly rewardField: string;
}

/** Rollouts that the log has counted itself. */
export interface Counts extends Seen {
  readonly isRollout: false;
  /** Oldest first: `successes[i]` of `trials[i]` rollouts were right. */
  readonly successes: readonly number[];
  readonly trials: readonly number[];
}

/** What any reader makes of a record: something seen of one prompt. */
export type Row = Rollout | Counts;

/** Rollouts that fit one observation of the library. */
export const MOST_TRIALS = 65_535;

/** Which rewards are successes. */
export interface SuccessRule {
  readonly threshold: number;
  /** The rewards that count as no success and as a whole one; those between count in part. In place of the threshold. */
  readonly scale?: RewardScale | undefined;
}

export interface RewardScale {
  readonly worst: number;
  readonly best: number;
}

/** Parts of a success: sums of so many parts are exact in doubles, and so the same in any order and in any runs. */
const SHARES = 2 ** 24;

/**
 * How much of a success a reward is, in [0, 1]; to 24 bits.
 * @throws DataError for a reward outside of the scale
 */
export function toSuccess(reward: number, { threshold, scale }: SuccessRule): number {
  if (scale === undefined) return reward >= threshold ? 1 : 0;
  const share = (reward - scale.worst) / (scale.best - scale.worst);
  if (share >= 0 && share <= 1) return Math.round(share * SHARES) / SHARES + 0; // not -0
  throw new DataError('value', `reward ${reward} is outside of the scale from ${scale.worst} to ${scale.best}`);
}

export function isSuccess({ reward }: Rollout, { threshold }: SuccessRule): boolean {
  return reward >= threshold;
}
