import { crc32 } from '../../crc32.ts';
import { checkRuns } from './runs.ts';
import { type Struct, ThriftReader } from './thrift.ts';

/** Values of one page. */
const MOST_VALUES = 2 ** 24;
/** Bytes of one page, after decompression. */
const MOST_BYTES = 256 * 1024 * 1024;

const [DATA, , DICTIONARY, DATA_2] = [0, 1, 2, 3];
const [PLAIN_DICTIONARY, RLE, DELTA, DELTA_LENGTHS, DELTA_BYTES, RLE_DICTIONARY] = [2, 3, 5, 6, 7, 8];

/** What the pages of a column chunk must fit. */
export interface ChunkKind {
  /** Largest levels: 0 where a column has none. */
  readonly maxRepetition: number;
  readonly maxDefinition: number;
  readonly isBoolean: boolean;
  /** Undefined where pages are not compressed. */
  readonly decompress: ((bytes: Uint8Array, length: number) => Uint8Array) | undefined;
}

/**
 * Checks the pages of a column chunk before they are decoded: sizes and counts that may be true, checksums where pages
 * carry one, runs that end with their page. What a decoder makes of other bytes may take hours, or all memory.
 * @throws Error naming the page
 */
export function checkPages(chunk: Uint8Array, kind: ChunkKind): void {
  let at = 0;
  for (let page = 1; at < chunk.length - 1; page++) {
    try {
      at = checkPage(chunk, at, kind);
    } catch (error) {
      throw new Error(`page ${page}: ${(error as Error).message}`);
    }
  }
}

/** @returns where the next page begins */
function checkPage(chunk: Uint8Array, start: number, kind: ChunkKind): number {
  const reader = new ThriftReader(chunk, start);
  const header = reader.struct();
  const type = number(header, 1, 0, 3);
  const size = number(header, 2, 0, MOST_BYTES);
  const end = reader.at + number(header, 3, 0, chunk.length - reader.at);
  const bytes = chunk.subarray(reader.at, end);
  const sum = header.get(4);
  if (sum !== undefined && Number(sum) >>> 0 !== crc32(bytes))
    throw new Error('its checksum (CRC-32) is not that of its bytes');
  if (type === DATA) checkData(bytes, size, struct(header, 5), kind);
  else if (type === DATA_2) checkData2(bytes, size, struct(header, 8), kind);
  else if (type === DICTIONARY) {
    number(struct(header, 7), 1, 0, MOST_VALUES);
    unpack(bytes, size, kind);
  }
  return end;
}

function checkData(bytes: Uint8Array, size: number, header: Struct, kind: ChunkKind): void {
  const count = number(header, 1, 0, MOST_VALUES);
  const page = unpack(bytes, size, kind);
  let at = 0;
  const levels = (most: number): number => {
    if (most === 0) return count;
    const length = new DataView(page.buffer, page.byteOffset + at).getUint32(0, true);
    if (at + 4 + length > page.length) throw new Error('levels beyond the end of the page');
    const found = checkRuns(page.subarray(at + 4, at + 4 + length), bitWidth(most), count, most);
    at += 4 + length;
    return found;
  };
  levels(kind.maxRepetition);
  const values = levels(kind.maxDefinition);
  checkValues(page.subarray(at), number(header, 2, 0, 100), values, kind);
}

function checkData2(bytes: Uint8Array, size: number, header: Struct, kind: ChunkKind): void {
  const count = number(header, 1, 0, MOST_VALUES);
  const nulls = number(header, 2, 0, count);
  number(header, 3, 0, count);
  const definitions = number(header, 5, 0, bytes.length);
  const repetitions = number(header, 6, 0, bytes.length - definitions);
  if (kind.maxRepetition > 0) checkRuns(bytes.subarray(0, repetitions), bitWidth(kind.maxRepetition), count);
  const levels = repetitions + definitions;
  if (kind.maxDefinition > 0) checkRuns(bytes.subarray(repetitions, levels), bitWidth(kind.maxDefinition), count);
  if (size < levels) throw new Error('levels of more bytes than the page has');
  const isPacked = header.get(7) !== false;
  const values = isPacked ? unpack(bytes.subarray(levels), size - levels, kind) : bytes.subarray(levels);
  checkValues(values, number(header, 4, 0, 100), count - nulls, kind);
}

function checkValues(bytes: Uint8Array, encoding: number, count: number, { isBoolean }: ChunkKind): void {
  if (count === 0) return;
  if (encoding === RLE && isBoolean) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0, true);
    if (4 + length > bytes.length) throw new Error('values beyond the end of the page');
    checkRuns(bytes.subarray(4, 4 + length), 1, count);
  } else if (encoding === RLE || encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    const width = bytes[0];
    if (width === undefined) throw new Error('no values');
    if (width > 0) checkRuns(bytes.subarray(1), width, count);
  } else if (encoding === DELTA || encoding === DELTA_LENGTHS || encoding === DELTA_BYTES) {
    const reader = new ThriftReader(bytes, 0);
    const block = reader.varint();
    const parts = reader.varint();
    if (block > 2 ** 20 || parts === 0 || parts > 1024 || block % parts !== 0)
      throw new Error('a wrong size of blocks');
    if (reader.varint() > count) throw new Error('more values than the page has');
  }
}

/** Of nothing a codec makes a few bytes: those of an empty dictionary, as pyarrow writes it of a column of nulls. */
function unpack(bytes: Uint8Array, size: number, { decompress }: ChunkKind): Uint8Array {
  if (size === 0 && decompress !== undefined) return new Uint8Array(0);
  const page = decompress === undefined ? bytes : decompress(bytes, size);
  if (page.length !== size) throw new Error(`has ${page.length} bytes, and says ${size}`);
  return page;
}

function number(fields: Struct, id: number, least: number, most: number): number {
  const value = fields.get(id);
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new Error(`field ${id} of its header is ${value === undefined ? 'missing' : `${value}`}, which cannot be`);
}

function struct(fields: Struct, id: number): Struct {
  const value = fields.get(id);
  if (value instanceof Map) return value;
  throw new Error(`field ${id} of its header is missing`);
}

function bitWidth(most: number): number {
  return 32 - Math.clz32(most);
}
