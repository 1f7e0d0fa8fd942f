import { toRule } from '../acquisition.ts';
import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import type { Bytes, Column, Prior } from '../index.ts';
import { type LogInput, toSource } from '../logs/inputs.ts';
import type { ReadOptions, Taken } from '../logs/read-options.ts';
import { MOST_TRIALS } from '../logs/row.ts';
import { checkDiscount, checkNumber, checkOptions, checkPrior } from '../validate.ts';
import { choose } from './choose/choose.ts';
import { type Explanation, explainPrompt } from './choose/explain.ts';
import { type Forecast, toForecast } from './choose/forecast.ts';
import { type PromptPart, toPart } from './choose/parts.ts';
import type { Place, Query } from './choose/query.ts';
import { decodeState, encodeState } from './codec.ts';
import { type ExportedPrompt, exportPrompts } from './exchange.ts';
import { checkedIds } from './ids.ts';
import { Importer } from './importer.ts';
import { checkRule, type Rule, toSuccessRule } from './settings.ts';
import { State } from './state.ts';

/** What a new state is made with; it stays for its life. */
export interface PromptStateOptions {
  /** The share of older evidence that a visit keeps, in [0, 1] (1). */
  readonly discount?: number | undefined;
  /** What is believed of a prompt that was never seen: Beta(alpha, beta), each in [1e-3, 1e6] (1, 1). */
  readonly prior?: Prior | undefined;
}

/** Rollouts of one prompt that were counted. */
export interface CountedVisit {
  readonly id: string;
  /** 0 <= successes <= trials, trials in (0, 65,535], rounded to float32; sums of rewards in [0, 1] are fractions. */
  readonly successes: number;
  readonly trials: number;
  /** When it was; a finite number. Without it: before all that have one. */
  readonly step?: number | undefined;
  /** The share of older evidence that this visit keeps, in [0, 1]; by default that of the state. */
  readonly discount?: number | undefined;
}

/** What is known of one prompt. */
export interface PromptPosterior {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  /** alpha / (alpha + beta) */
  readonly mean: number;
  /** alpha + beta */
  readonly evidence: number;
  readonly visits: number;
  /** Its label, if it has one. */
  readonly group?: string;
  /** Of the latest visit; null if there is none or it had no step. */
  readonly step: number | null;
}

/** A selected prompt. */
export interface Choice {
  readonly id: string;
  readonly score: number;
  readonly mean: number;
  readonly evidence: number;
}

/** A prompt to add: at the prior, or with a posterior from elsewhere. */
export type ImportedPrompt = Pick<ExportedPrompt, 'id'> & Partial<ExportedPrompt>;

/** What to select: all but the count has a default. */
export type SelectQuery = Omit<Query, 'count' | 'held'>;

const QUERY = ['acquisition', 'candidates', 'exclude', 'only', 'cooldown', 'maxVisits', 'quotas', 'floor'] as const;

function toQuery(count: number, query: SelectQuery | undefined): Query {
  return { ...(checkOptions('query', query, QUERY) as SelectQuery), count };
}

/** How to take logs in. */
export interface IngestOptions
  extends Omit<ReadOptions, 'before' | 'hash' | 'onBad' | 'seen' | 'taken' | 'onTaken' | 'onRecord' | 'isBound'> {
  /** Takes logs that have none of the prompts that were added before (false). */
  readonly newPrompts?: boolean | undefined;
  /** The least reward of a success (0.5); it stays for the life of the state. */
  readonly threshold?: number | undefined;
}

/** For the rooms above, which know what a state is made of; neither copies it. */
export let toPromptState: (state: State) => PromptState;
export let stateOf: (prompts: PromptState) => State;

/**
 * Posteriors of prompts by id: what the command keeps in a file. Prompts are in the order of the SHA-256 of their ids,
 * so that ties of score do not follow the order of any data set. Memory: 59 bytes a prompt and its id, and 12 more once it selects.
 * @example
 * import { PromptState } from 'insight-wasm/state';
 * const state = new PromptState({ discount: 0.9 }).add(['a', 'b', 'c']);
 * state.observe([{ id: 'a', successes: 3, trials: 8, step: 1 }]);
 * state.get('a').mean; // 0.4
 * const [best] = state.select(1);
 * PromptState.fromBytes(state.toBytes()).get(best.id).visits; // 0: less is known of the others
 */
export class PromptState {
  static {
    toPromptState = (state) => {
      const made = new PromptState();
      made.#state = state;
      return made;
    };
    stateOf = (prompts) => prompts.#state;
  }

  #state: State;
  /** Rises with each change. */
  #revision = 0;

