import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { DataError } from '../errors.ts';

export interface Source {
  /** For messages. */
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The bytes of a file, or of `stdin` for the path `-`. What the system refuses is a DataError of `chunks`. */
export function openSource(path: string, stdin: Readable): Source {
  if (path === '-') return { name: 'stdin', chunks: read('stdin', stdin) };
  return { name: path, chunks: read(path, createReadStream(path, { highWaterMark: 256 * 1024 })) };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
};

async function* read(name: string, stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new DataError(`${name}: ${REASONS[code] ?? message}`);
  }
}
