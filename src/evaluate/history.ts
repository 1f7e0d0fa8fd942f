import { logBeta } from '../reference.ts';
import type { Streams } from '../cli/command.ts';
import { DataError } from '../cli/errors.ts';
import { printable } from '../printable.ts';
import { type Logs, readLogs, toWarnings } from '../logs/read-log.ts';
import type { SuccessRule } from '../logs/row.ts';
import { Tally } from '../logs/visits.ts';

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

/** @throws DataError for a log that cannot be read, has no order or no visit */
export async function readHistory(
  { logs, rule }: { readonly logs: Logs; readonly rule: SuccessRule },
  streams: Streams,
): Promise<History> {
  const tally = new Tally(0, rule); // any discount below 1 keeps the visits and their order
  const taken = await readLogs(logs, streams, (row) => tally.add(row));
  for (const warning of toWarnings(taken)) streams.stderr.write(`insight-wasm: ${printable(warning)}\n`);
  const history = toHistory(tally);
  if (history.successes.length === 0) throw new DataError('the logs have no visit');
  return history;
}

/** @param tally one that keeps the order; its prompts without visits are left out */
export function toHistory(tally: Tally): History {
  const starts: number[] = [];
  const successes: number[] = [];
  const trials: number[] = [];
  const logOrders: number[] = [];
  const known = new Map<number, number>();
  let last = -1;
  for (const batch of tally.batches()) {
    for (let i = 0; i < batch.indices.length; i++) {
      if (batch.indices[i] !== last) {
        last = batch.indices[i] as number;
        starts.push(successes.length);
        logOrders.push(0);
      }
      const right = batch.successes[i] as number;
      const tried = (batch.trials as ArrayLike<number>)[i] as number;
      successes.push(right);
      trials.push(tried);
      const group = tried * 2 ** 16 + right;
      let logOrder = known.get(group);
      if (logOrder === undefined) known.set(group, (logOrder = logChoose(tried, right)));
      logOrders[logOrders.length - 1] = (logOrders.at(-1) as number) + logOrder;
    }
  }
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
