import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { DataError } from '../cli/errors.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** One or several members, one behind the other. */
export async function* gunzip(name: string, chunks: Chunks): AsyncGenerator<Uint8Array> {
  const stream = createGunzip();
  pipeline(Readable.from(chunks), stream, () => {}); // errors come out of the stream
  try {
    yield* stream;
  } catch (error) {
    throw toDataError(name, 'gzip', error);
  }
}

/** Bytes that go into the decompressor at once: the worst of input makes 32 MiB of them. */
const SLICE = 1024;

/** One or several frames, one behind the other. Their checksums are not verified. */
export async function* unzstd(name: string, chunks: Chunks): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = [];
  const stream = new Decompress((chunk) => ready.push(chunk));
  const push = (bytes: Uint8Array, isLast: boolean): Uint8Array[] => {
    ready = [];
    try {
      stream.push(bytes, isLast);
    } catch (error) {
      throw toDataError(name, 'zstd', error);
    }
    return ready;
  };
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE) yield* push(chunk.subarray(at, at + SLICE), false);
  }
  yield* push(new Uint8Array(), true);
}

function toDataError(name: string, format: string, error: unknown): DataError {
  return error instanceof DataError
    ? error
    : new DataError(`${name}: damaged or truncated ${format}: ${(error as Error).message}`);
}
