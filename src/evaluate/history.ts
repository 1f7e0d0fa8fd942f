import { DataError } from '../errors.ts';
import { checkOrder, checkVisit, type Visits } from '../logs/visits.ts';
import { logBeta } from '../reference.ts';

/** All visits of a log, prompt by prompt, oldest first. */
export interface History {
  readonly prompts: number;
  /** The visits of prompt i are at `starts[i]` to before `starts[i + 1]`. */
  readonly starts: Uint32Array;
  readonly successes: Uint16Array;
  readonly trials: Uint16Array;
  /** Of each prompt, the sum of ln C(K, S) over its visits, which no belief changes. */
  readonly logOrders: Float64Array;
}

/**
 * The visits as columns; prompts without visits are left out.
 * @throws DataError for a log that has no order or no visit, and for shares of a success
 */
export function toHistory(visits: Visits): History {
  const { list } = visits;
  const starts: number[] = [];
  const successes: number[] = [];
  const trials: number[] = [];
  const logOrders: number[] = [];
  const known = new Map<number, number>();
  let last = -1;
  for (const { prompt, step, isRollout, successes: right, trials: tried } of visits.byPrompt()) {
    checkOrder({ id: list.at(prompt), step, isRollout }, 0);
    checkVisit(() => list.at(prompt), step, tried);
    if (!Number.isInteger(right)) {
      throw new DataError('value', `expected whole successes, got ${right}: Eq. 12 has no shares of a success`, {
        id: list.at(prompt),
      });
    }
    if (prompt !== last) {
      last = prompt;
      starts.push(successes.length);
      logOrders.push(0);
    }
    successes.push(right);
    trials.push(tried);
    const group = tried * 2 ** 16 + right;
    let logOrder = known.get(group);
    if (logOrder === undefined) known.set(group, (logOrder = logChoose(tried, right)));
    logOrders[logOrders.length - 1] = (logOrders.at(-1) as number) + logOrder;
  }
  if (successes.length === 0) throw new DataError('empty', 'the logs have no visit');
  return {
    prompts: starts.length,
    starts: Uint32Array.from(starts.concat(successes.length)),
    successes: Uint16Array.from(successes),
    trials: Uint16Array.from(trials),
    logOrders: Float64Array.from(logOrders),
  };
}

/** ln C(K, S) */
function logChoose(tried: number, right: number): number {
  return -Math.log1p(tried) - logBeta(right + 1, tried - right + 1);
}

export function visitsOf({ starts }: History, prompt: number): number {
  return (starts[prompt + 1] as number) - (starts[prompt] as number);
}

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
