import { ThriftReader } from './thrift.ts';

/** Values by which the last run of packed values may go beyond the end: they are packed eight at a time. */
const PACKED = 8;

/**
 * Checks values in the hybrid of runs and packed bits, without making them: the runs must be within the bytes, and must
 * not have more values than the page says. Without the check one wrong byte makes a run of 2^30 values.
 * @returns how many of the values are `wanted`, if it is given: the others are null
 */
export function checkRuns(bytes: Uint8Array, width: number, count: number, wanted?: number): number {
  if (width > 32) throw new Error(`values of ${width} bits`);
  const reader = new ThriftReader(bytes, 0);
  let left = count;
  let found = 0;
  while (left > 0) {
    const head = reader.varint();
    if (head % 2 === 0) {
      const values = head / 2;
      if (values > left) throw new Error('a run of more values than the page has');
      const value = readValue(bytes, reader.at, width);
      reader.at += Math.ceil(width / 8);
      if (reader.at > bytes.length) throw new Error('a run beyond the end of the page');
      if (value === wanted) found += values;
      left -= values;
    } else {
      const values = ((head - 1) / 2) * PACKED;
      if (values >= left + PACKED || values === 0) throw new Error('packed values that the page does not have');
      const end = reader.at + (values / PACKED) * width;
      const needed = reader.at + Math.ceil((Math.min(values, left) * width) / 8); // some writers cut the padding off
      if (needed > bytes.length) throw new Error('packed values beyond the end of the page');
      if (wanted !== undefined) found += countPacked(bytes, reader.at, width, Math.min(values, left), wanted);
      reader.at = end;
      left -= values;
    }
  }
  return found;
}

function readValue(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; 8 * i < width; i++) value += (bytes[at + i] ?? 0) * 256 ** i;
  return value;
}

function countPacked(bytes: Uint8Array, at: number, width: number, count: number, wanted: number): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      const place = i * width + bit;
      value |= (((bytes[at + (place >> 3)] ?? 0) >> (place & 7)) & 1) << bit;
    }
    if (value === wanted) found++;
  }
  return found;
}
