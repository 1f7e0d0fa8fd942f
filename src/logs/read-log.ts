import { createHash } from 'node:crypto';
import type { Streams } from '../cli/command.ts';
import { DataError } from '../cli/errors.ts';
import { Progress } from '../cli/progress.ts';
import type { Row } from './row.ts';
import { CsvRecords } from './csv.ts';
import { findLogs, stat } from '../node/find.ts';
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
import { openParquet } from './parquet.ts';
import { openSource, type Source } from './source.ts';

/** Which logs, and how to read them. */
export interface Logs {
  /** Files, folders, globs; `-` is stdin. */
  readonly paths: readonly string[];
  /** By default told from each file. */
  readonly format: FormatName | undefined;
  readonly mapping: Mapping;
}

/** A record that is not what it should be. */
export interface BadRecord extends Place {
  readonly reason: string;
}

/** What was read of one file: of JSON lines up to the last whole one; of CSV and Parquet all. */
export interface Taken extends Part {
  readonly name: string;
  /** Undefined if there was no record. */
  readonly format: FormatName | undefined;
  readonly rows: number;
  /** Number of the last line, if it is half written, and so not taken. */
  readonly torn: number | undefined;
  /** Rollouts rightly left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface ReadOptions {
  /** What was taken of a file before: it is passed over, and refused if it is not the same bytes. */
  readonly before?: ((name: string) => Part | undefined) | undefined;
  /** Takes a bad record, and reading goes on; by default the first one is thrown. */
  readonly onBad?: ((record: BadRecord) => void) | undefined;
}

/**
 * Visits the rows of all logs, file by file in the order of the numbers in their names, and says what was read of each.
 * Memory: one line, or one row group of Parquet.
 * @throws DataError that names file and line
 */
export async function readLogs(
  logs: Logs,
  { stdin, stderr }: Pick<Streams, 'stdin' | 'stderr'>,
  visit: (row: Row, place: Place) => void,
  options: ReadOptions = {},
): Promise<Taken[]> {
  const names = findLogs(logs.paths);
  const progress = new Progress(
    stderr,
    names.reduce((sum, name) => sum + (stat(name)?.size ?? 0), 0),
  );
  const run = new Run(logs, options, (row, place) => {
    progress.rows++;
    visit(row, place);
  });
  const taken: Taken[] = [];
  try {
    for (const name of names) {
      const source = await openSource(name, stdin, (count) => progress.addBytes(count));
      taken.push(await run.read(source));
    }
  } finally {
    progress.clear();
  }
  return taken;
}

/** For stderr: what a reader of the result must know; each a line. */
export function toWarnings(taken: readonly Taken[]): string[] {
  return taken.flatMap(({ name, torn }) =>
    torn === undefined ? [] : [`${name}:${torn}: the last line is half written, and is not counted`],
  );
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
  readonly #logs: Logs;
  readonly #options: ReadOptions;
  readonly #visit: (row: Row, place: Place) => void;
  readonly #lines = new Map<LinesName, RecordReader>();
  readonly #tables = new Map<TableName, TableReader>();
  /** Last table that was passed over. */
  #passed: string | undefined;

  constructor(logs: Logs, options: ReadOptions, visit: (row: Row, place: Place) => void) {
    this.#logs = logs;
    this.#options = options;
    this.#visit = visit;
  }

  async read(source: Source): Promise<Taken> {
    const { format } = this.#logs;
    if (format !== undefined && isTable(format) !== source.isParquet) {
      throw new DataError(`${source.name}: is ${source.isParquet ? '' : 'not '}Parquet, unlike --format ${format}`);
    }
    const record = new Recorder(source.name, this.#visit);
    const before = this.#options.before?.(source.name);
    const read = source.isParquet ? this.#readTable(source, before, record) : this.#readLines(source, before, record);
    const part = await read;
    return { name: record.name, rows: record.rows, skipped: record.skipped, ...part };
  }

  async #readLines(source: Source, prefix: Part | undefined, record: Recorder) {
    const { mapping } = this.#logs;
    let format = this.#logs.format as LinesName | undefined;
    if (format === undefined && /\.csv(\.\w+)?$/.test(source.name)) format = 'csv';
    const csv = format === 'csv' ? new CsvRecords(mapping) : undefined;
    const onBad = this.#onBad(record);
    const part = await readLines(source, { prefix, onBad }, (line, number) => {
      if (csv !== undefined && prefix !== undefined) throw new DataError(CHANGED);
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

  async #readTable(source: Source, before: Part | undefined, record: Recorder) {
    const part = { ...(await hashAll(source.chunks)), torn: undefined };
    if (before === undefined) return { format: await this.#readRows(source.name, record), ...part };
    if (before.sha256 !== part.sha256) throw new DataError(`${source.name}: ${CHANGED}`);
    this.#passed = source.name;
    return { format: undefined, ...part };
  }

  async #readRows(name: string, record: Recorder): Promise<TableName> {
    const file = await openParquet(name);
    try {
      const format = (this.#logs.format as TableName | undefined) ?? detectTable(file.columns);
      let reader = this.#tables.get(format);
      if (reader === undefined) this.#tables.set(format, (reader = TABLES[format].open(this.#logs.mapping)));
      if (this.#passed !== undefined && reader.looksBack) await this.#lookBack(this.#passed);
      this.#passed = undefined;
      const { read } = reader;
      const onBad = this.#onBad(record);
      await file.read(
        inFile(name, () => reader.choose(file.columns)),
        (row, number) => {
          record.line = number;
          try {
            read(row, record, record);
          } catch (error) {
            if (!(error instanceof DataError)) throw error;
            if (onBad === undefined) throw new DataError(`${name}:${number}: ${error.message}`);
            onBad(number, error.message);
          }
        },
      );
      return format;
    } finally {
      await file.close();
    }
  }

  /** Lets the reader see the rows of a file that has been taken before. */
  async #lookBack(name: string): Promise<void> {
    this.#passed = undefined;
    await this.#readRows(name, new Recorder(name, () => {}));
  }

  #onBad({ name }: Recorder) {
    const { onBad } = this.#options;
    return onBad && ((line: number, reason: string) => onBad({ name, line, reason }));
  }
}

const CHANGED = 'has changed since it was taken, and CSV and Parquet are taken as a whole';

function inFile<T>(name: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${name}: ${error.message}`) : error;
  }
}

async function hashAll(chunks: AsyncIterable<Uint8Array>): Promise<Part> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
