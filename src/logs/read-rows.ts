import { DataError, inFile } from '../errors.ts';
import { CsvRecords } from './csv.ts';
import { isDocument, readAll, toRecords } from './document.ts';
import type { Fields } from './fields.ts';
import type { NoteCode, Place, RecordPlace, RecordReader, Sink, TableReader } from './format.ts';
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
import { folderOf, isEvaluationPath, stepInPath } from './path-facts.ts';
import type { Row } from './row.ts';
import { type Gunzip, type Opened, openSource, type Source } from './source.ts';

/** A record that is not what it should be. */
export interface BadRecord extends Place {
  readonly reason: string;
  /** Options that would help: see DataError. */
  readonly remedy?: DataError['remedy'];
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
  /** Of their beginning: see Part. */
  readonly head?: string | undefined;
  /** Number of a last line still being written (no newline, incomplete JSON); it was not taken. */
  readonly torn: number | undefined;
  /** Rollouts rightly left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** What should make one doubt the log, by code: how often it was met, and the first example. */
  readonly notes: Readonly<Partial<Record<NoteCode, Note>>>;
}

export interface Note {
  readonly count: number;
  readonly example: string;
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
  readonly before?: ((source: Source) => Part | undefined | Promise<Part | undefined>) | undefined;
  /** Parts that were taken of any logs, by length: a stream that begins with one of them is refused. */
  readonly taken?: ReadonlyMap<number, readonly string[]> | undefined;
  /** Is told of each log that has been read. */
  readonly onTaken?: ((taken: Taken, source: Source) => void) | undefined;
  /**
   * What readers keep from run to run, by format, as JSON: so that a rollout which is logged again in another run
   * counts once. Changed in place when all logs are read.
   */
  readonly seen?: Record<string, unknown> | undefined;
  /** Whether the named fields fitted earlier logs: a log in which no record has them is then no error (false). */
  readonly isBound?: boolean | undefined;
  /** Is shown each record as it was written. */
  readonly onRecord?: ((record: Fields, format: FormatName) => void) | undefined;
  /** Takes a bad record, and reading goes on; by default the first one is thrown. */
  readonly onBad?: ((record: BadRecord) => void) | undefined;
  /** Bad records that are left out, and counted, before the next one is thrown (0). */
  readonly skipBad?: number | undefined;
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
  for (const source of sources) {
    const part = await run.read(source);
    taken.push(part);
    options.onTaken?.(part, source);
  }
  run.end();
  return taken;
}

/** Where the records of one file go, and where they stand. */
class Recorder implements Sink, RecordPlace {
  readonly name: string;
  readonly folder: string;
  line = 0;
  rows = 0;
  readonly skipped: Record<string, number> = {};
  readonly notes: Partial<Record<NoteCode, { count: number; example: string }>> = {};
  readonly #step: number | undefined;
  readonly #visit: (row: Row, place: Place) => void;

  constructor({ name, path = name }: Source, { stepFromPath }: Mapping, visit: (row: Row, place: Place) => void) {
    this.name = name;
    this.folder = folderOf(path);
    this.#visit = visit;
    if (!stepFromPath) return;
    this.#step = stepInPath(path);
    if (this.#step === undefined)
      throw new DataError('value', 'has no number in its path to be the step', { file: name });
  }

  row(row: Row, line = this.line): void {
    this.rows++;
    this.line = line;
    this.#visit(this.#step === undefined ? row : { ...row, step: this.#step }, this);
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  note(code: NoteCode, example: string): void {
    const note = this.notes[code];
    if (note === undefined) this.notes[code] = { count: 1, example };
    else note.count++;
  }
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
