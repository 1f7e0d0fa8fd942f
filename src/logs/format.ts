import type { Fields } from './fields.ts';
import type { Mapping } from './mapping.ts';
import type { Columns } from './parquet/file.ts';
import type { Row } from './row.ts';

/** Where a record stands. One object serves a whole run: read it at once, do not keep it. */
export interface Place {
  /** Of the file, as it was found. */
  readonly name: string;
  /** From 1; of Parquet the row, of a JSON array the element. */
  readonly line: number;
}

/** A place whose file is known by more than its name. */
export interface RecordPlace extends Place {
  /** The folder of the file, by a name that is the same in all runs. */
  readonly folder: string;
}

/** What a reader found that changes how the log should be taken; stable across versions. */
export type NoteCode =
  /** Equal blocks at the end of one file and the start of the next, which nothing proves to be repeats: they are kept. */
  | 'doubtful-repeats'
  /** One folder holds several runs over the same tasks. */
  | 'several-runs'
  /** The same index stands for several prompts. */
  | 'index-is-no-id'
  /** Bad records were left out, as was asked for. */
  | 'bad-records'
  /** The outputs of one session have several rewards. */
  | 'session-rewards';

/** Takes what a record holds. */
export interface Sink {
  /** @param line of the record, if it is not the one that is being read */
  row(row: Row, line?: number): void;
  /** Counts a rollout that is rightly left out. */
  skip(reason: string): void;
  /** Counts what should make one doubt the log. `example` is shown for the first of each code. */
  note(code: NoteCode, example: string): void;
}

/** Reads the records of all files of one format, file by file. */
export interface RecordReader {
  read(record: Fields, sink: Sink, place: RecordPlace): void;
  /** Called when a file has been read. */
  endFile?(sink: Sink): void;
  /**
   * Called when all files have been read.
   * @throws DataError for an option that fitted no record
   */
  end?(): void;
  /** What must be known when more logs are read later, as JSON; undefined for nothing. */
  seen?(): unknown;
  /** Whether the records of a file depend on those before, in the same file (lines) or the file before (tables). */
  readonly looksBack?: boolean;
}

/** What is common to all formats. */
interface Format {
  /** The options of a mapping that it uses. */
  readonly uses: readonly (keyof Mapping)[];
  /** What the trainer must log so that the prompts of the log are those of a data set. */
  readonly toJoin: string;
}

/** How one trainer writes JSON lines. */
export interface LinesFormat extends Format {
  /** Whether a file that begins with this record is of this format. */
  recognizes(first: Fields): boolean;
  /** @param seen by the reader of an earlier run */
  open(mapping: Mapping, seen?: unknown): RecordReader;
}

export interface TableReader extends RecordReader {
  /** Called with the columns of a file before its rows: those that are needed. */
  choose(columns: Columns): readonly string[];
}

/** How one trainer writes Parquet. */
export interface TableFormat extends Format {
  recognizes(columns: Columns): boolean;
  open(mapping: Mapping, seen?: unknown): TableReader;
}
