import type { DataError } from '../errors.ts';
import type { Fields } from './fields.ts';
import type { NoteCode, Place } from './format.ts';
import type { FormatName } from './formats.ts';
import type { Mapping } from './mapping.ts';
import type { Part } from './part-hash.ts';
import type { Gunzip, Source } from './source.ts';

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
