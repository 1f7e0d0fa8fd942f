import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { IdList } from './id-list.ts';
import { MOST_TRIALS, type Row, type SuccessRule, toSuccess } from './row.ts';

/** All rollouts of one prompt that are one observation: Eq. 6 is applied once. */
export interface Visit {
  /** Number of the prompt: its place in `ids`. */
  readonly prompt: number;
  /** undefined: before all that have one. */
  readonly step: number | undefined;
  /** Whether single rollouts make it, and not counts. */
  readonly isRollout: boolean;
  readonly successes: number;
  readonly trials: number;
}

/** Of one prompt. Beside any prior no posterior can then leave the library's domain: 1e6 + 15e6 < 2^24. */
export const MOST_ROLLOUTS = 15_000_000;

/**
 * Rows to visits: the one rule that select, fit, replay, ingest, serve and audit share.
 *
 * 1. All rows of one prompt and step are one visit, rollouts and counts alike, wherever in the logs they stand.
 * 2. Counts without a step are a visit each, in the order of the logs, before the visits that have a step.
 * 3. Rollouts without a step are one visit, before all others; below discount 1, where the order counts, an error.
 * 4. The visits of a prompt are applied by rising step. At discount 1 their order makes no difference, and neither does
 *    their number: the counts are added up, and the sum is applied once.
 */
export class Visits {
  readonly #rule: SuccessRule;
  /** @internal Of the prompts, by their numbers. */
  readonly list = new IdList();
  /** Of each prompt: its last record; -1 for none. */
  readonly #last: number[] = [];
  readonly #rolloutsOf: number[] = [];
  // A record for each run of rows of one visit, in columns: there may be many millions.
  readonly #before: number[] = []; // the record of the same prompt before, or -1
  readonly #steps: number[] = []; // NaN: none
  readonly #areRollouts: boolean[] = [];
  readonly #successes: number[] = [];
  readonly #trials: number[] = [];
  #rollouts = 0;

  constructor(rule: SuccessRule = { threshold: 0.5 }) {
    this.#rule = rule;
  }

  /** Of the prompts, in order of first appearance. */
  get ids(): string[] {
    return [...this.list];
  }

  /** Of all prompts. */
  get rollouts(): number {
    return this.#rollouts;
  }

  /**
   * Takes a row in.
   * @returns the number of the prompt
   * @throws DataError for one rollout too many; what was added before stays
   */
  add(row: Row): number {
    const prompt = this.#prompt(row.id);
    if (row.isRollout) this.#count(prompt, row, toSuccess(row.reward, this.#rule), 1);
    else for (const [i, trials] of row.trials.entries()) this.#count(prompt, row, row.successes[i] as number, trials);
    return prompt;
  }

