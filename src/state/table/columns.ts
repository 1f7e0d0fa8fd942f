import type { Settings } from '../settings.ts';

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
  /** Number of the label in the table of groups; 0: it has none. */
  readonly groups: Uint16Array;
}

export type Column = Columns[keyof Columns];

/** Columns of prompts that nothing was seen of. */
export function unseenColumns(size: number, { prior }: Settings): Columns {
  return {
    settledAlpha: new Float32Array(size).fill(prior.alpha),
    settledBeta: new Float32Array(size).fill(prior.beta),
    successes: new Float64Array(size),
    trials: new Float64Array(size),
    visits: new Uint32Array(size),
    steps: new Float64Array(size).fill(Number.NaN),
    settledSteps: new Float64Array(size).fill(Number.NaN),
    discounts: new Uint8Array(size),
    groups: new Uint16Array(size),
  };
}

/** The columns of two states in the order of their keys together: see KeyTable.merge. */
export function mergeColumns(from: Uint32Array, mine: Columns, theirs: Columns): Columns {
  const names = Object.keys(mine) as (keyof Columns)[];
  return Object.fromEntries(names.map((name) => [name, gather(from, mine[name], theirs[name])])) as unknown as Columns;
}

function gather<T extends Column>(from: Uint32Array, mine: T, theirs: Column): T {
  const column = new (mine.constructor as new (length: number) => T)(from.length);
  for (let i = 0; i < from.length; i++) {
    const at = from[i] as number;
    column[i] = (at < mine.length ? mine[at] : theirs[at - mine.length]) as number;
  }
  return column;
}
