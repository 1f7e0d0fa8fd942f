import { concat, startsWith } from '../bytes.ts';
import { DataError } from '../errors.ts';

/** The bytes of one log, wherever they are. */
export interface Source {
  /** For messages, and for formats that say something in the name: `rollouts/12.jsonl`. */
  readonly name: string;
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
    : startsWith(raw.head, ZSTD)
      ? wrap(name, 'zstd', unzstd)
      : undefined;
  const { head, chunks } = decompress === undefined ? raw : await peek(decompress(raw.chunks));
  const isParquet = startsWith(head, PARQUET);
  if (isParquet && (source.slice === undefined || decompress !== undefined)) {
    throw new DataError('format', 'Parquet is read from a file only, and not compressed as a whole', { file: name });
  }
  return { source, isParquet, chunks };
}

// The decompressors are loaded when a log needs them.
async function* gunzipHere(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await import('./gzip.ts')).gunzip(chunks);
}

async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* (await import('./zstd.ts')).unzstd(chunks);
}

const GZIP = Uint8Array.of(0x1f, 0x8b);
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const PARQUET = Uint8Array.of(0x50, 0x41, 0x52, 0x31); // PAR1

/** Waits for the first four bytes, and gives back an iterator that has them still. */
async function peek(chunks: AsyncGenerator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 4) {
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
  try {
    for await (const chunk of source.chunks()) {
      onBytes(chunk.length);
      yield chunk;
    }
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
