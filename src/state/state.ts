import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { PosteriorPool } from '../index.ts';
import { checkOrder, checkVisit, MOST_ROLLOUTS, toUpdates, type Visit } from '../logs/visits.ts';
import { MOST } from '../validate.ts';
import type { Extra } from './extra.ts';
import { KeyTable } from './keys.ts';
import { Ledger, type Log } from './ledger.ts';
import type { Rule, Settings } from './settings.ts';

/** A visit of the prompt at an index of the state. */
export interface Observation extends Omit<Visit, 'prompt'> {
  /** -1 if unknown: `check` accepts it, `observe` does not. */
  readonly index: number;
}

/** A column each, in the order of the keys. */
export interface Columns {
  /** The posterior without the open visit. */
  readonly settledAlpha: Float32Array;
  readonly settledBeta: Float32Array;
  /** Counts of the open visit: rows of the same step may still come. With discount 1 it stays open for good. */
  readonly successes: Uint32Array;
  readonly trials: Uint32Array;
  /** Of the latest visit; NaN if there is none or it had no step. */
  readonly steps: Float64Array;
  readonly visits: Uint32Array;
}

/**
 * Posteriors of prompts by key, and what it takes to go on with them. A posterior is kept as it was before the latest
 * visit, with the counts of that visit: so rows of one step are one observation also if they come in parts, and the
 * parts make no difference to the last bit.
 */
export class State {
  readonly settings: Settings;
  readonly keys: KeyTable;
  readonly columns: Columns;
  readonly ledger: Ledger;
  /** undefined until logs are taken. */
  readonly rule: Rule | undefined;
  readonly extra: Extra;
  #pool: PosteriorPool | undefined;

  constructor(
    settings: Settings,
    keys: KeyTable,
    columns: Columns,
    logs: readonly Log[] = [],
    rule?: Rule,
    extra: Extra = {},
  ) {
    this.settings = settings;
    this.keys = keys;
    this.columns = columns;
    this.ledger = new Ledger(logs);
    this.rule = rule;
    this.extra = extra;
  }

  /** Of prompts that nothing was seen of. */
  static unseen(settings: Settings, keys: Iterable<string> = []): State {
    const table = KeyTable.from(keys);
    const { size } = table;
    const { prior } = settings;
    return new State(settings, table, {
      settledAlpha: new Float32Array(size).fill(prior.alpha),
      settledBeta: new Float32Array(size).fill(prior.beta),
      successes: new Uint32Array(size),
      trials: new Uint32Array(size),
      steps: new Float64Array(size).fill(Number.NaN),
      visits: new Uint32Array(size),
    });
  }

  get size(): number {
    return this.keys.size;
  }

  /** The posteriors with the open visits. Made when it is first asked for: most states are only passed through. */
  get pool(): PosteriorPool {
    if (this.#pool === undefined) {
      const { discount, prior } = this.settings;
      const pool = new PosteriorPool(this.size, { discount, prior });
      pool.set({ alpha: this.columns.settledAlpha, beta: this.columns.settledBeta });
      this.#addOpen(pool, this.columns.trials.keys());
      this.#pool = pool;
    }
    return this.#pool;
  }

  /** Frees the memory of the pool, if there is one. */
  dispose(): void {
    this.#pool?.dispose();
    this.#pool = undefined;
  }

  /** The largest step of all prompts; undefined if none has one. */
  get lastStep(): number | undefined {
    let last: number | undefined;
    for (const step of this.columns.steps) if (step >= (last ?? Number.NEGATIVE_INFINITY)) last = step;
    return last;
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
    return new State(this.settings, keys, columns, this.ledger.logs, this.rule, this.extra);
  }

  /** The same state, for more logs: with their keys, and their rule if it has none. */
  forLogs(keys: Iterable<string>, rule: Rule): State {
    const { settings, keys: table, columns, ledger } = this.with(keys);
    return new State(settings, table, columns, ledger.logs, this.rule ?? rule, this.extra);
  }

  /** The same state with more to keep beside it; it shares all else with this one. */
  keeping(extra: Extra): State {
    return new State(this.settings, this.keys, this.columns, this.ledger.logs, this.rule, { ...this.extra, ...extra });
  }

  /** This state, or a new one with the keys that it lacks. */
  with(keys: Iterable<string>): State {
    const missing = [...new Set(keys)].filter((key) => this.keys.indexOf(key) < 0);
    return missing.length === 0 ? this : this.merge(State.unseen(this.settings, missing));
  }

  /**
   * Adds visits, in order: those of one prompt as `Visits` gives them.
   * @throws DataError for one that cannot be added; the state is then of no use, but for `remember`
   */
  observe(observations: Iterable<Observation>): void {
    const isOrdered = this.settings.discount < 1;
    let changed = new Set<number>();
    for (const observation of observations) {
      const { index } = observation;
      this.check(observation);
      if (this.#opens(observation)) {
        if (isOrdered && changed.has(index)) {
          this.#refresh(changed);
          changed = new Set();
        }
        this.#open(observation);
      }
      this.#count(observation);
      changed.add(index);
    }
    this.#refresh(changed);
  }

