import { createHash } from 'node:crypto';
import { DataError, MalformedError } from '../cli/errors.ts';
import type { Source } from './source.ts';

const NEWLINE = 10;
/** Bytes of the longest line: half of what V8 can hold as one string. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The part of a file that was read: its first `bytes` bytes, after decompression. */
export interface Part {
  readonly bytes: number;
  readonly sha256: string;
}

export interface LinesRead extends Part {
  /** Last line, if it opens an object and neither the object nor the line ends: half written, not in the part. */
  readonly torn: number | undefined;
}

export interface LineOptions {
  /** Lines that were visited before: they are passed over, and must be the same bytes. */
  readonly prefix: Part | undefined;
  /** Takes the bad lines; by default the first one is thrown. */
  readonly onBad: ((line: number, reason: string) => void) | undefined;
}

/**
 * Visits the lines of UTF-8 text, each with the newline that ends it. A byte order mark at the start of a line is
 * skipped, so that files with one can be concatenated. Memory: one line and one chunk.
 * @throws DataError with the name of the source and the number of the line, also for a DataError of `visit`
 */
export async function readLines(
  source: Pick<Source, 'name' | 'chunks'>,
  { prefix, onBad }: LineOptions,
  visit: (line: string, number: number) => void,
): Promise<LinesRead> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const hash = createHash('sha256');
  let toSkip = prefix?.bytes ?? 0;
  let bytes = 0;
  let pieces: Uint8Array[] = []; // of the line so far, which may have begun in an earlier chunk
  let length = 0;
  let number = 1;

  const fail = (reason: string): DataError => new DataError(`${source.name}:${number}: ${reason}`);
  const extend = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > MOST_BYTES) throw fail(`a line of more than ${MOST_BYTES.toLocaleString('en')} bytes`);
    pieces.push(piece);
  };
  /** Visits the line, and takes it into the part that was read. */
  const end = (isLast: boolean): number | undefined => {
    const line = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, length);
    try {
      visit(decode(decoder, line), number);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      if (isLast && error instanceof MalformedError && opensObject(line)) return number;
      if (onBad === undefined) throw fail(error.message);
      onBad(number, error.message);
    }
    for (const piece of pieces) hash.update(piece);
    bytes += length;
    pieces = [];
    length = 0;
    return undefined;
  };
  const skip = (chunk: Uint8Array): Uint8Array => {
    const skipped = chunk.subarray(0, toSkip);
    hash.update(skipped);
    number += countNewlines(skipped);
    bytes += skipped.length;
    toSkip -= skipped.length;
    if (toSkip === 0 && hash.copy().digest('hex') !== prefix?.sha256) {
      throw new DataError(`${source.name}: what was taken of it before has been rewritten`);
    }
    return chunk.subarray(skipped.length);
  };

  for await (const whole of source.chunks) {
    const chunk = toSkip > 0 ? skip(whole) : whole;
    let start = 0;
    let newline = chunk.indexOf(NEWLINE);
    while (newline >= 0) {
      extend(chunk.subarray(start, newline + 1));
      end(false);
      number++;
      start = newline + 1;
      newline = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length) extend(chunk.subarray(start));
  }
  if (toSkip > 0) throw new DataError(`${source.name}: is shorter than what was taken of it before`);
  const torn = length > 0 ? end(true) : undefined;
  return { bytes, sha256: hash.digest('hex'), torn };
}

const OPENING_BRACE = 123;

/** Whether the line opens an object: if that does not end, it is half written. */
function opensObject(line: Uint8Array): boolean {
  return line.find((byte) => byte > 32) === OPENING_BRACE;
}

function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new MalformedError('not UTF-8');
  }
}
