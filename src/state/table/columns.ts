import type { Settings } from '../settings.ts';
import { interleave } from './interleave.ts';

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

/** Calls `body` on each column, and puts what it makes of it in its place. */
function mapColumns(columns: Columns, body: <T extends Column>(column: T, name: keyof Columns) => T): Columns {
  const names = Object.keys(columns) as (keyof Columns)[];
  return Object.fromEntries(names.map((name) => [name, body(columns[name], name)])) as unknown as Columns;
}

/** The columns of two states in the order of their keys together: see KeyTable.merge. */
export function mergeColumns(ranks: Uint32Array, mine: Columns, theirs: Columns): Columns {
  return mapColumns(mine, (column, name) => interleave(ranks, column, theirs[name] as typeof column));
}

/** The rows at these indices, in this order. */
export function pickRows(columns: Columns, indices: Uint32Array): Columns {
  return mapColumns(columns, (column) => {
    const picked = new (column.constructor as new (length: number) => typeof column)(indices.length);
    for (let i = 0; i < indices.length; i++) picked[i] = column[indices[i] as number] as number;
    return picked;
  });
}

/** The columns with room for more rows. */
export function growColumns(columns: Columns, size: number): Columns {
  return mapColumns(columns, (column) => {
    const longer = new (column.constructor as new (length: number) => typeof column)(size);
    longer.set(column);
    return longer;
  });
}

/** A column of numbers that a table gives, as another table gives them. */
export function renumber<T extends Uint8Array | Uint16Array>(column: T, toNumber: (number: number) => number): T {
  const known: number[] = [];
  const numberOf = (number: number): number => (known[number] ??= toNumber(number));
  return column.every((number) => numberOf(number) === number)
    ? column
    : (column.map((number) => numberOf(number)) as T);
}
