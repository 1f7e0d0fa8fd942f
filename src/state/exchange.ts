import type { State } from './state.ts';

/** A prompt with what it takes to go on with it. */
export interface ExportedPrompt {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  readonly visits: number;
  /** Its label, if it has one: quotas go by it. */
  readonly group?: string;
  /** Of the latest visit, if it had one. */
  readonly step?: number;
  /** The posterior before the latest visit, with the counts of that visit, to which rows of the same step still add. */
  readonly open?: {
    readonly alpha: number;
    readonly beta: number;
    readonly successes: number;
    readonly trials: number;
    /** Of the latest visit before it, if it had one. */
    readonly step?: number;
    /** Of the visit, where it is not that of the state. */
    readonly discount?: number;
  };
}

/** The prompts of a state, in the order of their keys. */
export function* exportPrompts(state: State): Generator<ExportedPrompt> {
  const { keys, pool, columns, discounts } = state;
  const stepOf = (step: number) => (Number.isNaN(step) ? {} : { step });
  for (let i = 0; i < keys.size; i++) {
    const trials = columns.trials[i] as number;
    const discount = columns.discounts[i] as number;
    const group = state.groupOf(i);
    const open = {
      alpha: columns.settledAlpha[i] as number,
      beta: columns.settledBeta[i] as number,
      successes: columns.successes[i] as number,
      trials,
      ...stepOf(columns.settledSteps[i] as number),
      ...(discount > 0 && { discount: discounts.at(discount) }),
    };
    yield {
      id: keys.at(i),
      alpha: pool.alpha[i] as number,
      beta: pool.beta[i] as number,
      visits: columns.visits[i] as number,
      ...(group !== '' && { group }),
      ...stepOf(columns.steps[i] as number),
      ...(trials > 0 && { open }),
    };
  }
}
