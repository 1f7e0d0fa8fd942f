import { createHash } from 'node:crypto';
import { DataError } from '../cli/errors.ts';

// Layout, little endian. Header of 48 bytes: magic (8), version u32, count of sections u32, SHA-256 of all that follows.
// Then the length of each section in bytes, u32 with 4 bytes of zero behind it, and the sections, each padded with zeros
// to a multiple of 8.
const MAGIC = 'IWSTAT\r\n'; // the line end shows a transfer as text
const VERSION = 1;
const HEADER = 48;
const MOST_BYTES = 2 ** 32 - 1;

export function encodeSections(sections: readonly ArrayBufferView[]): Uint8Array {
  const start = HEADER + 8 * sections.length;
  const bytes = new Uint8Array(sections.reduce((sum, { byteLength }) => sum + padded(byteLength), start));
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(MAGIC, 'latin1'));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, sections.length, true);
  let at = start;
  sections.forEach(({ buffer, byteOffset, byteLength }, i) => {
    if (byteLength > MOST_BYTES) throw new DataError('the state is larger than a file of it can be');
    view.setUint32(HEADER + 8 * i, byteLength, true);
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += padded(byteLength);
  });
  bytes.set(digest(bytes), 16);
  return bytes;
}

/**
 * The sections, as views of the bytes that start at multiples of 8 if `bytes` does.
 * @throws DataError for bytes that are not a whole, undamaged file of a version this release reads
 */
export function decodeSections(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') !== MAGIC) {
    throw new DataError('not a state of insight-wasm: the first bytes are not its mark');
  }
  if (bytes.length < HEADER) throw new DataError(`truncated: ${bytes.length} of ${HEADER} bytes of the header`);
  const version = view.getUint32(8, true);
  if (version > VERSION) {
    throw new DataError(`made by a newer release, or damaged: version ${version}, this one reads ${VERSION}`);
  }
  const count = view.getUint32(12, true);
  let at = HEADER + 8 * count;
  if (at > bytes.length) throw new DataError(`truncated: ${bytes.length} bytes, the header alone has ${at}`);
  const ranges = Array.from({ length: count }, (_, i) => {
    const length = view.getUint32(HEADER + 8 * i, true);
    const start = at;
    at += padded(length);
    return [start, start + length] as const;
  });
  if (at > bytes.length) throw new DataError(`truncated: expected ${at} bytes, got ${bytes.length}`);
  if (at < bytes.length) throw new DataError(`bytes behind the end: expected ${at}, got ${bytes.length}`);
  if (version === 0 || !digest(bytes).equals(bytes.subarray(16, HEADER))) throw new DataError('damaged: checksum');
  return ranges.map(([start, end]) => bytes.subarray(start, end));
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function digest(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes.subarray(HEADER)).digest();
}
