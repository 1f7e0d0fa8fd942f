import { startsWith } from '../bytes.ts';
import { DataError } from '../errors.ts';
import { sha256Of, startHash } from '../sha256.ts';

// Layout, little endian. Header of 48 bytes: magic (8), version u32, count of sections u32, SHA-256 of all that follows.
// Then the length of each section in bytes, u32 with 4 bytes of zero behind it, and the sections, each padded with zeros
// to a multiple of 8.
const MAGIC = Uint8Array.from('IWSTAT\r\n', (char) => char.charCodeAt(0)); // the line end shows a transfer as text
const VERSION = 2;
const HEADER = 48;
const MOST_BYTES = 2 ** 32 - 1;

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
  checkLengths(sections);
  for (const [i, { byteLength }] of sections.entries()) {
    lengths.setUint32(8 * i, byteLength, true);
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
  checkLengths(sections);
  const bytes = new Uint8Array(
    sections.reduce((sum, { byteLength }) => sum + padded(byteLength), HEADER + 8 * sections.length),
  );
  for (const _ of writeSections(sections, (part, position) => bytes.set(part, position), MOST_BYTES + 1));
  return bytes;
}

/**
 * The sections, as views of the bytes that start at multiples of 8 if `bytes` does.
 * @throws DataError for bytes that are not a whole, undamaged file of a version this release reads
 */
export function decodeSections(bytes: Uint8Array): { version: number; digest: string; sections: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!startsWith(bytes, MAGIC)) {
    throw new DataError('damaged', 'not a state of insight-wasm: the first bytes are not its mark');
  }
  if (bytes.length < HEADER)
    throw new DataError('damaged', `truncated: ${bytes.length} of ${HEADER} bytes of the header`);
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    throw new DataError(
      'damaged',
      `made by a newer release, or damaged: version ${version}, this one reads ${VERSION}`,
    );
  }
  const count = view.getUint32(12, true);
  let at = HEADER + 8 * count;
  if (at > bytes.length) throw new DataError('damaged', `truncated: ${bytes.length} bytes, the header alone has ${at}`);
  const ranges = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(HEADER + 8 * i, true);
    const start = at;
    at += padded(length);
    return [start, start + length] as const;
  });
  if (at > bytes.length) throw new DataError('damaged', `truncated: expected ${at} bytes, got ${bytes.length}`);
  if (at < bytes.length) throw new DataError('damaged', `bytes behind the end: expected ${at}, got ${bytes.length}`);
  const digest = sha256Of(bytes.subarray(HEADER));
  if (version === 0 || !startsWith(bytes.subarray(16, HEADER), toBytes(digest)))
    throw new DataError('damaged', 'damaged: checksum');
  return { version, digest, sections: ranges.map(([start, end]) => bytes.subarray(start, end)) };
}

function checkLengths(sections: readonly Section[]): void {
  if (sections.some(({ byteLength }) => byteLength > MOST_BYTES)) {
    throw new DataError('too-much', 'the state is larger than a file of it can be');
  }
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function toBytes(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
