import type { Row } from '../row.ts';
import type { Fields } from './fields.ts';
import type { Mapping } from './mapping.ts';

/** Where a record stands. One object serves a whole file: read it at once, do not keep it. */
export interface Place {
  /** Of the file, as it was found. */
  readonly name: string;
  /** From 1; of a table the row. */
  readonly line: number;
}

/** Takes what a record holds. */
export interface Sink {
  row(row: Row): void;
  /** Counts a record, or a part of one, that is rightly left out. */
  skip(reason: string): void;
}

/** How one trainer writes. */
export interface Format {
  /** Whether a file is of this format whose first record, or whose columns, are these. */
  recognizes(first: Fields): boolean;
  /** A reader of all files of a run, in order. */
  open(mapping: Mapping): (record: Fields, sink: Sink, place: Place) => void;
}
