import { DataError, inFile } from '../errors.ts';
import { startHash } from '../sha256.ts';
import { CsvRecords } from './csv.ts';
import type { Place, RecordReader, Sink, TableReader } from './format.ts';
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
import { type Part, readLines } from './lines.ts';
import type { Mapping } from './mapping.ts';
import type { Row } from './row.ts';
import { type Gunzip, type Opened, openSource, type Source } from './source.ts';

/** A record that is not what it should be. */
export interface BadRecord extends Place {
  readonly reason: string;
}

/** What was read of one log: of JSON lines up to the last whole one; of CSV and Parquet all. */
export interface Taken {
  readonly name: string;
  /** Undefined if there was no record. */
  readonly format: FormatName | undefined;
  readonly rows: number;
  /** Length of what was read, after decompression; of Parquet that was not hashed, the size of the file. */
  readonly bytes: number;
  /** SHA-256 of these bytes, as 64 hex digits; undefined if it was not asked for. */
  readonly sha256: string | undefined;
  /** Number of a last line still being written (no newline, incomplete JSON); it was not taken. */
  readonly torn: number | undefined;
  /** Rollouts rightly left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** How far the reading has come. */
export interface ReadProgress {
  /** Of all logs so far, before decompression. */
  readonly bytes: number;
  readonly rows: number;
}

/** What an AbortSignal is, also where there is no DOM. */
export interface Abortable {
  /** Throws the reason if it was aborted. */
  readonly throwIfAborted: () => void;
}

/** How to read logs. */
export interface ReadOptions {
  /** By default recognised from the first record of each file. */
  readonly format?: FormatName | undefined;
  /** Names of the fields; by default those that the format has. */
  readonly mapping?: Mapping | undefined;
  /** What was taken of a log before: it is passed over, and refused if it is not the same bytes. */
  readonly before?: ((name: string) => Part | undefined) | undefined;
  /** Takes a bad record, and reading goes on; by default the first one is thrown. */
  readonly onBad?: ((record: BadRecord) => void) | undefined;
  /** Whether to hash what is read: a third of the time of a log of long lines (false). */
  readonly hash?: boolean | undefined;
  /** Is called with each chunk of some 64 to 256 KB. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** An AbortSignal: ends the reading with its reason. */
  readonly signal?: Abortable | undefined;
  /** A faster gzip than the one in plain JavaScript. */
  readonly gunzip?: Gunzip | undefined;
}

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
  for (const source of sources) taken.push(await run.read(source));
  return taken;
}

/** Where the records of one file go, and where they stand. */
class Recorder implements Sink, Place {
  readonly name: string;
  line = 0;
  rows = 0;
  readonly skipped: Record<string, number> = {};
  readonly #visit: (row: Row, place: Place) => void;

  constructor(name: string, visit: (row: Row, place: Place) => void) {
    this.name = name;
    this.#visit = visit;
  }

  row(row: Row): void {
    this.rows++;
    this.#visit(row, this);
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }
}

/** Reads file by file; what a format must remember from one file to the next is kept in its reader. */
class Run {
  readonly #options: ReadOptions;
  readonly #mapping: Mapping;
  readonly #visit: (row: Row, place: Place) => void;
  readonly #lines = new Map<LinesName, RecordReader>();
  readonly #tables = new Map<TableName, TableReader>();
  #bytes = 0;
  #rows = 0;
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
    const opened = await openSource(source, (count) => this.#progress(count), gunzip);
    try {
      if (format !== undefined && isTable(format) !== opened.isParquet) {
        const reason = `is ${opened.isParquet ? '' : 'not '}Parquet, unlike the format ${format}`;
        throw new DataError('format', reason, { file: name });
      }
      const record = new Recorder(name, this.#visit);
      const prefix = before?.(name);
      const part = await (opened.isParquet
        ? this.#readTable(opened, prefix, record)
        : this.#readLines(opened, prefix, record));
      this.#progress(Math.max(0, start + (source.size ?? 0) - this.#bytes)); // parts of Parquet that were not asked for
      return { name, rows: record.rows, skipped: record.skipped, ...part };
    } finally {
      await opened.chunks.return(undefined);
    }
  }

  #progress(count: number): void {
    const { signal, onProgress } = this.#options;
    signal?.throwIfAborted();
    this.#bytes += count;
    onProgress?.({ bytes: this.#bytes, rows: this.#rows });
  }

  async #readLines({ source, chunks }: Opened, prefix: Part | undefined, record: Recorder) {
    const mapping = this.#mapping;
    let format = this.#options.format as LinesName | undefined;
    if (format === undefined && /\.csv(\.\w+)?$/.test(source.name)) format = 'csv';
    const csv = format === 'csv' ? new CsvRecords(mapping) : undefined;
    const options = { prefix, onBad: this.#onBad(record), hash: this.#options.hash };
    const part = await readLines(source.name, chunks, options, (line, number) => {
      if (csv !== undefined && prefix !== undefined) throw new DataError('taken', CHANGED);
      const fields = csv === undefined ? parseObject(line) : csv.next(line);
      if (fields === undefined) return;
      format ??= detectLines(fields);
      let read = this.#lines.get(format);
      if (read === undefined) this.#lines.set(format, (read = LINES[format].open(mapping)));
      record.line = number;
      read(fields, record, record);
    });
    csv?.end(source.name);
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
    const { openParquet } = await import('./parquet.ts'); // half of the code of all readers: only when it is needed
    const file = await openParquet(source);
    const format = (this.#options.format as TableName | undefined) ?? detectTable(file.columns);
    let reader = this.#tables.get(format);
    if (reader === undefined) this.#tables.set(format, (reader = TABLES[format].open(this.#mapping)));
    if (this.#passed !== undefined && reader.looksBack) await this.#lookBack(this.#passed);
    this.#passed = undefined;
    const { choose, read } = reader;
    const onBad = this.#onBad(record);
    const columns = inFile(name, () => choose(file.columns));
    await file.read(columns, (row, number) => {
      record.line = number;
      if (number % 1024 === 0) this.#progress(0);
      try {
        read(row, record, record);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        if (onBad === undefined) throw error.at(name, number);
        onBad(number, error.reason);
      }
    });
    return format;
  }

  /** Lets the reader see the rows of a file that has been taken before. */
  async #lookBack(source: Source): Promise<void> {
    this.#passed = undefined;
    await this.#readTableRows(source, new Recorder(source.name, () => {}));
  }

  #onBad({ name }: Recorder) {
    const { onBad } = this.#options;
    return onBad && ((line: number, reason: string) => onBad({ name, line, reason }));
  }
}

const CHANGED = 'has changed since it was taken, and CSV and Parquet are taken as a whole';

async function hashAll(chunks: AsyncIterable<Uint8Array>): Promise<Part> {
  const hash = startHash();
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.hex() };
}
