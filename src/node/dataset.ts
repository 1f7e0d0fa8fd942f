import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { contentKey } from '../logs/content-key.ts';
import { type Fields, get, getId } from '../logs/fields.ts';
import { parseObject } from '../logs/json.ts';
import { readLines } from '../logs/lines.ts';
import { openSource, type Source } from '../logs/source.ts';
import type { KeyFields } from '../state/extra.ts';
import { gunzip, openFile, openStream } from './file-source.ts';
import { useNativeHash } from './native-hash.ts';

/**
 * Rows of a data set, as they are written there, in the order of the keys; of rows with one key the first.
 * Memory: the rows of these keys.
 * @throws DataError naming a key without a row
 */
export async function joinRows(
  keys: readonly string[],
  path: string,
  fields: KeyFields,
  stdin: AsyncIterable<Uint8Array>,
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
    if (row === undefined) throw new DataError('unknown-id', `no row for ${quoteId(key)}`, { file: path, id: key });
    return row;
  });
  return { rows, repeated: repeated.size };
}

/** Visits the rows of a data set, each as its line and as its fields. Rows of Parquet are written as JSON. */
export async function readRows(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
  visit: (row: string, record: Fields) => void,
): Promise<void> {
  useNativeHash();
  const source: Source = path === '-' ? openStream(stdin) : openFile(path);
  const { isParquet, chunks } = await openSource(source, () => {}, gunzip);
  if (isParquet) {
    await chunks.return(undefined);
    const { openParquet } = await import('../logs/parquet/file.ts');
    const file = await openParquet(source);
    await file.read(Object.keys(file.columns), (record) => visit(JSON.stringify(record, replaceBigInt), record));
    return;
  }
  const { torn } = await readLines(source.name, chunks, {}, (line) => {
    const record = parseObject(line);
    if (record !== undefined) visit(line.replace(/\r?\n$/, ''), record);
  });
  if (torn !== undefined) {
    throw new DataError('malformed', 'the last line is half written', { file: source.name, line: torn });
  }
}

function replaceBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

export function toKey(record: Fields, { id, hash }: KeyFields): string {
  return hash === undefined ? getId(record, id ?? 'id') : contentKey(hash.map((name) => get(record, name)));
}
