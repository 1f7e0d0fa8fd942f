import type { Readable } from 'node:stream';
import { DataError } from '../cli/errors.ts';
import { contentKey } from '../logs/content-key.ts';
import { type Fields, get, getId } from '../logs/fields.ts';
import { parseObject } from '../logs/json.ts';
import { readLines } from '../logs/lines.ts';
import { openParquet } from '../logs/parquet.ts';
import { openSource } from '../logs/source.ts';
import { quoteKey } from '../state/keys.ts';

/** How a row of a data set has its key. */
export interface KeyFields {
  readonly id?: string | undefined;
  /** Fields whose content makes the key. */
  readonly hash?: readonly string[] | undefined;
}

/**
 * Rows of a data set, as they are written there, in the order of the keys; of rows with one key the first.
 * Memory: the rows of these keys.
 * @throws DataError naming a key without a row
 */
export async function joinRows(
  keys: readonly string[],
  path: string,
  fields: KeyFields,
  stdin: Readable,
): Promise<{ rows: string[]; repeated: number }> {
  const wanted = new Set(keys);
  const found = new Map<string, string>();
  const repeated = new Set<string>();
  await readRows(path, stdin, (row, record) => {
    const key = toKey(record, fields);
    if (found.has(key)) repeated.add(key);
    else if (wanted.has(key)) found.set(key, row);
  });
  const rows = keys.map((key) => {
    const row = found.get(key);
    if (row === undefined) throw new DataError(`${path}: no row for ${quoteKey(key)}`);
    return row;
  });
  return { rows, repeated: repeated.size };
}

/** Visits the rows of a data set, each as its line and as its fields. Rows of Parquet are written as JSON. */
export async function readRows(
  path: string,
  stdin: Readable,
  visit: (row: string, record: Fields) => void,
): Promise<void> {
  if (path.endsWith('.parquet')) {
    const file = await openParquet(path);
    try {
      await file.read(Object.keys(file.columns), (record) => visit(JSON.stringify(record, replaceBigInt), record));
    } finally {
      await file.close();
    }
    return;
  }
  const source = await openSource(path, stdin);
  const { torn } = await readLines(source, { prefix: undefined, onBad: undefined }, (line) => {
    const record = parseObject(line);
    if (record !== undefined) visit(line.replace(/\r?\n$/, ''), record);
  });
  if (torn !== undefined) throw new DataError(`${source.name}:${torn}: the last line is half written`);
}

function replaceBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

export function toKey(record: Fields, { id, hash }: KeyFields): string {
  return hash === undefined ? getId(record, id ?? 'id') : contentKey(hash.map((name) => get(record, name)));
}
