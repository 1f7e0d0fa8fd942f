import { DataError } from '../errors.ts';
import type { Source } from './source.ts';

const NEWLINE = 10;
/** Bytes of the longest line: half of what V8 can hold as one string. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Visits the lines of UTF-8 text that are not blank. A byte order mark at the start of a line is skipped, so that
 * files with one can be concatenated. Memory: one line and one chunk.
 * @throws DataError with the name of the source and the number of the line, also for a DataError of `visit`
 */
export async function readLines(source: Source, visit: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let pieces: Uint8Array[] = []; // of the line so far, which may have begun in an earlier chunk
  let length = 0;
  let number = 1;

  const fail = (reason: string): DataError => new DataError(`${source.name}:${number}: ${reason}`);
  const extend = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > MOST_BYTES) throw fail(`a line of more than ${MOST_BYTES.toLocaleString('en')} bytes`);
    pieces.push(piece);
  };
  const end = (): void => {
    const bytes = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, length);
    try {
      const line = decode(decoder, bytes);
      if (!/^[ \t\r]*$/.test(line)) visit(line);
    } catch (error) {
      throw error instanceof DataError ? fail(error.message) : error;
    }
    pieces = [];
    length = 0;
    number++;
  };

  for await (const chunk of source.chunks) {
    let start = 0;
    let newline = chunk.indexOf(NEWLINE);
    while (newline >= 0) {
      extend(chunk.subarray(start, newline));
      end();
      start = newline + 1;
      newline = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length) extend(chunk.subarray(start));
  }
  end();
}

function decode(decoder: TextDecoder, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new DataError('not UTF-8');
  }
}
