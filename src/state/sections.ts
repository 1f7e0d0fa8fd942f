import { startsWith } from '../bytes.ts';
import { DataError } from '../errors.ts';
import { sha256Of } from '../sha256.ts';

// Layout, little endian. Header of 48 bytes: magic (8), version u32, count of sections u32, SHA-256 of all that follows.
// Then the length of each section in bytes, u32 with 4 bytes of zero behind it, and the sections, each padded with zeros
// to a multiple of 8.
const MAGIC = Uint8Array.from('IWSTAT\r\n', (char) => char.charCodeAt(0)); // the line end shows a transfer as text
const VERSION = 1;
const HEADER = 48;
const MOST_BYTES = 2 ** 32 - 1;

export function encodeSections(sections: readonly ArrayBufferView[]): Uint8Array {
  if (sections.some(({ byteLength }) => byteLength > MOST_BYTES)) {
    throw new DataError('too-much', 'the state is larger than a file of it can be');
  }
  const start = HEADER + 8 * sections.length;
  const bytes = new Uint8Array(sections.reduce((sum, { byteLength }) => sum + padded(byteLength), start));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, sections.length, true);
  let at = start;
  sections.forEach(({ buffer, byteOffset, byteLength }, i) => {
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
  if (version === 0 || !startsWith(bytes.subarray(16, HEADER), digest(bytes)))
    throw new DataError('damaged', 'damaged: checksum');
  return ranges.map(([start, end]) => bytes.subarray(start, end));
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function digest(bytes: Uint8Array): Uint8Array {
  const hex = sha256Of(bytes.subarray(HEADER));
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
