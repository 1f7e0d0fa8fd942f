import type { Fields } from '../logs/fields.ts';
import type { Source } from '../logs/source.ts';
import * as dataset from '../state/dataset.ts';
import type { KeyFields } from '../state/extra.ts';
import { gunzip, openFile, openStream } from './file-source.ts';
import { useNativeHash } from './native-hash.ts';

/** See joinRows of state/dataset.ts. */
export function joinRows(
  keys: readonly string[],
  path: string,
  fields: KeyFields,
  stdin: AsyncIterable<Uint8Array>,
): Promise<{ rows: string[]; repeated: number }> {
  return dataset.joinRows(keys, open(path, stdin), fields, gunzip);
}

/** See readRows of state/dataset.ts. */
export function readRows(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
  visit: (row: string, record: Fields) => void,
): Promise<void> {
  return dataset.readRows(open(path, stdin), visit, gunzip);
}

function open(path: string, stdin: AsyncIterable<Uint8Array>): Source {
  useNativeHash();
  return path === '-' ? openStream(stdin) : openFile(path);
}
