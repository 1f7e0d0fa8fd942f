import { DataError, inFile } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { contentKey } from '../logs/content-key.ts';
import { CsvRecords } from '../logs/csv.ts';
import { isDocument, readAll, toRecords } from '../logs/document.ts';
import { type Fields, get, getId } from '../logs/fields.ts';
import { ENTRY, VALUES } from '../logs/formats/histories.ts';
import { IdList } from '../logs/id-list.ts';
import { parseObject } from '../logs/json.ts';
import { readLines } from '../logs/lines.ts';
import { type Gunzip, openSource, type Source } from '../logs/source.ts';
import type { KeyFields } from './extra.ts';
import type { State } from './state.ts';

/**
 * Rows of a data set, as they are written there, in the order of the keys; of rows with one key the first.
 * Memory: the rows of these keys.
 * @throws DataError naming a key without a row
 */
export async function joinRows(
  keys: readonly string[],
  source: Source,
  fields: KeyFields,
  gunzip?: Gunzip,
): Promise<{ rows: string[]; repeated: number }> {
  const wanted = IdList.from(keys);
  const found: (string | undefined)[] = new Array(wanted.size);
  const repeated = new IdList();
  const visit = (row: string, record: Fields): void => {
    const key = toKey(record, fields);
    const number = wanted.indexOf(key);
    if (number < 0) return;
    if (found[number] === undefined) found[number] = row;
    else repeated.add(key);
  };
  await readRows(source, visit, gunzip);
  const rows = keys.map((key) => {
    const row = found[wanted.indexOf(key)];
    if (row !== undefined) return row;
    throw new DataError('unknown-id', `no row for ${quoteId(key)}`, { file: source.name, id: key });
  });
  return { rows, repeated: repeated.size };
}

/** Visits the rows of a data set, each as its line and as its fields. Rows of Parquet are written as JSON. */
export async function readRows(
  source: Source,
  visit: (row: string, record: Fields) => void,
  gunzip?: Gunzip,
): Promise<void> {
  const { isParquet, head, chunks } = await openSource(source, () => {}, gunzip);
  if (isParquet) {
    await chunks.return(undefined);
    const { openParquet } = await import('../logs/parquet/file.ts');
    const file = await openParquet(source);
    await file.read(Object.keys(file.columns), (record) => visit(JSON.stringify(record, replaceBigInt), record));
    return;
  }
  if (isDocument(source.name, head)) {
    const bytes = await readAll(source.name, chunks);
    const records = inFile(source.name, () => toRecords(bytes));
    if (records !== undefined) {
      for (const record of records.map(toPosterior)) visit(JSON.stringify(record), record);
      return;
    }
    await readText(source.name, [bytes], visit);
    return;
  }
  await readText(source.name, chunks, visit);
}

/** `{id: [alpha, beta]}`, as MoPPS keeps them, as rows; other records stay as they are. */
function toPosterior(record: Fields): Fields {
  const values = record[VALUES];
  if (!Array.isArray(values) || record[ENTRY] === undefined) return record;
  if (values.length !== 2) throw new DataError('value', `${quoteId(String(record[ENTRY]))} is not [alpha, beta]`);
  return { id: record[ENTRY], alpha: values[0], beta: values[1] };
}

/** Lines of JSON, or of CSV by the name. */
async function readText(
  name: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  visit: (row: string, record: Fields) => void,
): Promise<void> {
  const csv = /\.csv(\.\w+)?$/.test(name) ? new CsvRecords({}) : undefined;
  const { torn } = await readLines(name, chunks as AsyncIterable<Uint8Array>, {}, (line) => {
    const record = csv === undefined ? parseObject(line) : csv.next(line);
    if (record !== undefined) visit(csv === undefined ? line.replace(/\r?\n$/, '') : JSON.stringify(record), record);
  });
  csv?.end(name);
  if (torn !== undefined) throw new DataError('malformed', 'the last line is half written', { file: name, line: torn });
}

function replaceBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

/** How the ids of a state were made: as its data set was imported, or its logs were read. */
export function keyedBy({ extra, rule }: Pick<State, 'extra' | 'rule'>): KeyFields {
  return extra.keyed ?? { id: rule?.id, hash: rule?.hash?.split(',') };
}

/** The id of a row. */
export function toKey(record: Fields, { id, hash }: KeyFields): string {
  return hash === undefined ? getId(record, id ?? 'id') : contentKey(hash.map((name) => get(record, name)));
}
