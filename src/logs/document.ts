import { concat } from '../bytes.ts';
import { DataError } from '../errors.ts';
import { type Fields, isObject, show } from './fields.ts';
import { ENTRY, VALUES } from './formats/histories.ts';
import { parseJson } from './json.ts';

/** Bytes of a JSON document, which is parsed as a whole. */
const MOST_BYTES = 256 * 1024 * 1024;
const OPENING_BRACKET = 91;

/** Whether a file is one JSON document, and not lines: by its name, or as it begins with an array. */
export function isDocument(name: string, head: Uint8Array): boolean {
  return /\.json(\.\w+)?$/.test(name) || head.find((byte) => byte > 32 && byte < 128) === OPENING_BRACKET;
}

/** All bytes. @throws DataError for too many */
export async function readAll(file: string, chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > MOST_BYTES) {
      throw new DataError('too-much', 'a JSON document of more than 256 MiB: write it as JSON lines', { file });
    }
    pieces.push(chunk);
  }
  return concat(pieces);
}

/**
 * The records of a JSON document: the elements of an array, the entries of an object of arrays, or the object itself.
 * @returns undefined for what is no single document, and so may be lines of JSON
 * @throws DataError for an array of anything but objects
 */
export function toRecords(bytes: Uint8Array): Fields[] | undefined {
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (isArray(bytes)) throw error instanceof DataError ? error : new DataError('malformed', 'not UTF-8');
    return undefined;
  }
  if (Array.isArray(value)) {
    const wrong = value.findIndex((element) => !isObject(element));
    if (wrong >= 0) {
      throw new DataError('value', `the row expected an object, got ${show(value[wrong])}`, { line: wrong + 1 });
    }
    return value as Fields[];
  }
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  const isHistory = entries.length > 0 && entries.every(([, entry]) => Array.isArray(entry) && entry.every(isNumber));
  return isHistory ? entries.map(([id, values]) => ({ [ENTRY]: id, [VALUES]: values })) : [value];
}

function isArray(bytes: Uint8Array): boolean {
  return bytes.find((byte) => byte > 32 && byte < 128) === OPENING_BRACKET;
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}
