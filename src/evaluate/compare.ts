import type { Prior } from '../index.ts';
import type { Visits } from '../logs/visits.ts';
import { checkDiscount, checkInteger, checkOptions, checkPrior, MOST_SIZE } from '../validate.ts';
import { CAVEAT } from './caveat.ts';
import { type History, sum, toHistory } from './history.ts';
import { type Outcomes, toOutcomes } from './outcomes.ts';
import { POLICIES, type Policy, type Replay, replay } from './replay.ts';
import { toNotes, toPlan } from './replay-plan.ts';
import { resample } from './resample.ts';

export interface Spread {
  readonly mean: number;
  /** Standard deviation over the seeds; 0 for one seed. */
  readonly sd: number;
}

/** Of each round; NaN, in JSON null, where no prompt was left in any seed. */
export interface Spreads {
  readonly mean: readonly number[];
  readonly sd: readonly number[];
}

export interface PolicyResult {
  readonly policy: Policy;
  readonly informative: Spread;
  /** Standard deviation of `informative` between the rounds of a seed; chance alone makes about sqrt(m (1 - m) / count). */
  readonly betweenRounds: Spread;
  /** `informative` above that of random on the same prompts. */
  readonly gain: Spread;
  /** `informative` above that of shuffled epochs on the same prompts. */
  readonly gainOverEpochs: Spread;
  readonly variance: Spread;
  readonly coverage: Spread;
  readonly starved: Spread;
  readonly byRound: { readonly informative: Spreads; readonly variance: Spreads; readonly coverage: Spreads };
}

export interface Comparison {
  readonly prompts: number;
  readonly visits: number;
  readonly rounds: number;
  readonly count: number;
  readonly rollouts: number;
  readonly seeds: number;
  readonly candidates: number | null;
  /** Slots of a round for the prompts that were not shown for longest. */
  readonly floor: number;
  readonly discount: number;
  readonly prior: Prior;
  /** A prompt that was not shown in so many last rounds is starved. */
  readonly starvedAfter: number;
  /** The largest share of informative groups first. */
  readonly policies: readonly PolicyResult[];
  readonly caveat: string;
  readonly notes: readonly string[];
}

/** How to replay a log; all have defaults. */
export interface ReplayOptions {
  /** Of the posteriors of the policies (1; Beta(1, 1)). */
  readonly discount?: number | undefined;
  readonly prior?: Prior | undefined;
  /** Prompts a round (a 16th of all). */
  readonly count?: number | undefined;
  /** How many rounds (as many as half of the prompts were visited). */
  readonly rounds?: number | undefined;
  /** K that acquisitions plan with (the most common group size). */
  readonly rollouts?: number | undefined;
  /** Random candidates of each round (all prompts). */
  readonly candidates?: number | undefined;
  /** Slots of a round, or below 1 a share of them, for the prompts that were not shown for longest (0). */
  readonly floor?: number | undefined;
  /** Draws of the prompts, for the spread (10). */
  readonly seeds?: number | undefined;
}

const LIMITS = {
  count: [1, MOST_SIZE],
  rounds: [1, 2 ** 16],
  rollouts: [2, 256],
  candidates: [1, MOST_SIZE],
  seeds: [1, 1000],
} as const;

/**
 * What each acquisition, Thompson draws and shuffled epochs would have picked of a full log: in round t each prompt holds the outcome of its
 * visit number t. It says what policies would have picked, not what the model would have become: see `caveat`.
 * @throws DataError for a log without a visit, with rollouts that have no step, or with too few rounds; TypeError,
 * RangeError for bad options
 * @example
 * import { replay, simulate } from 'insight-wasm/evaluate';
 * import { Visits } from 'insight-wasm/logs';
 * const visits = new Visits();
 * for (const step of simulate({ prompts: 20, steps: 10, batch: 10, rollouts: 8, seed: 1 })) {
 *   for (const { id, step: at, outcomes } of step) {
 *     const successes = [outcomes.filter(Boolean).length];
 *     visits.add({ id, step: at, isRollout: false, successes, trials: [outcomes.length] });
 *   }
 * }
 * replay(visits, { seeds: 2, rounds: 4 }).policies.length; // 12
 */
