import type { Round } from './replay.ts';

/** How a policy fared. */
export interface Outcomes {
  /** Share of the groups shown that were mixed, neither all right nor all wrong. */
  readonly informative: number;
  /** Mean of p (1 - p) over the groups shown, p the share that was right. */
  readonly variance: number;
  /** Share of the prompts that were ever shown. */
  readonly coverage: number;
  /** Share of the prompts that were not shown in the last rounds, however many those are. */
  readonly starved: number;
  /** The same of each round, and the coverage after it. */
  readonly byRound: {
    readonly informative: readonly number[];
    readonly variance: readonly number[];
    readonly coverage: readonly number[];
  };
}

/** @param lastRounds those in which a prompt must have been shown not to count as starved */
export function toOutcomes(rounds: Iterable<Round>, prompts: number, lastRounds: number): Outcomes {
  const byRound = { informative: [] as number[], variance: [] as number[], coverage: [] as number[] };
  const shownIn = new Int32Array(prompts).fill(-1);
  let [groups, informative, variance, covered] = [0, 0, 0, 0];
  let round = 0;
  for (const { indices, successes, trials } of rounds) {
    let [mixed, sum] = [0, 0];
    for (const [i, prompt] of indices.entries()) {
      const p = (successes[i] as number) / (trials[i] as number);
      if (p > 0 && p < 1) mixed++;
      sum += p * (1 - p);
      if (shownIn[prompt] === -1) covered++;
      shownIn[prompt] = round;
    }
    byRound.informative.push(mixed / indices.length);
    byRound.variance.push(sum / indices.length);
    byRound.coverage.push(covered / prompts);
    groups += indices.length;
    informative += mixed;
    variance += sum;
    round++;
  }
  const since = Math.max(0, round - lastRounds);
  return {
    informative: informative / groups,
    variance: variance / groups,
    coverage: covered / prompts,
    starved: shownIn.filter((last) => last < since).length / prompts,
    byRound,
  };
}
