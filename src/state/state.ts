import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { PosteriorPool } from '../index.ts';
import { MOST_TRIALS } from '../logs/row.ts';
import { checkOrder, checkVisit, MOST_ROLLOUTS, toUpdates, type Visit } from '../logs/visits.ts';
import { LEAST, MOST } from '../validate.ts';
import { DiscountTable } from './discounts.ts';
import type { Extra } from './extra.ts';
import { KeyTable } from './keys.ts';
import { Ledger, type Log } from './ledger.ts';
import { RecentKeys } from './recent-keys.ts';
import type { Rule, Settings } from './settings.ts';

/** A visit of the prompt at an index of the state. */
export interface Observation extends Omit<Visit, 'prompt'> {
  /** -1 if unknown: `isLate` accepts it, `take` does not. */
  readonly index: number;
  /** The share of older evidence that this visit keeps; that of the settings by default. */
  readonly discount?: number | undefined;
}

/** What became of an observation: `late` is inserted before the latest visit of its prompt. */
export type Fate = 'observed' | 'late';

/** A column each, in the order of the keys. */
export interface Columns {
  /** The posterior without the open visit, which is the latest. */
  readonly settledAlpha: Float32Array;
  readonly settledBeta: Float32Array;
  /** Counts of the open visit: rows of the same step may still come. With discount 1 it stays open for good. */
  readonly successes: Float64Array;
  readonly trials: Float64Array;
  readonly visits: Uint32Array;
  /** Of the latest visit; NaN if there is none or it had no step. */
  readonly steps: Float64Array;
  /** Of the latest of the settled visits; NaN if there is none or it had no step. */
  readonly settledSteps: Float64Array;
  /** Of the open visit: number of its discount in the table of discounts. */
  readonly discounts: Uint8Array;
}

/** Columns of prompts that nothing was seen of. */
function unseenColumns(size: number, { prior }: Settings): Columns {
  return {
    settledAlpha: new Float32Array(size).fill(prior.alpha),
    settledBeta: new Float32Array(size).fill(prior.beta),
    successes: new Float64Array(size),
    trials: new Float64Array(size),
    visits: new Uint32Array(size),
    steps: new Float64Array(size).fill(Number.NaN),
    settledSteps: new Float64Array(size).fill(Number.NaN),
    discounts: new Uint8Array(size),
  };
}

/** What a state is made of, beside settings, keys and columns. */
export interface StateParts {
  readonly logs?: readonly Log[] | undefined;
  /** undefined until logs are taken. */
  readonly rule?: Rule | undefined;
  /** Observations that a process took one by one: see the journal. */
  readonly taken?: number | undefined;
  readonly discounts?: DiscountTable | undefined;
  readonly recent?: RecentKeys | undefined;
  readonly extra?: Extra | undefined;
}

/**
 * Posteriors of prompts by key, and what it takes to go on with them. A posterior is kept as it was before the latest
 * visit, with the counts of that visit: so rows of one step are one observation also if they come in parts, and the
 * parts make no difference to the last bit; and an observation of an older step is inserted before the latest visit.
 */
export class State {
  readonly settings: Settings;
  readonly keys: KeyTable;
  readonly columns: Columns;
  readonly ledger: Ledger;
  readonly rule: Rule | undefined;
  /** Observations that a process took one by one: each has a line of the history. */
  taken: number;
  /** Discounts of visits, other than that of the settings. */
  readonly discounts: DiscountTable;
  /** Keys of the latest observations that had one. */
  readonly recent: RecentKeys;
  readonly extra: Extra;
  #pool: PosteriorPool | undefined;
  /** Indices whose posterior in the pool is older than the columns. */
  readonly #stale = new Set<number>();
  #visited: number | undefined;
  #lastStep: number | undefined;
  /** Keeps a prompt as it is, before it changes: see freeze. */
  #keep: ((index: number) => void) | undefined;

  constructor(settings: Settings, keys: KeyTable, columns: Columns, parts: StateParts = {}) {
    this.settings = settings;
    this.keys = keys;
    this.columns = columns;
    this.ledger = new Ledger(parts.logs);
    this.rule = parts.rule;
    this.taken = parts.taken ?? 0;
    this.discounts = parts.discounts ?? new DiscountTable(settings.discount);
    this.recent = parts.recent ?? new RecentKeys();
    this.extra = parts.extra ?? {};
  }