  /** The visits of one prompt, in the order to apply them. */
  of(prompt: number): Visit[] {
    const records: number[] = [];
    for (let at = this.#last[prompt] as number; at >= 0; at = this.#before[at] as number) records.push(at);
    records.reverse().sort((a, b) => compare(this.#rank(a), this.#rank(b))); // stable: equal ranks stay in order
    const visits: { -readonly [key in keyof Visit]: Visit[key] }[] = [];
    for (const at of records) {
      const step = this.#steps[at] as number;
      const isRollout = this.#areRollouts[at] as boolean;
      const [successes, trials] = [this.#successes[at] as number, this.#trials[at] as number];
      const last = visits.at(-1);
      const isSame = Number.isNaN(step) ? isRollout && last?.isRollout && last.step === undefined : last?.step === step;
      if (last !== undefined && isSame) {
        last.successes += successes;
        last.trials += trials;
        last.isRollout &&= isRollout;
      } else {
        visits.push({ prompt, step: Number.isNaN(step) ? undefined : step, isRollout, successes, trials });
      }
    }
    return visits;
  }

  /** All visits, prompt by prompt. */
  *byPrompt(): Generator<Visit> {
    for (let prompt = 0; prompt < this.#last.length; prompt++) yield* this.of(prompt);
  }

  /** All visits: the first of each prompt, then the second of each that has one, and so on. */
  *byTurn(): Generator<Visit> {
    let left = this.#last.map((_, prompt) => this.of(prompt));
    for (let turn = 0; left.length > 0; turn++) {
      for (const visits of left) if (turn < visits.length) yield visits[turn] as Visit;
      left = left.filter(({ length }) => length > turn + 1);
    }
  }

  /** All visits of each prompt as one without a step: what counts at discount 1. */
  *sums(): Generator<Visit> {
    for (let prompt = 0; prompt < this.#last.length; prompt++) {
      let [successes, trials] = [0, 0];
      for (let at = this.#last[prompt] as number; at >= 0; at = this.#before[at] as number) {
        successes += this.#successes[at] as number;
        trials += this.#trials[at] as number;
      }
      if (trials > 0) yield { prompt, step: undefined, isRollout: false, successes, trials };
    }
  }

  /** Rollouts without a step first, then counts without one, then by step. */
  #rank(record: number): number {
    const step = this.#steps[record] as number;
    if (!Number.isNaN(step)) return step;
    return this.#areRollouts[record] ? Number.NEGATIVE_INFINITY : -Number.MAX_VALUE;
  }

  #prompt(id: string): number {
    const prompt = this.list.add(id);
    if (prompt === this.#last.length) {
      this.#last.push(-1);
      this.#rolloutsOf.push(0);
    }
    return prompt;
  }

  #count(prompt: number, { id, step = Number.NaN, isRollout }: Row, successes: number, trials: number): void {
    const rollouts = (this.#rolloutsOf[prompt] as number) + trials;
    if (rollouts > MOST_ROLLOUTS) {
      throw new DataError('too-much', `${quoteId(id)} has more than ${MOST_ROLLOUTS.toLocaleString('en')} rollouts`, {
        id,
      });
    }
    this.#rolloutsOf[prompt] = rollouts;
    this.#rollouts += trials;
    const last = this.#last[prompt] as number;
    if (last >= 0 && isRollout === this.#areRollouts[last] && this.#continues(last, step, isRollout)) {
      this.#successes[last] = (this.#successes[last] as number) + successes;
      this.#trials[last] = (this.#trials[last] as number) + trials;
      return;
    }
    this.#last[prompt] = this.#before.length;
    this.#before.push(last);
    this.#steps.push(step + 0); // not -0
    this.#areRollouts.push(isRollout);
    this.#successes.push(successes);
    this.#trials.push(trials);
  }

  #continues(record: number, step: number, isRollout: boolean): boolean {
    return Number.isNaN(step) ? isRollout && Number.isNaN(this.#steps[record]) : this.#steps[record] === step;
  }
}

function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}

/**
 * Refuses a rollout without a step where the order of visits counts.
 * @throws DataError with the code `no-step`
 */
export function checkOrder({ id, step, isRollout }: Pick<Row, 'id' | 'step' | 'isRollout'>, discount: number): void {
  if (step === undefined && isRollout && discount < 1) {
    throw new DataError('no-step', '"step" is missing, and a discount below 1 needs the order', { id, field: 'step' });
  }
}

/** What one update of a pool takes of a visit: at most 65,535 rollouts each. */
export function* toUpdates(successes: number, trials: number): Generator<{ successes: number; trials: number }> {
  let right = successes;
  for (let left = trials; left > 0; left -= MOST_TRIALS) {
    const part = Math.min(left, MOST_TRIALS);
    const taken = Math.min(right, part);
    right -= taken;
    yield { successes: taken, trials: part };
  }
}

/**
 * Refuses a visit that one update cannot take.
 * @throws DataError with the code `too-much`
 */
export function checkVisit(toId: () => string, step: number | undefined, trials: number): void {
  if (trials <= MOST_TRIALS) return;
  const id = toId();
  const most = MOST_TRIALS.toLocaleString('en');
  throw new DataError(
    'too-much',
    `${quoteId(id)} has more than ${most} rollouts${step === undefined ? '' : ` at step ${step}`}`,
    { id },
  );
}
