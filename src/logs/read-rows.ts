import { DataError, inFile } from '../errors.ts';
import { CsvRecords } from './csv.ts';
import { isDocument, readAll, toRecords } from './document.ts';
import type { Fields } from './fields.ts';
import type { Place, RecordReader, TableReader } from './format.ts';
import {
  detectLines,
  detectTable,
  type FormatName,
  isTable,
  LINES,
  type LinesName,
  TABLES,
  type TableName,
} from './formats.ts';
import { parseObject } from './json.ts';
import { readLines } from './lines.ts';
import type { Mapping } from './mapping.ts';
import { type Part, PartHash } from './part-hash.ts';
import { isEvaluationPath } from './path-facts.ts';
import type { ReadOptions, Taken } from './read-options.ts';
import { Recorder } from './recorder.ts';
import type { Row } from './row.ts';
import { type Opened, openSource, type Source } from './source.ts';

/**
 * Visits the rows of all logs, log by log, and says what was read of each.
 * Memory: one line, or one row group of Parquet.
 * @throws DataError that names file and line; the reason of the signal
 */
export async function readRows(
  sources: Iterable<Source>,
  visit: (row: Row, place: Place) => void,
  options: ReadOptions = {},
): Promise<Taken[]> {
  const run = new Run(options, visit);
  const taken: Taken[] = [];
  for (const source of sources) {
    const part = await run.read(source);
    taken.push(part);
    options.onTaken?.(part, source);
  }
  run.end();
  return taken;
}

/** Reads file by file; what a format must remember from one file to the next is kept in its reader. */
class Run {
  readonly #options: ReadOptions;
  readonly #mapping: Mapping;
  readonly #visit: (row: Row, place: Place) => void;
  readonly #readers = new Map<FormatName, RecordReader>();
  #bytes = 0;
  #rows = 0;
  #bad = 0;
  /** Last table that was passed over. */
  #passed: Source | undefined;

