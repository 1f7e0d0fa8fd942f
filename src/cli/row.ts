/** What any reader makes of a record: something seen of one prompt. */
export interface Row {
  readonly id: string;
  /** When it was seen; undefined: in the order of the file. */
  readonly step: number | undefined;
  /** One rollout of a group: those of one prompt and step are counted together, as one observation. */
  readonly isRollout: boolean;
  /** Oldest first: `successes[i]` of `trials[i]` rollouts were right. */
  readonly successes: readonly number[];
  readonly trials: readonly number[];
}

/** Rollouts that fit one observation of the library. */
export const MOST_TRIALS = 65_535;
