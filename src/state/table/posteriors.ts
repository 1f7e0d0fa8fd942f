import { DataError } from '../../errors.ts';
import { quoteId } from '../../escape-controls.ts';
import { checkOrder, checkVisit, MOST_ROLLOUTS, type Visit } from '../../logs/visits.ts';
import type { Settings } from '../settings.ts';
import { checkRange, type Side, update, withOpen } from './arithmetic.ts';
import type { Column, Columns } from './columns.ts';
import type { DiscountTable } from './discounts.ts';
import type { KeyTable } from './keys.ts';

/** A visit of the prompt at an index of the state. */
export interface Observation extends Omit<Visit, 'prompt'> {
  /** -1 if unknown: `isLate` accepts it, `take` does not. */
  readonly index: number;
  /** The share of older evidence that this visit keeps; that of the settings by default. */
  readonly discount?: number | undefined;
}

/** What became of an observation: `late` is inserted before the latest visit of its prompt. */
export type Fate = 'observed' | 'late';

/**
 * How visits change the columns. A posterior is kept as it was before the latest visit, with the counts of that visit:
 * so rows of one step are one observation also if they come in parts, and the parts make no difference to the last bit;
 * and an observation of an older step is inserted before the latest visit.
 */
export class Posteriors {
  readonly #settings: Settings;
  readonly #keys: KeyTable;
  readonly #columns: Columns;
  readonly #discounts: DiscountTable;
  /** Indices that changed, or were put back, since this was last emptied. */
  readonly changed = new Set<number>();
  #visited: number | undefined;
  #lastStep: number | undefined;
  /** Keeps a prompt as it is, before it changes: see freeze. */
  #keep: ((index: number) => void) | undefined;

  constructor(settings: Settings, keys: KeyTable, columns: Columns, discounts: DiscountTable) {
    this.#settings = settings;
    this.#keys = keys;
    this.#columns = columns;
    this.#discounts = discounts;
  }