  /** @throws DataError for an observation that comes too late, or in no order */
  check({ index, step, isRollout }: Omit<Observation, 'successes' | 'trials'>): void {
    const { discount } = this.settings;
    const id = (): string => (index < 0 ? '' : this.keys.at(index));
    if (step === undefined && isRollout && discount < 1) checkOrder({ id: id(), step, isRollout }, discount);
    if (index < 0 || discount === 1) return;
    const last = this.columns.steps[index] as number;
    const isLate = step === undefined ? !Number.isNaN(last) : step < last;
    if (isLate || (step === last && this.columns.trials[index] === 0)) {
      const what = step === undefined ? 'no step here, and comes after' : `step ${step} after`;
      const reason = `${quoteId(id())} has ${what} step ${last}: too late, as below discount 1 the order counts`;
      throw new DataError('late', reason, { id: id() });
    }
  }

  /** What puts the prompts back as they are now. */
  remember(indices: readonly number[]): () => void {
    const columns = Object.values(this.columns) as Columns[keyof Columns][];
    const kept = indices.map((index) => columns.map((column) => column[index] as number));
    return () => {
      indices.forEach((index, i) => {
        columns.forEach((column, c) => {
          column[index] = kept[i]?.[c] as number;
        });
      });
      this.#refresh(new Set(indices));
    };
  }

  #opens({ index, step, isRollout }: Observation): boolean {
    if (step === undefined) return !isRollout || this.columns.visits[index] === 0;
    return step !== this.columns.steps[index];
  }

  #open({ index, step }: Observation): void {
    const { settledAlpha, settledBeta, successes, trials, steps, visits } = this.columns;
    visits[index] = (visits[index] as number) + 1;
    if (step !== undefined && !((steps[index] as number) > step)) steps[index] = step + 0; // not -0
    if (this.settings.discount === 1) return;
    settledAlpha[index] = this.pool.alpha[index] as number;
    settledBeta[index] = this.pool.beta[index] as number;
    successes[index] = 0;
    trials[index] = 0;
  }

  #count({ index, step, ...more }: Observation): void {
    const { successes, trials } = this.columns;
    const tried = (trials[index] as number) + more.trials;
    const id = (): string => this.keys.at(index);
    if (this.settings.discount < 1) checkVisit(id, step, tried);
    else if (tried > MOST_ROLLOUTS) {
      const reason = `${quoteId(id())} has more than ${MOST_ROLLOUTS.toLocaleString('en')} rollouts`;
      throw new DataError('too-much', reason, { id: id() });
    }
    successes[index] = (successes[index] as number) + more.successes;
    trials[index] = tried;
  }

  /** Computes posteriors anew. */
  #refresh(changed: ReadonlySet<number>): void {
    if (changed.size === 0) return;
    const indices = Uint32Array.from(changed);
    const { settledAlpha, settledBeta } = this.columns;
    this.pool.set({ indices, alpha: take(settledAlpha, indices), beta: take(settledBeta, indices) });
    this.#addOpen(this.pool, indices);
  }

  /** Adds open visits to settled posteriors. */
  #addOpen(pool: PosteriorPool, indices: Iterable<number>): void {
    const batch = { indices: [] as number[], successes: [] as number[], trials: [] as number[] };
    for (const index of indices) {
      const { successes, trials } = this.columns;
      for (const part of toUpdates(successes[index] as number, trials[index] as number)) {
        batch.indices.push(index);
        batch.successes.push(part.successes);
        batch.trials.push(part.trials);
      }
    }
    try {
      pool.update(batch);
    } catch (error) {
      throw error instanceof RangeError ? this.#leavesRange(batch.indices, error) : error;
    }
  }

  /** The error of the first prompt whose posterior the library refuses. */
  #leavesRange(indices: readonly number[], { message }: Error): DataError {
    const { settledAlpha, settledBeta, successes, trials } = this.columns;
    const index = indices.find((i) => {
      const right = successes[i] as number;
      const wrong = (trials[i] as number) - right;
      return Math.max((settledAlpha[i] as number) + right, (settledBeta[i] as number) + wrong) > MOST;
    });
    if (index === undefined) return new DataError('too-much', `a posterior would leave its range: ${message}`);
    const id = this.keys.at(index);
    const reason = `the posterior of ${quoteId(id)} would leave its range: alpha and beta are at most 2^24`;
    return new DataError('too-much', reason, { id });
  }
}

function take(column: Float32Array, indices: Uint32Array): Float32Array {
  const taken = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i++) taken[i] = column[indices[i] as number] as number;
  return taken;
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
