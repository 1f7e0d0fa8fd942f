import type { Place } from '../logs/format.ts';
import type { ReadOptions, ReadProgress, Taken } from '../logs/read-options.ts';
import type { Row } from '../logs/row.ts';
import type { Source } from '../logs/source.ts';
import { gunzip, openFile, openStream } from './file-source.ts';
import { findLogs, stat } from './find.ts';
import { useNativeHash } from './native-hash.ts';

/** How far the reading of files has come. */
export interface FileProgress extends ReadProgress {
  /** Bytes of all files, before decompression; 0 if nothing but a stream is read. */
  readonly total: number;
}

/** How to read logs by path. */
export interface FileReadOptions extends Omit<ReadOptions, 'gunzip' | 'onProgress'> {
  /** What the path `-` stands for. */
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  /** Is called with each chunk of 256 KB. */
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

/**
 * Visits the rows of all logs that the paths name (files, folders with all logs below, globs, `-` for `stdin`), file by
 * file in the order of the numbers in their names, and says what was read of each.
 * Memory: one line, or one row group of Parquet.
 * @throws DataError that names file and line; the reason of `signal`
 * @example
 * import { readLogs } from 'insight-wasm/node';
 * const taken = await readLogs(['examples/rollouts.jsonl'], ({ id, step }) => id.length + (step ?? 0));
 * taken[0]?.rows; // 960
 */
export async function readLogs(
  paths: readonly string[],
  visit: (row: Row, place: Place) => void,
  { stdin, onProgress, ...options }: FileReadOptions = {},
): Promise<Taken[]> {
  useNativeHash();
  const { sources, total } = openLogs(paths, stdin);
  const { readRows } = await import('../logs/read-rows.ts'); // loaded with the first log
  return readRows(sources, visit, {
    ...options,
    gunzip,
    onProgress: onProgress && ((progress) => onProgress({ ...progress, total })),
  });
}

/** The logs that the paths name, their bytes in all, and how to come at others. */
export function openLogs(paths: readonly string[], stdin?: AsyncIterable<Uint8Array>) {
  useNativeHash();
  const sources = findLogs(paths).map((path) => (path === '-' ? openStream(stdin ?? nothing()) : openFile(path)));
  const total = sources.reduce((sum, { size = 0 }) => sum + size, 0);
  const reopen = (path: string): Source | undefined => (stat(path)?.isFile() ? openFile(path) : undefined);
  return { sources, total, access: { gunzip, reopen } };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