  /** The largest step of all prompts; undefined if none has one. */
  get lastStep(): number | undefined {
    if (this.#lastStep === undefined) {
      let last = Number.NEGATIVE_INFINITY;
      for (const step of this.#columns.steps) if (step > last) last = step;
      this.#lastStep = last;
    }
    return this.#lastStep === Number.NEGATIVE_INFINITY ? undefined : this.#lastStep;
  }

  /** Prompts that were visited. */
  get visited(): number {
    if (this.#visited === undefined) {
      this.#visited = 0;
      for (const visits of this.#columns.visits) if (visits > 0) this.#visited++;
    }
    return this.#visited;
  }

  /** With the open visit. */
  alpha(index: number): number {
    return this.#withOpen('alpha', index, this.#columns.settledAlpha[index] as number);
  }

  /** With the open visit. */
  beta(index: number): number {
    return this.#withOpen('beta', index, this.#columns.settledBeta[index] as number);
  }

  /** Adds one visit, or a part of one: see State.take. */
  take(observation: Observation): Fate {
    if (this.#adds(observation)) return this.#add(observation);
    const { index, step, discount } = observation;
    const { steps, settledSteps, trials } = this.#columns;
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
  isLate(index: number, step: number | undefined, discount = this.#settings.discount): boolean {
    if (index < 0 || this.#isSum(index, discount)) return false;
    const last = this.#columns.steps[index] as number;
    return step === undefined ? !Number.isNaN(last) : step < last;
  }

  /** What puts the prompts back as they are now. */
  remember(indices: readonly number[]): () => void {
    const columns = Object.values(this.#columns) as Column[];
    const kept = indices.map((index) => columns.map((column) => column[index] as number));
    const [visited, lastStep, discounts] = [this.#visited, this.#lastStep, this.#discounts.size];
    return () => {
      indices.forEach((index, i) => {
        columns.forEach((column, c) => {
          column[index] = kept[i]?.[c] as number;
        });
        this.changed.add(index);
      });
      [this.#visited, this.#lastStep] = [visited, lastStep];
      this.#discounts.shrink(discounts);
    };
  }

  /** Calls `keep` with the index of each prompt just before it changes, from now on. */
  onChange(keep: ((index: number) => void) | undefined): void {
    this.#keep = keep;
  }

  /** Whether an observation is more of the open visit of its prompt. */
  #adds({ index, step, isRollout, discount = this.#settings.discount }: Observation): boolean {
    if (discount < 1 && step === undefined && isRollout) {
      checkOrder({ id: this.#keys.at(index), step, isRollout }, discount);
    }
    if (this.#isSum(index, discount)) return true;
    return step !== undefined && step === this.#columns.steps[index] && (this.#columns.trials[index] as number) > 0;
  }

  /** Whether the order of a visit and the open one makes no difference, as none of the two discounts the other. */
  #isSum(index: number, discount: number): boolean {
    if (this.#settings.discount < 1 || discount < 1) return false;
    const { trials, discounts } = this.#columns;
    return trials[index] === 0 || this.#discounts.at(discounts[index] as number) === 1;
  }

  #add({ index, step, isRollout, successes, trials }: Observation): Fate {
    const columns = this.#columns;
    const id = (): string => this.#keys.at(index);
    const right = (columns.successes[index] as number) + successes;
    const tried = (columns.trials[index] as number) + trials;
    const isVisit = step === undefined ? !isRollout || columns.visits[index] === 0 : step !== columns.steps[index];
    if (this.#settings.discount < 1) checkVisit(id, step, tried);
    else if (tried > MOST_ROLLOUTS) {
      const reason = `${quoteId(id())} has more than ${MOST_ROLLOUTS.toLocaleString('en')} rollouts`;
      throw new DataError('too-much', reason, { id: id() });
    }
    checkRange(
      () => this.#keys.at(index),
      columns.settledAlpha[index] as number,
      columns.settledBeta[index] as number,
      right,
      tried,
    );
    this.#touch(index, isVisit);
    columns.successes[index] = right;
    columns.trials[index] = tried;
    if (step !== undefined && !((columns.steps[index] as number) >= step)) this.#setStep(index, step);
    return 'observed';
  }

  #open({ index, step, successes, trials, discount = this.#settings.discount }: Observation): Fate {
    const columns = this.#columns;
    checkVisit(() => this.#keys.at(index), step, trials);
    const [alpha, beta] = [this.alpha(index), this.beta(index)];
    checkRange(() => this.#keys.at(index), alpha, beta, successes, trials);
    const number = this.#discounts.toNumber(discount);
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
  #insert({ index, step, successes, trials, discount = this.#settings.discount }: Observation): Fate {
    const columns = this.#columns;
    checkVisit(() => this.#keys.at(index), step, trials);
    const settledStep = columns.settledSteps[index] as number;
    const isMore = step !== undefined && step === settledStep;
    const { prior } = this.#settings;
    const counts = { successes, trials, discount: isMore ? 1 : discount };
    const alpha = update('alpha', columns.settledAlpha[index] as number, prior.alpha, counts);
    const beta = update('beta', columns.settledBeta[index] as number, prior.beta, counts);
    checkRange(
      () => this.#keys.at(index),
      alpha,
      beta,
      columns.successes[index] as number,
      columns.trials[index] as number,
    );
    this.#touch(index, !isMore);
    columns.settledAlpha[index] = alpha;
    columns.settledBeta[index] = beta;
    if (step !== undefined && !(settledStep >= step)) columns.settledSteps[index] = step + 0;
    return 'late';
  }

  /** Before a prompt changes. */
  #touch(index: number, isVisit: boolean): void {
    this.#keep?.(index);
    this.changed.add(index);
    if (!isVisit) return;
    const visits = this.#columns.visits[index] as number;
    if (visits === 0 && this.#visited !== undefined) this.#visited++;
    this.#columns.visits[index] = visits + 1;
  }

  #setStep(index: number, step: number): void {
    this.#columns.steps[index] = step + 0; // not -0
    if (this.#lastStep !== undefined) this.#lastStep = Math.max(this.#lastStep, step + 0);
  }

  #withOpen(side: Side, index: number, settled: number): number {
    const { successes, trials, discounts } = this.#columns;
    return withOpen(side, settled, this.#settings.prior[side], {
      successes: successes[index] as number,
      trials: trials[index] as number,
      discount: this.#discounts.at(discounts[index] as number),
    });
  }
}
