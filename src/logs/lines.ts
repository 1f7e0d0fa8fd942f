import { concat } from '../bytes.ts';
import { DataError } from '../errors.ts';
import { type Part, PartHash } from './part-hash.ts';

const NEWLINE = 10;
/** Bytes of the longest line: half of what V8 can hold as one string. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What was read, and whether its last line was whole. */
export interface LinesRead {
  readonly bytes: number;
  /** Of these bytes, as 64 hex digits; undefined if it was not asked for. */
  readonly sha256: string | undefined;
  readonly head?: string | undefined;
  /** Number of a last line still being written (no newline, incomplete JSON); it was not taken. */
  readonly torn: number | undefined;
}

export interface LineOptions {
  /** Parts that were taken of any logs: a log that begins with one of them is refused. */
  readonly taken?: ReadonlyMap<number, readonly string[]> | undefined;
  /** Lines that were visited before: they are passed over, and must be the same bytes. */
  readonly prefix?: Part | undefined;
  /** Takes the lines that are passed over; false if it needs no more of them. */
  readonly onPassed?: ((line: string) => boolean) | undefined;
  /** Takes the bad lines; by default the first one is thrown. */
  readonly onBad?: ((error: DataError, line: number) => void) | undefined;
  /** Whether to hash what is read. */
  readonly hash?: boolean | undefined;
}

/**
 * Visits the lines of UTF-8 text, each with the newline that ends it. A byte order mark at the start of a line is
 * skipped, so that files with one can be concatenated. Memory: one line and one chunk.
 * @throws DataError with the name of the file and the number of the line, also for a DataError of `visit`
 */
export async function readLines(
  file: string,
  chunks: AsyncIterable<Uint8Array>,
  { prefix, taken, onPassed, onBad, hash: isHashed = false }: LineOptions,
  visit: (line: string, number: number) => void,
): Promise<LinesRead> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const hash = isHashed || prefix !== undefined ? new PartHash() : undefined;
  let toSkip = prefix?.bytes ?? 0;
  let bytes = 0;
  let pieces: Uint8Array[] = []; // of the line so far, which may have begun in an earlier chunk
  let length = 0;
  let line = 1;

  const extend = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > MOST_BYTES) {
      throw new DataError('too-much', `a line of more than ${MOST_BYTES.toLocaleString('en')} bytes`, { file, line });
    }
    pieces.push(piece);
  };
  /** Visits the line, and takes it into the part that was read. */
  const end = (isLast: boolean): number | undefined => {
    const whole = pieces.length === 1 ? (pieces[0] as Uint8Array) : concat(pieces);
    try {
      visit(decode(decoder, whole), line);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      if (isLast && error.code === 'malformed' && isOpen(whole)) return line;
      if (onBad === undefined) throw error.at(file, line);
      onBad(error, line);
    }
    if (hash !== undefined) for (const piece of pieces) hash.update(piece);
    bytes += length;
    pieces = [];
    length = 0;
    if (taken?.get(bytes)?.includes(hash?.sha256() ?? '')) {
      const reason = `its first ${bytes.toLocaleString('en')} bytes have been taken before: give what is new, or the file`;
      throw new DataError('taken', reason, { file });
    }
    return undefined;
  };
  const passed = new LineCutter();
  let isPassing = onPassed !== undefined;
  const pass = (whole: readonly Uint8Array[]): void => {
    for (const bytes of whole) isPassing &&= onPassed?.(decode(decoder, bytes)) === true;
  };
  const skip = (chunk: Uint8Array): Uint8Array => {
    const skipped = chunk.subarray(0, toSkip);
    hash?.update(skipped);
    if (isPassing) pass(passed.push(skipped));
    line += countNewlines(skipped);
    bytes += skipped.length;
    toSkip -= skipped.length;
    if (toSkip === 0 && hash?.sha256() !== prefix?.sha256) {
      throw new DataError('taken', 'what was taken of it before has been rewritten', { file });
    }
    if (toSkip === 0 && isPassing) pass(passed.rest());
    return chunk.subarray(skipped.length);
  };

  for await (const whole of chunks) {
    const chunk = toSkip > 0 ? skip(whole) : whole;
    let start = 0;
    let newline = chunk.indexOf(NEWLINE);
    while (newline >= 0) {
      extend(chunk.subarray(start, newline + 1));
      end(false);
      line++;
      start = newline + 1;
      newline = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length) extend(chunk.subarray(start));
  }
  if (toSkip > 0) throw new DataError('taken', 'is shorter than what was taken of it before', { file });
  const torn = length > 0 ? end(true) : undefined;
  return { bytes, sha256: undefined, ...hash?.part(), torn };
}

const [QUOTE, BACKSLASH] = [34, 92];
const OPENING = [123, 91]; // { [
const CLOSING = [125, 93]; // } ]

/** Whether the line opens an object that does not end: if no newline ends it either, it is half written. */
function isOpen(line: Uint8Array): boolean {
  if (line.find((byte) => byte > 32) !== OPENING[0]) return false;
  let depth = 0;
  let isText = false;
  for (let i = 0; i < line.length; i++) {
    const byte = line[i] as number;
    if (isText) {
      if (byte === BACKSLASH) i++;
      else if (byte === QUOTE) isText = false;
    } else if (byte === QUOTE) isText = true;
    else if (OPENING.includes(byte)) depth++;
    else if (CLOSING.includes(byte)) depth--;
  }
  return isText || depth > 0;
}

/** Cuts bytes into lines, each with its newline. */
class LineCutter {
  #pieces: Uint8Array[] = [];

  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = [];
    let start = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, start)) {
      lines.push(concat([...this.#pieces, chunk.subarray(start, newline + 1)]));
      this.#pieces = [];
      start = newline + 1;
    }
    if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
    return lines;
  }

  /** The last line, if no newline ends it. */
  rest(): Uint8Array[] {
    return this.#pieces.length === 0 ? [] : [concat(this.#pieces)];
  }
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
    throw new DataError('malformed', 'not UTF-8');
  }
}

/** The lines of a stream as bytes, as they come; undefined in place of one of more than `most` bytes. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): AsyncGenerator<Uint8Array | undefined> {
  let pieces: Uint8Array[] = []; // of the line so far
  let length = 0;
  const extend = (piece: Uint8Array): void => {
    length += piece.length;
    if (length > most) pieces = [];
    else pieces.push(piece);
  };
  const end = (): Uint8Array | undefined => {
    const line = length > most ? undefined : concat(pieces);
    pieces = [];
    length = 0;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, start)) {
      extend(chunk.subarray(start, newline));
      yield end();
      start = newline + 1;
    }
    extend(chunk.subarray(start));
  }
  if (length > 0) yield end();
}