  /** @throws RangeError, TypeError for a wrong option */
  constructor(options?: PromptStateOptions) {
    const { discount = 1, prior = { alpha: 1, beta: 1 } } = checkOptions('options', options, ['discount', 'prior']);
    this.#state = State.unseen({ discount: checkDiscount(discount), prior: checkPrior(prior) });
  }

  /**
   * A state from the bytes of a file, or of `toBytes`, which are copied.
   * @throws DataError for bytes that are damaged, truncated, foreign or of a newer release
   */
  static fromBytes(bytes: Uint8Array): PromptState {
    return toPromptState(decodeState(bytes));
  }

  /** The bytes of a state file: the same for the same posteriors and logs, however many steps led to them. */
  toBytes(): Bytes {
    return encodeState(this.#state) as Bytes;
  }

  /** Prompts. */
  get size(): number {
    return this.#state.size;
  }

  get discount(): number {
    return this.#state.settings.discount;
  }

  get prior(): Prior {
    return this.#state.settings.prior;
  }

  /** Live view of alpha, one float32 a prompt in the order of `ids`; read-only, and only until the state changes. */
  get alpha(): Column {
    return this.#state.pool.alpha;
  }

  /** Live view of beta, one float32 a prompt in the order of `ids`; read-only, and only until the state changes. */
  get beta(): Column {
    return this.#state.pool.beta;
  }

  /** The largest step of all prompts; null if none has one. */
  get lastStep(): number | null {
    return this.#state.lastStep ?? null;
  }

  /** All ids, in the order of the state. */
  *ids(): Generator<string> {
    const { keys } = this.#state;
    for (let index = 0; index < keys.size; index++) yield keys.at(index);
  }

  /** Whether the prompt is in the state. */
  has(id: string): boolean {
    return this.#state.keys.indexOf(id) >= 0;
  }

  /** @throws DataError with the code `unknown-id` */
  get(id: string): PromptPosterior {
    const index = this.#indexOf(id);
    const { pool, columns } = this.#state;
    const step = columns.steps[index] as number;
    const visits = columns.visits[index] as number;
    const group = this.#state.groupOf(index);
    return {
      id,
      ...pool.get(index),
      visits,
      ...(group !== '' && { group }),
      step: Number.isNaN(step) ? null : step,
    };
  }

  /** Adds prompts at the prior; those that are there stay as they are. Cost: that of all prompts, so add many at once. */
  add(ids: Iterable<string>): this {
    const after = this.#state.with(checkedIds('ids', ids));
    if (after !== this.#state) this.#replace(after, true);
    return this;
  }

  /**
   * Adds visits; all of them or, if one is wrong, none. Those of one prompt and step are one; one of an older step than
   * the latest of its prompt is inserted before that. Unknown prompts are added.
   * @throws DataError naming the prompt; RangeError, TypeError for a wrong value
   */
  observe(visits: Iterable<CountedVisit>): this {
    const counted = [...visits].map((visit, i) => toCounted(`visits[${i}]`, visit));
    const stepOf = ({ step }: CountedVisit): number => step ?? Number.NEGATIVE_INFINITY;
    counted.sort((a, b) => (stepOf(a) < stepOf(b) ? -1 : Number(stepOf(a) > stepOf(b)))); // stable
    const before = this.#state;
    const after = before.with(counted.map(({ id }) => id));
    const indices = counted.map(({ id }) => after.keys.indexOf(id));
    const undo = after.remember(indices);
    try {
      after.observe(
        counted.map(({ id: _, step, ...counts }, i) => ({
          ...counts,
          step,
          isRollout: false,
          index: indices[i] as number,
        })),
      );
    } catch (error) {
      undo(); // also of new prompts: their discounts are those of the state
      throw error;
    }
    this.#replace(after, counted.length > 0);
    return this;
  }

  /**
   * Takes logs in, and remembers how far each was read: given again, or grown, only what is new is taken.
   * @param logs Files, Blobs, bytes or streams; a name stands for one log
   * @throws DataError that names log and line, and the state stays as it was; the same if the state was changed meanwhile;
   * the reason of `options.signal`
   * @example
   * import { PromptState } from 'insight-wasm/state';
   * const log = new File(['{"id":"a","step":1,"successes":3,"trials":8}\n'], 'log.jsonl');
   * const state = new PromptState();
   * await state.ingest([log]);
   * await state.ingest([log]); // nothing twice
   * state.get('a').evidence; // 10
   */
  async ingest(logs: Iterable<LogInput>, { threshold, ...options }: IngestOptions = {}): Promise<Taken[]> {
    // What is read goes into a copy, so that a log that cannot be read leaves the state as it was.
    if (threshold !== undefined) checkNumber('threshold', threshold, -Number.MAX_VALUE, Number.MAX_VALUE);
    const revision = this.#revision;
    const copy = this.#state.copy();
    const { id, hash, reward } = options.mapping ?? {};
    const named = { id, hash: hash?.join(','), reward };
    const given: Rule = { ...named, threshold: String(threshold ?? 0.5) };
    if (copy.rule !== undefined) checkRule(copy.rule, threshold === undefined ? named : given);
    const rule = copy.rule ?? given;
    const mapping = { ...options.mapping, id: rule.id, hash: rule.hash?.split(','), reward: rule.reward };
    const { gunzip, newPrompts, ...reading } = options;
    const sources = [...logs].map(toSource);
    const { takeLogs } = await import('./take-logs.ts'); // loaded with the first log
    const { after, taken } = await takeLogs(copy, sources, {
      gunzip,
      newPrompts,
      reading: { ...reading, mapping },
      success: toSuccessRule(rule),
      rule,
    });
    if (this.#revision !== revision) {
      throw new DataError('taken', 'the state was changed while logs were read: ingest them again');
    }
    this.#replace(after, false);
    return [...taken];
  }

  /**
   * The best prompts, best first: score falling, then in the order of the state. `quotas` bounds how many are of each
   * group, and `floor` keeps slots for those not seen for longest: docs/choosing-under-constraints.md.
   * @throws DataError for an id of `only` that is unknown; RangeError, TypeError for a wrong value
   */
  select(count: number, query?: SelectQuery): Choice[] {
    const { pool, keys } = this.#state;
    const { indices, scores } = choose(this.#state, toQuery(count, query));
    return Array.from(indices, (index, i) => {
      const { mean, evidence } = pool.get(index);
      return { id: keys.at(index), score: scores[i] as number, mean, evidence };
    });
  }

  /**
   * What this state, a shard, adds to a selection out of the whole at `place`: plain JSON for `mergeParts`.
   * @throws as `select`, but for ids of `only` and groups that are unknown: another shard may have them
   */
  selectPart(count: number, place: Place, query?: SelectQuery): PromptPart {
    return toPart(this.#state, toQuery(count, query), place);
  }

  /** Why `select` with the same arguments takes a prompt, or not. @throws DataError with the code `unknown-id` */
  explain(id: string, count: number, query?: SelectQuery): Explanation {
    return explainPrompt(this.#state, this.#indexOf(id), toQuery(count, query));
  }

  /** Shares of the prompts, and the share of the next batch that will be wasted. */
  status(count: number, query?: SelectQuery): Forecast {
    const given = toQuery(count, query);
    return toForecast(this.#state, given, Math.max(2, toRule(given.acquisition).rollouts || 8));
  }

  /** All prompts with what it takes to go on with them, in the order of the state, for `import` elsewhere. */
  export(): Generator<ExportedPrompt> {
    return exportPrompts(this.#state);
  }

  /**
   * Adds prompts with their posteriors, such as those of `export`.
   * @throws DataError for one that is there, or makes no sense; the state stays as it was
   */
  import(prompts: Iterable<ImportedPrompt>): this {
    const importer = new Importer(this.#state.settings, undefined, 'group');
    for (const prompt of prompts) importer.add(prompt.id, { ...prompt });
    const after = this.#state.merge(importer.end(this.#state));
    this.#replace(importer.isWarm ? after.keeping({ isWarm: true }) : after, after.size > this.#state.size);
    return this;
  }

  /** Frees the memory of the scores; the state goes on, and takes it again when it is needed. */
  dispose(): void {
    this.#state.dispose();
  }

  #indexOf(id: string): number {
    const index = this.#state.keys.indexOf(id);
    if (index < 0) throw new DataError('unknown-id', `${quoteId(id)} is not in the state`, { id });
    return index;
  }

  /** @param isManual whether something came that no log of the command tells */
  #replace(after: State, isManual: boolean): void {
    const kept = isManual && !after.extra.isManual ? after.keeping({ isManual }) : after;
    if (kept !== this.#state) this.#state.dispose();
    this.#state = kept;
    this.#revision++;
  }
}

function toCounted(title: string, { id, successes, trials, step, discount }: CountedVisit): CountedVisit {
  if (typeof id !== 'string') throw new TypeError(`"${title}.id" expected a string, got ${String(id)}`);
  const tried = Math.fround(checkNumber(`${title}.trials`, trials, 2 ** -149, MOST_TRIALS));
  const right = Math.fround(checkNumber(`${title}.successes`, successes, 0, tried));
  if (step !== undefined && !Number.isFinite(step)) {
    throw new RangeError(`"${title}.step" expected a finite number, got ${String(step)}`);
  }
  if (discount !== undefined) checkNumber(`${title}.discount`, discount, 0, 1);
  return { id, successes: right, trials: tried, step, discount };
}
