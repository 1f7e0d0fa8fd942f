import { PosteriorPool, type Prior } from '../index.ts';
import { DataError } from '../cli/errors.ts';
import { MOST_TRIALS } from '../logs/row.ts';
import { KeyTable, quoteKey } from './keys.ts';
import { Ledger, type Log } from './ledger.ts';

/** Of one prompt with discount 1. Beside any prior no posterior can then leave the library's domain: 1e6 + 15e6 < 2^24. */
const MOST_ROLLOUTS = 15_000_000;

/** What the posteriors depend on, and so stays the same for the life of a state. */
export interface Settings {
  readonly discount: number;
  readonly prior: Prior;
}

/** Flags of the logs that say what a key and a success are: with others, other logs would not fit to those before. */
export interface Rule {
  readonly id?: string | undefined;
  readonly hash?: string | undefined;
  readonly reward?: string | undefined;
  readonly threshold: string;
}

/** Something seen of one prompt. */
export interface Observation {
  /** -1 for a prompt that is not there, which can only be checked. */
  readonly index: number;
  /** undefined: after all that was seen before. */
  readonly step: number | undefined;
  /** Part of a group: without a step, of one with all that was seen before. */
  readonly isRollout: boolean;
  readonly successes: number;
  readonly trials: number;
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
  /** The posteriors with the open visits. */
  readonly pool: PosteriorPool;

  constructor(settings: Settings, keys: KeyTable, columns: Columns, logs: readonly Log[] = [], rule?: Rule) {
    this.settings = settings;
    this.keys = keys;
    this.columns = columns;
    this.ledger = new Ledger(logs);
    this.rule = rule;
    const { discount, prior } = settings;
    this.pool = new PosteriorPool(keys.size, { discount, prior });
    this.pool.set({ alpha: columns.settledAlpha, beta: columns.settledBeta });
    this.#addOpen(columns.trials.keys());
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
    return new State(this.settings, keys, columns, this.ledger.logs, this.rule);
  }

  /** The same state, for more logs: with their keys, and their rule if it has none. */
  forLogs(keys: Iterable<string>, rule: Rule): State {
    const { settings, keys: table, columns, ledger } = this.with(keys);
    return new State(settings, table, columns, ledger.logs, this.rule ?? rule);
  }

  /** This state, or a new one with the keys that it lacks. */
  with(keys: Iterable<string>): State {
    const missing = [...new Set(keys)].filter((key) => this.keys.indexOf(key) < 0);
    return missing.length === 0 ? this : this.merge(State.unseen(this.settings, missing));
  }

  /**
   * Adds observations, in order.
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
    const isOrdered = this.settings.discount < 1;
    if (step === undefined && isRollout && isOrdered) {
      throw new DataError('"step" is missing, and a discount below 1 needs the order: --step FIELD names its field');
    }
    if (index < 0) return;
    const last = this.columns.steps[index] as number;
    if (step === undefined) {
      if (!Number.isNaN(last)) throw new DataError(`${this.#quote(index)} has no step here, and step ${last} before`);
    } else if (isOrdered && (step < last || (step === last && this.columns.trials[index] === 0))) {
      throw new DataError(
        `${this.#quote(index)} has step ${step} after step ${last}: too late, as below discount 1 the order counts`,
      );
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
    const [most, where] = this.settings.discount < 1 ? [MOST_TRIALS, ` at step ${step}`] : [MOST_ROLLOUTS, ''];
    if (tried > most) {
      throw new DataError(`${this.#quote(index)} has more than ${most.toLocaleString('en')} rollouts${where}`);
    }
    successes[index] = (successes[index] as number) + more.successes;
    trials[index] = tried;
  }

  /** Computes posteriors anew. */
  #refresh(changed: ReadonlySet<number>): void {
    const indices = Uint32Array.from(changed);
    const { settledAlpha, settledBeta } = this.columns;
    this.pool.set({ indices, alpha: take(settledAlpha, indices), beta: take(settledBeta, indices) });
    this.#addOpen(indices);
  }

  /** Adds open visits to settled posteriors. */
  #addOpen(indices: Iterable<number>): void {
    const batch = { indices: [] as number[], successes: [] as number[], trials: [] as number[] };
    for (const index of indices) {
      let right = this.columns.successes[index] as number;
      for (let left = this.columns.trials[index] as number; left > 0; left -= MOST_TRIALS) {
        const part = Math.min(left, MOST_TRIALS); // what one update of the library takes
        const taken = Math.min(right, part);
        batch.indices.push(index);
        batch.successes.push(taken);
        batch.trials.push(part);
        right -= taken;
      }
    }
    try {
      this.pool.update(batch);
    } catch (error) {
      throw error instanceof RangeError ? new DataError(`a posterior would leave its range: ${error.message}`) : error;
    }
  }

  #quote(index: number): string {
    return quoteKey(this.keys.at(index));
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