  /** Of prompts that nothing was seen of. */
  static unseen(settings: Settings, keys: Iterable<string> = [], discounts?: DiscountTable): State {
    const table = KeyTable.from(keys);
    return new State(settings, table, unseenColumns(table.size, settings), { discounts });
  }

  get size(): number {
    return this.keys.size;
  }

  /** The posteriors with the open visits. Made when it is first asked for: most states are only passed through. */
  get pool(): PosteriorPool {
    if (this.#pool === undefined) {
      const { discount, prior } = this.settings;
      this.#pool = new PosteriorPool(this.size, { discount, prior });
      const alpha = new Float32Array(this.size);
      const beta = new Float32Array(this.size);
      for (let i = 0; i < this.size; i++) {
        alpha[i] = this.#alpha(i);
        beta[i] = this.#beta(i);
      }
      this.#pool.set({ alpha, beta });
    } else if (this.#stale.size > 0) {
      const indices = [...this.#stale];
      const [alpha, beta] = [indices.map((i) => this.#alpha(i)), indices.map((i) => this.#beta(i))];
      this.#pool.set({ indices, alpha, beta });
    }
    this.#stale.clear();
    return this.#pool;
  }

  /** Frees the memory of the pool, if there is one. */
  dispose(): void {
    this.#pool?.dispose();
    this.#pool = undefined;
  }

  /** The largest step of all prompts; undefined if none has one. */
  get lastStep(): number | undefined {
    if (this.#lastStep === undefined) {
      let last = Number.NEGATIVE_INFINITY;
      for (const step of this.columns.steps) if (step > last) last = step;
      this.#lastStep = last;
    }
    return this.#lastStep === Number.NEGATIVE_INFINITY ? undefined : this.#lastStep;
  }

  /** Prompts that were visited. */
  get visited(): number {
    if (this.#visited === undefined) {
      this.#visited = 0;
      for (const visits of this.columns.visits) if (visits > 0) this.#visited++;
    }
    return this.#visited;
  }

  /** A new state with the prompts of `other` too, under the settings of this one; the two must share no key. */
  merge(other: State): State {
    const { keys, from } = this.keys.merge(other.keys);
    const columns = Object.fromEntries(
      Object.entries(this.columns).map(([name, mine]) => [
        name,
        gather(from, mine, other.columns[name as keyof Columns]),
      ]),
    ) as unknown as Columns;
    for (let i = 0; i < from.length; i++) {
      const at = (from[i] as number) - this.size;
      if (at < 0) continue;
      columns.discounts[i] = this.discounts.toNumber(other.discounts.at(other.columns.discounts[at] as number));
    }
    return this.#like(keys, columns, this.rule);
  }

  /** The same state, for more logs: with their keys, and their rule if it has none. */
  forLogs(keys: Iterable<string>, rule: Rule): State {
    const { keys: table, columns } = this.with(keys);
    return this.#like(table, columns, this.rule ?? rule);
  }

  /** The same state with more to keep beside it; it shares all else with this one. */
  keeping(extra: Extra): State {
    return this.#like(this.keys, this.columns, this.rule, { ...this.extra, ...extra });
  }

  /** This state, or a new one with the keys that it lacks. */
  with(keys: Iterable<string>): State {
    const missing = [...new Set(keys)].filter((key) => this.keys.indexOf(key) < 0);
    return missing.length === 0 ? this : this.merge(State.unseen(this.settings, missing));
  }

  #like(keys: KeyTable, columns: Columns, rule: Rule | undefined, extra = this.extra): State {
    const { settings, ledger, taken, discounts, recent } = this;
    return new State(settings, keys, columns, { logs: ledger.logs, rule, taken, discounts, recent, extra });
  }

  /**
   * Adds visits, in order.
   * @returns how many were late
   * @throws DataError for one that cannot be added; those before it stay
   */
  observe(observations: Iterable<Observation>): number {
    let late = 0;
    for (const observation of observations) if (this.take(observation) === 'late') late++;
    return late;
  }

  /**
   * Adds one visit, or a part of one.
   * @throws DataError for one that cannot be added, which changes nothing
   */
  take(observation: Observation): Fate {
    if (this.#adds(observation)) return this.#add(observation);
    const { index, step, discount } = observation;
    const { steps, settledSteps, trials } = this.columns;
    // Of a posterior that was imported, all visits are settled.
    const isSettled =
      step !== undefined && step === steps[index] && step === settledSteps[index] && trials[index] === 0;
    if (isSettled) {
      this.#insert(observation);
      return 'observed';
    }
    return this.isLate(index, step, discount) ? this.#insert(observation) : this.#open(observation);
  }

  /** Whether a visit of this step is older than the latest one of the prompt, where the order counts. */
  isLate(index: number, step: number | undefined, discount = this.settings.discount): boolean {
    if (index < 0 || this.#isSum(index, discount)) return false;
    const last = this.columns.steps[index] as number;
    return step === undefined ? !Number.isNaN(last) : step < last;
  }

  /** What puts the prompts back as they are now. */
  remember(indices: readonly number[]): () => void {
    const columns = Object.values(this.columns) as Columns[keyof Columns][];
    const kept = indices.map((index) => columns.map((column) => column[index] as number));
    const [visited, lastStep, discounts] = [this.#visited, this.#lastStep, this.discounts.size];
    return () => {
      indices.forEach((index, i) => {
        columns.forEach((column, c) => {
          column[index] = kept[i]?.[c] as number;
        });
        this.#stale.add(index);
      });
      [this.#visited, this.#lastStep] = [visited, lastStep];
      this.discounts.shrink(discounts);
    };
  }

  /**
   * Calls `keep` with the index of each prompt just before it changes, from now on: so that a copy of the columns can be
   * made bit by bit.
   */
  onChange(keep: ((index: number) => void) | undefined): void {
    this.#keep = keep;
  }

  /** Whether an observation is more of the open visit of its prompt. */
  #adds({ index, step, isRollout, discount = this.settings.discount }: Observation): boolean {
    if (discount < 1 && step === undefined && isRollout) {
      checkOrder({ id: this.keys.at(index), step, isRollout }, discount);
    }
    if (this.#isSum(index, discount)) return true;
    return step !== undefined && step === this.columns.steps[index] && (this.columns.trials[index] as number) > 0;
  }

  /** Whether the order of a visit and the open one makes no difference, as none of the two discounts the other. */
  #isSum(index: number, discount: number): boolean {
    if (this.settings.discount < 1 || discount < 1) return false;
    const { trials, discounts } = this.columns;
    return trials[index] === 0 || this.discounts.at(discounts[index] as number) === 1;
  }

  #add({ index, step, isRollout, successes, trials }: Observation): Fate {
    const { columns } = this;
    const id = (): string => this.keys.at(index);
    const right = (columns.successes[index] as number) + successes;
    const tried = (columns.trials[index] as number) + trials;
    const isVisit = step === undefined ? !isRollout || columns.visits[index] === 0 : step !== columns.steps[index];
    if (this.settings.discount < 1) checkVisit(id, step, tried);
    else if (tried > MOST_ROLLOUTS) {
      const reason = `${quoteId(id())} has more than ${MOST_ROLLOUTS.toLocaleString('en')} rollouts`;
      throw new DataError('too-much', reason, { id: id() });
    }
    this.checkRange(index, columns.settledAlpha[index] as number, columns.settledBeta[index] as number, right, tried);
    this.#touch(index, isVisit);
    columns.successes[index] = right;
    columns.trials[index] = tried;
    if (step !== undefined && !((columns.steps[index] as number) >= step)) this.#setStep(index, step);
    return 'observed';
  }

  #open({ index, step, successes, trials, discount = this.settings.discount }: Observation): Fate {
    const { columns } = this;
    checkVisit(() => this.keys.at(index), step, trials);
    const [alpha, beta] = [this.#alpha(index), this.#beta(index)];
    this.checkRange(index, alpha, beta, successes, trials);
    const number = this.discounts.toNumber(discount);
    this.#touch(index, true);
    columns.settledAlpha[index] = alpha;
    columns.settledBeta[index] = beta;
    columns.settledSteps[index] = columns.steps[index] as number;
    columns.successes[index] = successes;
    columns.trials[index] = trials;
    columns.discounts[index] = number;
    if (step !== undefined) this.#setStep(index, step);
    return 'observed';
  }

  /**
   * Inserts a visit just before the latest one: the posterior of before that becomes lambda (alpha, beta) +
   * (1 - lambda) prior + (S, K - S). More of the latest of the settled visits is added to it, without a discount.
   */
  #insert({ index, step, successes, trials, discount = this.settings.discount }: Observation): Fate {
    const { columns } = this;
    checkVisit(() => this.keys.at(index), step, trials);
    const settledStep = columns.settledSteps[index] as number;
    const isMore = step !== undefined && step === settledStep;
    const { prior } = this.settings;
    const keeps = isMore ? 1 : discount;
    const alpha = update(columns.settledAlpha[index] as number, prior.alpha, keeps, countOf(true, successes, trials));
    const beta = update(columns.settledBeta[index] as number, prior.beta, keeps, countOf(false, successes, trials));
    this.checkRange(index, alpha, beta, columns.successes[index] as number, columns.trials[index] as number);
    this.#touch(index, !isMore);
    columns.settledAlpha[index] = alpha;
    columns.settledBeta[index] = beta;
    if (step !== undefined && !(settledStep >= step)) columns.settledSteps[index] = step + 0;
    return 'late';
  }

  /** Before a prompt changes. */
  #touch(index: number, isVisit: boolean): void {
    this.#keep?.(index);
    this.#stale.add(index);
    if (!isVisit) return;
    const visits = this.columns.visits[index] as number;
    if (visits === 0 && this.#visited !== undefined) this.#visited++;
    this.columns.visits[index] = visits + 1;
  }

  #setStep(index: number, step: number): void {
    this.columns.steps[index] = step + 0; // not -0
    if (this.#lastStep !== undefined) this.#lastStep = Math.max(this.#lastStep, step + 0);
  }

  #alpha(index: number): number {
    return this.#posterior(index, this.columns.settledAlpha, this.settings.prior.alpha, true);
  }

  #beta(index: number): number {
    return this.#posterior(index, this.columns.settledBeta, this.settings.prior.beta, false);
  }

  /** Adds the open visit to what is settled, as updates of the library would: one rounding each. */
  #posterior(index: number, settled: Float32Array, prior: number, isAlpha: boolean): number {
    const { successes, trials, discounts } = this.columns;
    const tried = trials[index] as number;
    const right = successes[index] as number;
    let value = settled[index] as number;
    if (tried === 0) return value;
    let keeps = this.discounts.at(discounts[index] as number);
    if (tried <= MOST_TRIALS) return update(value, prior, keeps, countOf(isAlpha, right, tried));
    for (const part of toUpdates(right, tried)) {
      value = update(value, prior, keeps, countOf(isAlpha, part.successes, part.trials));
      keeps = 1;
    }
    return value;
  }

