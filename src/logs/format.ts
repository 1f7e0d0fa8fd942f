import type { Fields } from './fields.ts';
import type { Mapping } from './mapping.ts';
import type { Columns } from './parquet.ts';
import type { Row } from './row.ts';

/** Where a record stands. One object serves a whole run: read it at once, do not keep it. */
export interface Place {
  /** Of the file, as it was found. */
  readonly name: string;
  /** From 1; of Parquet the row. */
  readonly line: number;
}

/** Takes what a record holds. */
export interface Sink {
  row(row: Row): void;
  /** Counts a rollout that is rightly left out. */
  skip(reason: string): void;
}

/** Reads the records of all files of one format, file by file. */
export type RecordReader = (record: Fields, sink: Sink, place: Place) => void;

/** How one trainer writes JSON lines. */
export interface LinesFormat {
  /** Whether a file that begins with this record is of this format. */
  recognizes(first: Fields): boolean;
  open(mapping: Mapping): RecordReader;
}

export interface TableReader {
  /** Called with the columns of a file before its rows: those that are needed. */
  choose(columns: Columns): readonly string[];
  readonly read: RecordReader;
  /** Whether the rows of a file depend on those of the file before. */
  readonly looksBack: boolean;
}

/** How one trainer writes Parquet. */
export interface TableFormat {
  recognizes(columns: Columns): boolean;
  open(mapping: Mapping): TableReader;
}
