import { decompress } from 'fzstd';
import {
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  snappyUncompress,
} from 'hyparquet';
import { gunzip } from 'hyparquet-compressors/src/gzip.js';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import { DataError } from '../../errors.ts';
import { shorten } from '../../escape-controls.ts';
import type { Fields } from '../fields.ts';
import type { Source } from '../source.ts';
import { type ChunkKind, checkPages } from './pages.ts';

/** Names of the columns, and the physical type of those that hold plain values. */
export type Columns = Readonly<Record<string, string | undefined>>;

/** What decompresses a page of so many bytes, by codec. What is longer than its page says is refused. */
type Codecs = Readonly<Record<string, (input: Uint8Array, length: number) => Uint8Array>>;

const codecs: Codecs = {
  SNAPPY(input, length) {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  },
  ZSTD: (input: Uint8Array, length: number) => decompress(input, new Uint8Array(length)),
  GZIP: (input: Uint8Array, length: number) => gunzip(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
};

export interface ParquetFile {
  readonly columns: Columns;
  /** Visits the rows, with these columns; what is null is left out. Memory: these columns of one row group. */
  read(columns: readonly string[], visit: (row: Fields, number: number) => void): Promise<void>;
}

/** @throws DataError that names the file, `read` too */
export async function openParquet({ name, size = 0, slice }: Source): Promise<ParquetFile> {
  const file = { byteLength: size, slice: (start: number, end = size) => sliceWithin(size, start, end, slice) };
  const metadata = await parse(name, () => parquetMetadataAsync(file));
  const { children } = await parse(name, async () => parquetSchema(metadata));
  const usesBrotli = metadata.row_groups.some(({ columns }) =>
    columns.some(({ meta_data }) => meta_data?.codec === 'BROTLI'),
  );
  const compressors = usesBrotli ? { ...codecs, BROTLI: (await import('./brotli.ts')).decompressBrotli } : codecs;
  return {
    columns: Object.fromEntries(children.map(({ element }) => [element.name, element.type])),
    async read(columns, visit) {
      let number = 1;
      for (const group of metadata.row_groups) {
        await parse(name, () => checkGroup(metadata, group, new Set(columns), file, compressors));
        const range = { rowStart: number - 1, rowEnd: number - 1 + Number(group.num_rows) };
        const rows = await parse(name, () =>
          parquetReadObjects({ file, metadata, columns: [...columns], ...range, compressors }),
        );
        if (rows.length !== range.rowEnd - range.rowStart) {
          throw new DataError('damaged', 'rows are missing', { file: name });
        }
        for (const row of rows) visit(toFields(row), number++);
      }
    },
  };
}

type Group = FileMetaData['row_groups'][number];

/** Checks the pages of some columns, one column chunk at a time. @throws Error naming column and page */
async function checkGroup(
  metadata: FileMetaData,
  { columns }: Group,
  wanted: ReadonlySet<string>,
  file: { slice(start: number, end?: number): Promise<ArrayBuffer> },
  codecs: Codecs,
): Promise<void> {
  for (const { meta_data: about } of columns) {
    if (about === undefined || !wanted.has(about.path_in_schema[0] ?? '')) continue;
    const { dictionary_page_offset: dictionary, data_page_offset: data, codec } = about;
    const start = Number(dictionary && dictionary < data ? dictionary : data);
    const size = Number(about.total_compressed_size);
    const decompress = codec === 'UNCOMPRESSED' ? undefined : codecs[codec];
    const chunk = new Uint8Array(await file.slice(start, start + size));
    try {
      checkPages(chunk, {
        ...toLevels(metadata, about.path_in_schema),
        isBoolean: about.type === 'BOOLEAN',
        decompress,
      });
    } catch (error) {
      throw new Error(`column ${about.path_in_schema.join('.')}, ${(error as Error).message}`);
    }
  }
}

/** The largest levels of a column: one for each part of its path that may be null or repeated. */
function toLevels(metadata: FileMetaData, path: readonly string[]): Pick<ChunkKind, 'maxRepetition' | 'maxDefinition'> {
  let { children } = parquetSchema(metadata);
  let [maxRepetition, maxDefinition] = [0, 0];
  for (const name of path) {
    const part = children.find(({ element }) => element.name === name);
    if (part === undefined) throw new Error(`no column ${path.join('.')}`);
    if (part.element.repetition_type === 'REPEATED') maxRepetition++;
    if (part.element.repetition_type !== 'REQUIRED') maxDefinition++;
    children = part.children;
  }
  return { maxRepetition, maxDefinition };
}

function sliceWithin(size: number, start: number, end: number, slice: Source['slice']): Promise<ArrayBuffer> {
  if (slice === undefined) throw new Error('a stream has no parts');
  if (start < 0 || end > size) throw new Error('a part lies outside the file');
  return slice(start, end);
}

/** Whatever the parser throws at bytes that are wrong is an error of the file. */
async function parse<T>(name: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof DataError) throw error;
    const reason = `cannot be read as Parquet: ${shorten((error as Error).message, 120)}`;
    throw new DataError('damaged', reason, { file: name });
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