  /** @throws DataError if a posterior with so many more would leave the domain of the library */
  checkRange(index: number, alpha: number, beta: number, successes: number, trials: number): void {
    if (alpha >= LEAST && beta >= LEAST && Math.max(alpha + successes, beta + trials - successes) <= MOST) return;
    const id = this.keys.at(index);
    const reason = `the posterior of ${quoteId(id)} would leave its range: alpha and beta are at most 2^24`;
    throw new DataError('too-much', reason, { id });
  }
}

/** Successes or failures, of counts that the library rounds to float32 first. */
function countOf(isAlpha: boolean, successes: number, trials: number): number {
  const right = Math.fround(successes);
  return isAlpha ? right : Math.fround(trials) - right;
}

/** Eq. 6, in doubles and rounded once. */
function update(value: number, prior: number, discount: number, count: number): number {
  return Math.fround(discount * value + (1 - discount) * prior + count);
}

/** The columns of two states in the order of their keys together: see KeyTable.merge. */
function gather<T extends Columns[keyof Columns]>(from: Uint32Array, mine: T, theirs: T): T {
  const column = new (mine.constructor as new (length: number) => T)(from.length);
  for (let i = 0; i < from.length; i++) {
    const at = from[i] as number;
    column[i] = (at < mine.length ? mine[at] : theirs[at - mine.length]) as number;
  }
  return column;
}
