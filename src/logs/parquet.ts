import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { DataError } from '../cli/errors.ts';
import { shorten } from '../printable.ts';
import type { Fields } from './fields.ts';

/** Names of the columns, and the physical type of those that hold plain values. */
export type Columns = Readonly<Record<string, string | undefined>>;

/** Codecs that hyparquet leaves to others; it has Snappy itself. LZ4 and LZO are refused. */
const compressors = {
  ZSTD: (input: Uint8Array) => decompress(input),
  GZIP: (input: Uint8Array, length: number) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
  BROTLI: (input: Uint8Array, length: number) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
};

export interface ParquetFile {
  readonly columns: Columns;
  /** Visits the rows, with these columns; what is null is left out. Memory: these columns of one row group. */
  read(columns: readonly string[], visit: (row: Fields, number: number) => void): Promise<void>;
  close(): Promise<void>;
}

/** @throws DataError that names the file, `read` too */
export async function openParquet(name: string): Promise<ParquetFile> {
  const handle = await open(name);
  try {
    return await toFile(name, handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function toFile(name: string, handle: FileHandle): Promise<ParquetFile> {
  const { size } = await handle.stat();
  const file = { byteLength: size, slice: (start: number, end = size) => slice(handle, size, start, end) };
  const metadata = await parse(name, () => parquetMetadataAsync(file));
  const { children } = await parse(name, async () => parquetSchema(metadata));
  return {
    columns: Object.fromEntries(children.map(({ element }) => [element.name, element.type])),
    async read(columns, visit) {
      let number = 1;
      for (const group of metadata.row_groups) {
        const range = { rowStart: number - 1, rowEnd: number - 1 + Number(group.num_rows) };
        const rows = await parse(name, () =>
          parquetReadObjects({ file, metadata, columns: [...columns], ...range, compressors }),
        );
        if (rows.length !== range.rowEnd - range.rowStart) throw new DataError(`${name}: rows are missing`);
        for (const row of rows) visit(toFields(row), number++);
      }
    },
    close: () => handle.close(),
  };
}

async function slice(handle: FileHandle, size: number, start: number, end: number): Promise<ArrayBuffer> {
  if (start < 0 || end > size) throw new Error('a part lies outside the file');
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0) throw new Error('unexpected end of file');
    at += bytesRead;
  }
  return bytes.buffer;
}

/** Whatever the parser throws at bytes that are wrong is an error of the file. */
async function parse<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    throw new DataError(`${name}: cannot be read as Parquet: ${shorten((error as Error).message, 120)}`);
  }
}

/** Integers of 64 bits as numbers, or as text where no number holds them; without what is null. */
function toFields(row: Record<string, unknown>): Fields {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (typeof value !== 'bigint') return [[name, value]];
      const number = Number(value);
      return [[name, Number.isSafeInteger(number) ? number : String(value)]];
    }),
  );
}
