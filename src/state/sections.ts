import { startsWith } from '../bytes.ts';
import { DataError } from '../errors.ts';
import { startHash } from '../sha256.ts';

// Layout, little endian. Header of 48 bytes: magic (8), version u32, count of sections u32, SHA-256 of all that follows.
// Then the length of each section in bytes, u64, and the sections, each padded with zeros to a multiple of 8.
const MAGIC = Uint8Array.from('IWSTAT\r\n', (char) => char.charCodeAt(0)); // the line end shows a transfer as text
const VERSION = 2;
const HEADER = 48;
/** Bytes that are read and hashed at once. */
const PIECE = 2 ** 24;

/** Bytes of a section, which are asked for a part at a time. */
export interface Section {
  readonly byteLength: number;
  /** A view that is used before the next part is asked for. */
  part(start: number, end: number): Uint8Array;
}

export function toSection({ buffer, byteOffset, byteLength }: ArrayBufferView): Section {
  return { byteLength, part: (start, end) => new Uint8Array(buffer, byteOffset + start, end - start) };
}

/** Takes bytes in, those of the header last. */
export type Put = (bytes: Uint8Array, position: number) => void;

/**
 * Writes sections part by part, so that other work can be done in between.
 * @param partBytes of a part, a multiple of 8
 * @returns the SHA-256, as 64 hex digits, that the header has
 */
export function* writeSections(sections: readonly Section[], put: Put, partBytes: number): Generator<void, string> {
  const hash = startHash();
  let end = HEADER;
  const add = (bytes: Uint8Array): void => {
    hash.update(bytes);
    put(bytes, end);
    end += bytes.length;
  };
  const lengths = new DataView(new ArrayBuffer(8 * sections.length));
  for (const [i, { byteLength }] of sections.entries()) {
    lengths.setUint32(8 * i, byteLength, true);
    lengths.setUint32(8 * i + 4, byteLength / 2 ** 32, true);
  }
  put(new Uint8Array(HEADER), 0); // its place: what it says is known only at the end
  add(new Uint8Array(lengths.buffer));
  for (const { byteLength, part } of sections) {
    for (let at = 0; at < byteLength; at += partBytes) {
      add(part(at, Math.min(byteLength, at + partBytes)));
      yield;
    }
    add(new Uint8Array(padded(byteLength) - byteLength));
  }
  const digest = hash.hex();
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  header.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, sections.length, true);
  header.set(toBytes(digest), 16);
  put(header, 0);
  return digest;
}

export function encodeSections(views: readonly ArrayBufferView[]): Uint8Array {
  const sections = views.map(toSection);
  const bytes = allocate(
    sections.reduce((sum, { byteLength }) => sum + padded(byteLength), HEADER + 8 * sections.length),
  );
  for (const _ of writeSections(sections, (part, position) => bytes.set(part, position), PIECE));
  return bytes;
}

/** What sections are read from. */
export interface ByteSource {
  readonly byteLength: number;
  /** Fills `target` with the bytes that begin at a position; how many there were. */
  read(target: Uint8Array, position: number): number;
}

export const toByteSource = (bytes: Uint8Array): ByteSource => ({
  byteLength: bytes.length,
  read(target, position) {
    target.set(bytes.subarray(position, position + target.length));
    return target.length;
  },
});

/**
 * The sections, each in memory of its own.
 * @throws DataError for bytes that are not a whole, undamaged file of a version this release reads
 */
export function readSections(source: ByteSource): { version: number; digest: string; sections: Uint8Array[] } {
  const { byteLength } = source;
  const header = new Uint8Array(Math.min(HEADER, byteLength));
  source.read(header, 0);
  if (!startsWith(header, MAGIC)) {
    throw new DataError('damaged', 'not a state of insight-wasm: the first bytes are not its mark');
  }
  if (byteLength < HEADER) {
    throw new DataError('damaged', `truncated: ${byteLength} of ${HEADER} bytes of the header`);
  }
  const view = new DataView(header.buffer);
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    throw new DataError(
      'damaged',
      `made by a newer release, or damaged: version ${version}, this one reads ${VERSION}`,
    );
  }
  const count = view.getUint32(12, true);
  const start = HEADER + 8 * count;
  if (start > byteLength) {
    throw new DataError('damaged', `truncated: ${byteLength} bytes, the header alone has ${start}`);
  }
  const hash = startHash();
  const take = (length: number, position: number): Uint8Array => {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      if (source.read(piece, position + at) < piece.length)
        throw new DataError('damaged', 'truncated while it was read');
      hash.update(piece);
    }
    return bytes;
  };
  const table = new DataView(take(8 * count, HEADER).buffer);
  const lengths = Array.from(
    { length: count },
    (_, i) => table.getUint32(8 * i, true) + 2 ** 32 * table.getUint32(8 * i + 4, true),
  );
  const end = lengths.reduce((sum, length) => sum + padded(length), start);
  if (end > byteLength) throw new DataError('damaged', `truncated: expected ${end} bytes, got ${byteLength}`);
  if (end < byteLength) throw new DataError('damaged', `bytes behind the end: expected ${end}, got ${byteLength}`);
  let at = start;
  const sections = lengths.map((length) => {
    const section = take(padded(length), at);
    at += section.length;
    return section.subarray(0, length);
  });
  const digest = hash.hex();
  if (version === 0 || !startsWith(header.subarray(16), toBytes(digest)))
    throw new DataError('damaged', 'damaged: checksum');
  return { version, digest, sections };
}

/** @throws DataError for more bytes than an array of this runtime can have: a file can */
function allocate(length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch {
    throw new DataError('too-much', `the state has ${length.toLocaleString('en')} bytes, more than one array can have`);
  }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function toBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