export function replayVisits(visits: Visits, options: ReplayOptions = {}): Comparison {
  const given = checkOptions('options', options, [...Object.keys(LIMITS), 'discount', 'prior', 'floor']);
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value = given[name as keyof typeof LIMITS];
    if (value !== undefined) checkInteger(name, value, least, most);
  }
  const { discount, prior, count, rounds, rollouts, candidates, floor, seeds = 10 } = given;
  const pool = { discount, prior };
  if (discount !== undefined) checkDiscount(discount);
  if (prior !== undefined) checkPrior(prior);
  const history = toHistory(visits);
  return compare(history, toPlan(history, { pool, count, rounds, rollouts, candidates, floor }), seeds);
}

/** All policies on the same prompts, over seeds that each draw the prompts anew. */
export function compare(history: History, options: Replay, seeds: number): Comparison {
  const { pool, count, rounds, rollouts, candidates } = options;
  // Twice the rounds in which all prompts would have had a turn.
  const starvedAfter = Math.min(rounds, Math.ceil((2 * history.prompts) / count));
  const results = new Map(POLICIES.map((policy) => [policy, [] as Outcomes[]]));
  for (let seed = 1; seed <= seeds; seed++) {
    const sample = resample(history, seed);
    for (const [policy, outcomes] of results) {
      outcomes.push(toOutcomes(replay(sample, policy, seed, options), sample.prompts, starvedAfter));
    }
  }
  const [random, epochs] = [results.get('random'), results.get('shuffled-epochs')] as [Outcomes[], Outcomes[]];
  return {
    prompts: history.prompts,
    visits: history.successes.length,
    rounds,
    count,
    rollouts,
    seeds,
    candidates: candidates ?? null,
    floor: options.floor ?? 0,
    discount: pool.discount ?? 1,
    prior: pool.prior ?? { alpha: 1, beta: 1 },
    starvedAfter,
    policies: [...results]
      .map(([policy, outcomes]) => toResult(policy, outcomes, random, epochs))
      .sort((a, b) => b.informative.mean - a.informative.mean),
    caveat: CAVEAT,
    notes: toNotes(history, options),
  };
}

function toResult(
  policy: Policy,
  outcomes: readonly Outcomes[],
  random: readonly Outcomes[],
  epochs: readonly Outcomes[],
): PolicyResult {
  const spread = (of: (one: Outcomes, seed: number) => number): Spread => toSpread(outcomes.map(of));
  const above = (others: readonly Outcomes[]): Spread =>
    spread(({ informative }, seed) => informative - (others[seed] as Outcomes).informative);
  const spreads = (key: keyof Outcomes['byRound']): Spreads => {
    const rounds = outcomes[0]?.byRound[key].map((_, i) => spread((one) => one.byRound[key][i] as number)) ?? [];
    return { mean: rounds.map(({ mean }) => mean), sd: rounds.map(({ sd }) => sd) };
  };
  return {
    policy,
    informative: spread(({ informative }) => informative),
    betweenRounds: spread(({ byRound }) => toSpread(byRound.informative).sd),
    gain: above(random),
    gainOverEpochs: above(epochs),
    variance: spread(({ variance }) => variance),
    coverage: spread(({ coverage }) => coverage),
    starved: spread(({ starved }) => starved),
    byRound: { informative: spreads('informative'), variance: spreads('variance'), coverage: spreads('coverage') },
  };
}

/** Without NaN, the share of a round in which no prompt was left. */
function toSpread(all: readonly number[]): Spread {
  const values = all.filter((value) => !Number.isNaN(value));
  const mean = sum(values) / values.length;
  const squares = values.map((value) => (value - mean) ** 2);
  return { mean, sd: Math.sqrt(sum(squares) / Math.max(1, values.length - 1)) };
}
