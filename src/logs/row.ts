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
}

export function isSuccess({ reward }: Rollout, { threshold }: SuccessRule): boolean {
  return reward >= threshold;
}
