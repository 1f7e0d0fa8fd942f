import { concat, startsWith } from '../bytes.ts';
import { DataError } from '../errors.ts';

/** The bytes of one log, wherever they are. */
export interface Source {
  /** For messages, and for formats that say something in the name: `rollouts/12.jsonl`. */
  readonly name: string;
  /** The name that it has in all runs, such as an absolute path; by default `name`. */
  readonly path?: string | undefined;
  /** Bytes, before decompression; undefined of a stream. */
  readonly size?: number | undefined;
  /** All bytes from the first on. Of a stream it can be called once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** The bytes from `start` to before `end`, in any order, which Parquet needs; a stream has no such thing. */
  slice?(start: number, end: number): Promise<ArrayBuffer>;
}

/** What decompresses gzip, of one or of several members. */
export type Gunzip = (chunks: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;

export interface Opened {
  readonly source: Source;
  readonly isParquet: boolean;
  /** The first bytes, at least 32 if there are so many, after decompression. */
  readonly head: Uint8Array;
  /** All bytes, after decompression. */
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/**
 * Opens a log, and decompresses it if it begins as gzip or zstd do, whatever its name.
 * @param onBytes is called with the count of bytes of each chunk, before decompression
 * @throws DataError that names the log; `chunks` too
 */
export async function openSource(
  source: Source,
  onBytes: (count: number) => void,
  gunzip: Gunzip = gunzipHere,
): Promise<Opened> {
  const { name } = source;
  const raw = await peek(read(source, onBytes));
  const decompress = startsWith(raw.head, GZIP)
    ? wrap(name, 'gzip', gunzip)
    : startsWith(raw.head, ZSTD) || isSkippable(raw.head)
      ? wrap(name, 'zstd', unzstd)
      : undefined;
  const { head, chunks } = decompress === undefined ? raw : await peek(decompress(raw.chunks));
  const other = head[0] === BRACE ? undefined : (await import('./no-logs.ts')).nameOther(head);
  if (other !== undefined) {
    await chunks.return(undefined);
    throw new DataError('format', other, { file: name });
  }
  const isParquet = startsWith(head, PARQUET);
  if (isParquet && (source.slice === undefined || decompress !== undefined)) {
    throw new DataError('format', 'Parquet is read from a file only, and not compressed as a whole', { file: name });
  }
  return { source, isParquet, head, chunks };
}

// The decompressors are loaded when a log needs them.
async function* gunzipHere(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await import('./gzip.ts')).gunzip(chunks);
}

async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await import('./zstd.ts')).unzstd(chunks);
}

/** With which JSON lines begin, and no file of another kind. */
const BRACE = 0x7b;
const GZIP = Uint8Array.of(0x1f, 0x8b);
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const PARQUET = Uint8Array.of(0x50, 0x41, 0x52, 0x31); // PAR1

/** zstd: a frame that holds something else than data, with which pzstd and others begin a file. */
function isSkippable(head: Uint8Array): boolean {
  return ((head[0] ?? 0) & 0xf0) === 0x50 && startsWith(head.subarray(1), SKIPPABLE);
}

const SKIPPABLE = Uint8Array.of(0x2a, 0x4d, 0x18);

/** Bytes by which all kinds of files are told apart. */
const HEAD = 32;

/** Waits for the first bytes, and gives back an iterator that has them still. */
async function peek(chunks: AsyncGenerator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array();
  while (head.length < HEAD) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : concat([head, value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      yield* chunks;
    } finally {
      await chunks.return(undefined);
    }
  }
  return { head, chunks: all() };
}

async function* read(source: Source, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  // What `onBytes` throws, such as the reason of a signal, is no error of the log.
  for await (const chunk of chunksOf(source)) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* chunksOf(source: Source): AsyncGenerator<Uint8Array> {
  try {
    yield* source.chunks();
  } catch (error) {
    if (error instanceof DataError) throw error.file === undefined ? error.at(source.name) : error;
    throw new DataError('file', (error as Error).message, { file: source.name });
  }
}

/** What the decompressor throws is an error of the log. */
function wrap(file: string, format: string, decompress: Gunzip) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* decompress(chunks);
    } catch (error) {
      if (error instanceof DataError) throw error;
      throw new DataError('damaged', `damaged or truncated ${format}: ${(error as Error).message}`, { file });
    }
  };
}
