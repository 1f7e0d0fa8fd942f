import { ACQUISITIONS } from '../acquisition.ts';
import type { AcquisitionKind, Prior } from '../index.ts';
import type { Visits } from '../logs/visits.ts';
import { checkDiscount, checkInteger, checkOptions, checkPrior, MOST_SIZE } from '../validate.ts';
import { type History, sum, toHistory } from './history.ts';
import { type Outcomes, toOutcomes } from './outcomes.ts';
import { type Replay, replay } from './replay.ts';
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
  readonly acquisition: AcquisitionKind;
  readonly informative: Spread;
  /** `informative` above that of random on the same prompts. */
  readonly gain: Spread;
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

export const CAVEAT =
  'Caveat: all outcomes are those of the run that was logged. Another selection would have trained another model: ' +
  'prompts chosen more often would have been learnt more, and the outcomes that are replayed here would not have come. ' +
  'This compares what policies would have picked, not what the model would have become.';

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
 * What each acquisition, and random, would have picked of a full log: in round t each prompt holds the outcome of its
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
 * replay(visits, { seeds: 2, rounds: 4 }).policies.length; // 10
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

/** All acquisitions of the package on the same prompts, over seeds that each draw the prompts anew. */
export function compare(history: History, options: Replay, seeds: number): Comparison {
  const { pool, count, rounds, rollouts, candidates } = options;
  // Twice the rounds in which all prompts would have had a turn.
  const starvedAfter = Math.min(rounds, Math.ceil((2 * history.prompts) / count));
  const results = new Map(ACQUISITIONS.map((kind) => [kind, [] as Outcomes[]]));
  for (let seed = 1; seed <= seeds; seed++) {
    const sample = resample(history, seed);
    for (const [kind, outcomes] of results) {
      outcomes.push(toOutcomes(replay(sample, kind, seed, options), sample.prompts, starvedAfter));
    }
  }
  const random = results.get('random') as Outcomes[];
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
      .map(([kind, outcomes]) => toResult(kind, outcomes, random))
      .sort((a, b) => b.informative.mean - a.informative.mean),
    caveat: CAVEAT,
    notes: toNotes(history, options),
  };
}

function toResult(
  acquisition: AcquisitionKind,
  outcomes: readonly Outcomes[],
  random: readonly Outcomes[],
): PolicyResult {
  const spread = (of: (one: Outcomes, seed: number) => number): Spread => toSpread(outcomes.map(of));
  const spreads = (key: keyof Outcomes['byRound']): Spreads => {
    const rounds = outcomes[0]?.byRound[key].map((_, i) => spread((one) => one.byRound[key][i] as number)) ?? [];
    return { mean: rounds.map(({ mean }) => mean), sd: rounds.map(({ sd }) => sd) };
  };
  return {
    acquisition,
    informative: spread(({ informative }) => informative),
    gain: spread(({ informative }, seed) => informative - (random[seed] as Outcomes).informative),
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
