import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { DataError } from '../cli/errors.ts';
import { gunzip, unzstd } from './decompress.ts';

export interface Source {
  /** For messages. */
  readonly name: string;
  readonly isParquet: boolean;
  /** All bytes, after decompression. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a file, or stdin for the path `-`, and decompresses it if it begins as gzip or zstd do, whatever its name.
 * @throws DataError that names the file; `chunks` too
 * @param onBytes is told of bytes as they are read, before decompression
 */
export async function openSource(path: string, stdin: Readable, onBytes?: (count: number) => void): Promise<Source> {
  const name = path === '-' ? 'stdin' : path;
  const stream = path === '-' ? stdin : createReadStream(path, { highWaterMark: 256 * 1024 });
  const raw = await peek(read(name, stream, onBytes));
  const decompress = startsWith(raw.head, GZIP) ? gunzip : startsWith(raw.head, ZSTD) ? unzstd : undefined;
  const { head, chunks } = decompress === undefined ? raw : await peek(decompress(name, raw.chunks));
  const isParquet = startsWith(head, PARQUET);
  if (isParquet && (path === '-' || decompress !== undefined)) {
    throw new DataError(`${name}: Parquet is read from a file only, and not compressed as a whole`);
  }
  return { name, isParquet, chunks };
}

const GZIP = Uint8Array.of(0x1f, 0x8b);
const ZSTD = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const PARQUET = Buffer.from('PAR1');

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}

/** Waits for the first four bytes, and gives back an iterator that has them still. */
async function peek(chunks: AsyncGenerator<Uint8Array>) {
  let head: Uint8Array = new Uint8Array();
  while (head.length < 4) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
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

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
};

/** Why the system refused, in words. */
export function toReason(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

async function* read(name: string, stream: Readable, onBytes?: (count: number) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) {
      onBytes?.(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw new DataError(`${name}: ${toReason(error)}`);
  }
}