  constructor(options: ReadOptions, visit: (row: Row, place: Place) => void) {
    this.#options = options;
    this.#mapping = options.mapping ?? {};
    this.#visit = (row, place) => {
      this.#rows++;
      visit(row, place);
    };
  }

  async read(source: Source): Promise<Taken> {
    const { format, before, gunzip } = this.#options;
    const { name } = source;
    const start = this.#bytes;
    const prefix = await before?.(source);
    const opened = await openSource(source, (count) => this.#progress(count), gunzip);
    try {
      if (format !== undefined && isTable(format) !== opened.isParquet) {
        const reason = `is ${opened.isParquet ? '' : 'not '}Parquet, unlike the format ${format}`;
        throw new DataError('format', reason, { file: name });
      }
      const record = new Recorder(source, this.#mapping, this.#visit);
      const part = await (opened.isParquet
        ? this.#readTable(opened, prefix, record)
        : this.#readText(opened, prefix, record));
      this.#progress(Math.max(0, start + (source.size ?? 0) - this.#bytes)); // parts of Parquet that were not asked for
      return { name, rows: record.rows, skipped: record.skipped, notes: record.notes, ...part };
    } finally {
      await opened.chunks.return(undefined);
    }
  }

  /** @throws DataError for a named field that fitted no record */
  end(): void {
    const { seen, isBound } = this.#options;
    for (const [format, reader] of this.#readers) {
      if (isBound !== true) reader.end?.();
      const more = reader.seen?.();
      if (seen !== undefined && more !== undefined) seen[format] = more;
    }
  }

  /** The reader of a format. @throws DataError for an option that the format does not use */
  #open(format: FormatName): RecordReader {
    const known = this.#readers.get(format);
    if (known !== undefined) return known;
    const { uses, open } = isTable(format) ? TABLES[format] : LINES[format];
    const given = (Object.keys(this.#mapping) as (keyof Mapping)[]).filter((name) => this.#mapping[name] !== undefined);
    const unused = given.find((name) => this.#mapping[name] !== false && !uses.includes(name));
    if (unused !== undefined) {
      throw new DataError('unused', `is not used by the format ${format}`, { field: unused });
    }
    const reader = open(this.#mapping, this.#options.seen?.[format]);
    this.#readers.set(format, reader);
    return reader;
  }

  /** Gives a record to its reader; evaluations that only the path tells of are left out, or taken alone. */
  #take(reader: RecordReader, format: FormatName, fields: Fields, record: Recorder, isEvaluation: boolean): void {
    this.#options.onRecord?.(fields, format);
    const isWanted = isEvaluation === (this.#mapping.evaluations === true);
    if (!isWanted && PATH_TELLS.includes(format) && fields.mode === undefined) {
      record.skip(isEvaluation ? 'evaluation' : 'training');
      return;
    }
    try {
      reader.read(fields, record, record);
    } catch (error) {
      if (!(error instanceof DataError && error.code === 'not-measured')) throw error;
      record.skip(error.reason);
    }
  }

  #progress(count: number): void {
    const { signal, onProgress } = this.#options;
    signal?.throwIfAborted();
    this.#bytes += count;
    onProgress?.({ bytes: this.#bytes, rows: this.#rows });
  }

  async #readText({ source, head, chunks }: Opened, prefix: Part | undefined, record: Recorder): Promise<Text> {
    const { name } = source;
    const given = this.#options.format;
    const isCsv = given === 'csv' || (given === undefined && /\.csv(\.\w+)?$/.test(name));
    if (isCsv || !isDocument(name, head)) return this.#readLines(source, chunks, isCsv, prefix, record);
    const bytes = await readAll(name, chunks);
    const records = inFile(name, () => toRecords(bytes));
    if (records !== undefined) return this.#readDocument(bytes, records, prefix, record);
    return this.#readLines(source, once(bytes), isCsv, prefix, record); // lines in a file that is named .json
  }

  async #readLines(
    source: Source,
    chunks: AsyncIterable<Uint8Array>,
    isCsv: boolean,
    prefix: Part | undefined,
    record: Recorder,
  ): Promise<Text> {
    const mapping = this.#mapping;
    const { name } = source;
    let format = isCsv ? 'csv' : (this.#options.format as LinesName | undefined);
    const csv = isCsv ? new CsvRecords(mapping) : undefined;
    const isEvaluation = isEvaluationPath(name);
    const passed = new Recorder(source, mapping, () => {});
    const part = await readLines(
      name,
      chunks,
      {
        prefix,
        taken: source.size === undefined ? this.#options.taken : undefined,
        hash: this.#options.hash,
        onBad: this.#onBad(record),
        onPassed: (line) => {
          if (csv !== undefined) return false;
          try {
            const fields = parseObject(line);
            if (fields === undefined) return true;
            format ??= detectLines(fields);
            const reader = this.#open(format);
            if (reader.looksBack) reader.read(fields, passed, passed);
            return reader.looksBack === true;
          } catch (error) {
            if (error instanceof DataError) return true; // it was skipped when it was taken
            throw error;
          }
        },
      },
      (line, number) => {
        if (csv !== undefined && prefix !== undefined) throw new DataError('taken', CHANGED);
        const fields = csv === undefined ? parseObject(line) : csv.next(line);
        if (fields === undefined) return;
        format ??= detectLines(fields);
        record.line = number;
        this.#take(this.#open(format), format, fields, record, isEvaluation);
      },
    );
    csv?.end(name);
    if (format !== undefined) this.#readers.get(format)?.endFile?.(record);
    return { format, ...part };
  }

  /** Records of one JSON document, which is taken as a whole, as it has changed as a whole when it has. */
  #readDocument(bytes: Uint8Array, records: readonly Fields[], prefix: Part | undefined, record: Recorder): Text {
    const { name } = record;
    const hash = new PartHash();
    hash.update(bytes);
    const part = { ...hash.part(), torn: undefined };
    let format = this.#options.format as LinesName | undefined;
    if (prefix !== undefined) {
      if (prefix.sha256 !== part.sha256) throw new DataError('taken', CHANGED, { file: name });
      return { format, ...part };
    }
    const onBad = this.#onBad(record);
    const isEvaluation = isEvaluationPath(name);
    for (const [i, fields] of records.entries()) {
      record.line = i + 1;
      try {
        format ??= detectLines(fields);
        this.#take(this.#open(format), format, fields, record, isEvaluation);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (onBad === undefined) throw error.at(name, i + 1);
        onBad(error, i + 1);
      }
    }
    if (format !== undefined) this.#readers.get(format)?.endFile?.(record);
    return { format, ...part };
  }

  async #readTable({ source, chunks }: Opened, before: Part | undefined, record: Recorder) {
    const torn = undefined;
    if (before === undefined && this.#options.hash !== true) {
      const format = await this.#readTableRows(source, record);
      return { format, bytes: source.size ?? 0, sha256: undefined, torn };
    }
    const part = await hashAll(chunks);
    if (before === undefined) return { format: await this.#readTableRows(source, record), ...part, torn };
    if (before.sha256 !== part.sha256) throw new DataError('taken', CHANGED, { file: source.name });
    this.#passed = source;
    return { format: undefined, ...part, torn };
  }

  async #readTableRows(source: Source, record: Recorder): Promise<TableName> {
    const { name } = source;
    const { openParquet } = await import('./parquet/file.ts'); // half of the code of all readers: only when it is needed
    const file = await openParquet(source);
    const format = (this.#options.format as TableName | undefined) ?? detectTable(file.columns);
    const reader = inFile(name, () => this.#open(format)) as TableReader;
    if (this.#passed !== undefined && reader.looksBack) await this.#lookBack(this.#passed);
    this.#passed = undefined;
    const onBad = this.#onBad(record);
    const isEvaluation = isEvaluationPath(name);
    const columns = inFile(name, () => reader.choose(file.columns));
    const guard = (line: number, body: () => void): void => {
      try {
        body();
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (onBad === undefined) throw error.at(name, error.line ?? line);
        onBad(error, line);
      }
    };
    await file.read(columns, (row, number) => {
      record.line = number;
      if (number % 1024 === 0) this.#progress(0);
      guard(number, () => this.#take(reader, format, row, record, isEvaluation));
    });
    guard(record.line, () => reader.endFile?.(record));
    return format;
  }

  /** Lets the reader see the rows of a file that has been taken before. */
  async #lookBack(source: Source): Promise<void> {
    this.#passed = undefined;
    await this.#readTableRows(source, new Recorder(source, this.#mapping, () => {}));
  }

  #onBad(record: Recorder): ((error: DataError, line: number) => void) | undefined {
    const { onBad, skipBad } = this.#options;
    const { name } = record;
    if (onBad !== undefined) return ({ reason, remedy }, line) => onBad({ name, line, reason, remedy });
    if (skipBad === undefined) return undefined;
    return (error, line) => {
      this.#bad++;
      if (this.#bad > skipBad) throw error.at(name, line);
      record.skip('bad');
      record.note('bad-records', `${name}:${line}: ${error.reason}`);
    };
  }
}

const CHANGED = 'has changed since it was taken, and CSV, Parquet and JSON documents are taken as a whole';

/** Formats whose trainers put evaluations into folders of their own. */
const PATH_TELLS: readonly FormatName[] = ['verl', 'trl'];

/** What was read of a file of text. */
type Text = Pick<Taken, 'format' | 'bytes' | 'sha256' | 'head' | 'torn'>;

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function hashAll(chunks: AsyncIterable<Uint8Array>): Promise<Required<Part>> {
  const hash = new PartHash();
  for await (const chunk of chunks) hash.update(chunk);
  return hash.part();
}
