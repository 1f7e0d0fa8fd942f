import { crc32 } from './crc32.ts';
import { SnapshotError } from './pool-errors.ts';
import type { Bytes, Prior } from './types.ts';
import { checkTyped, LEAST, MOST, MOST_PRIOR } from './validate.ts';

// Layout, little endian. Header of 64 bytes: magic (8), version u32, size u32, prior alpha f64, prior beta f64,
// discount f64, crc of alpha u32, crc of beta u32, 12 bytes of zero, crc of the header before it u32.
// Then alpha and beta, size float32 each.
const MAGIC = 'IWPOOL\r\n'; // the line end shows a transfer as text
const VERSION = 1;
const HEADER = 64;

export interface Snapshot {
  readonly prior: Prior;
  readonly discount: number;
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
}

export function encode({ prior, discount, alpha, beta }: Snapshot): Bytes {
  const bytes = new Uint8Array(HEADER + 8 * alpha.length);
  const view = new DataView(bytes.buffer);
  const columns = [alpha, beta].map((column) => new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, alpha.length, true);
  view.setFloat64(16, prior.alpha, true);
  view.setFloat64(24, prior.beta, true);
  view.setFloat64(32, discount, true);
  columns.forEach((column, i) => {
    bytes.set(column, HEADER + i * column.length);
    view.setUint32(40 + 4 * i, crc32(column), true);
  });
  view.setUint32(60, crc32(bytes.subarray(0, 60)), true);
  return bytes;
}

/** Reads a copy of the bytes, all of it before anything is made of it. */
export function decode(source: Uint8Array): Snapshot {
  const bytes = new Uint8Array(checkTyped('bytes', 'Uint8Array', source));
  const view = new DataView(bytes.buffer);
  const magic = String.fromCharCode(...bytes.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new SnapshotError('not a snapshot of a pool: the first bytes are not its mark');
  if (bytes.length < HEADER) throw new SnapshotError(`truncated: ${bytes.length} of ${HEADER} bytes of the header`);
  const version = view.getUint32(8, true);
  if (version === 0) throw new SnapshotError('damaged: version 0');
  if (version > VERSION)
    throw new SnapshotError(`made by a newer release: version ${version}, this one reads ${VERSION}`);
  if (view.getUint32(60, true) !== crc32(bytes.subarray(0, 60)))
    throw new SnapshotError('damaged: checksum of the header');
  for (let at = 48; at < 60; at += 4) {
    if (view.getUint32(at, true) !== 0) throw new SnapshotError('damaged: bytes that this release leaves at zero');
  }
  const size = view.getUint32(12, true);
  const length = HEADER + 8 * size;
  if (bytes.length !== length) {
    throw new SnapshotError(
      `${bytes.length < length ? 'truncated' : 'bytes behind the end'}: expected ${length} bytes, got ${bytes.length}`,
    );
  }
  const number = (name: string, offset: number, least: number, most: number): number => {
    const value = view.getFloat64(offset, true);
    if (value >= least && value <= most) return value;
    throw new SnapshotError(`${name} is outside [${least}, ${most}]: ${value}`);
  };
  const column = (name: string, i: number): Float32Array => {
    const start = HEADER + 4 * size * i;
    if (view.getUint32(40 + 4 * i, true) !== crc32(bytes.subarray(start, start + 4 * size))) {
      throw new SnapshotError(`damaged: checksum of ${name}`);
    }
    const values = new Float32Array(bytes.buffer, start, size);
    for (let at = 0; at < size; at++) {
      const value = values[at] as number;
      if (value >= LEAST && value <= MOST) continue;
      throw new SnapshotError(`${name}[${at}] is outside [${LEAST}, ${MOST}]: ${value}`);
    }
    return values;
  };
  return {
    prior: { alpha: number('prior.alpha', 16, LEAST, MOST_PRIOR), beta: number('prior.beta', 24, LEAST, MOST_PRIOR) },
    discount: number('discount', 32, 0, 1),
    alpha: column('alpha', 0),
    beta: column('beta', 1),
  };
}
