import { statSync } from 'node:fs';
import { DataError, inFile } from '../errors.ts';
import { decodeWithDigest } from '../state/codec.ts';
import { type Entry, entriesAfter, firstState, type Journal, parseJournal } from '../state/journal.ts';
import type { State } from '../state/state.ts';
import { toDataError } from './durable-file.ts';
import { followLinks } from './find.ts';
import { useNativeHash } from './native-hash.ts';
import { readPlain } from './plain-file.ts';

export const journalOf = (path: string): string => `${followLinks(path)}.journal`;
export const historyOf = (path: string): string => `${followLinks(path)}.history`;

/** What is kept of a state: its file, and what the journal beside it adds to that. */
export interface Stored {
  /** Without what the journal adds. */
  readonly state: State;
  /** SHA-256 of the file, from its header; "" if there is only a journal yet. */
  readonly digest: string;
  /** Which file it was: changes when it is replaced. */
  readonly identity: string;
  /** What is in the journal alone. */
  readonly entries: readonly Entry[];
  readonly hasJournal: boolean;
  /** Observations that a power cut has taken out of the journal, or more: `--sync os` permits it. */
  readonly lost: number;
}

/** How often a reader that needs no lock looks again, when a writer has replaced one of the files in between. */
const TRIES = 8;

/**
 * Reads a state and its journal, which a process may be writing.
 * @returns undefined if there is neither
 * @throws DataError that names the file
 */
export function readStored(path: string): Stored | undefined {
  useNativeHash();
  for (let tries = 1; ; tries++) {
    const identity = identityOf(path);
    const file = read(path, true);
    const journalPath = journalOf(path);
    const bytes = read(journalPath, false);
    if (identity !== identityOf(path) && tries < TRIES) continue;
    const journal = bytes === undefined ? undefined : inFile(journalPath, () => parseJournal(bytes));
    const decoded = file === undefined ? undefined : inFile(path, () => decodeWithDigest(file));
    if (decoded === undefined && journal === undefined) return undefined;
    const digest = decoded?.digest ?? '';
    const entries = journal === undefined || journal.entries.length === 0 ? [] : entriesAfter(journal, digest);
    if (entries === undefined) {
      if (tries < TRIES) continue;
      throw mismatch(journalPath, journal as Journal);
    }
    const state = decoded?.state ?? firstState((journal as Journal).header);
    return { state, digest, identity, entries, hasJournal: bytes !== undefined, lost: journal?.lost ?? 0 };
  }
}

function read(path: string, followsLinks: boolean): Uint8Array | undefined {
  try {
    return readPlain(path, followsLinks)?.bytes;
  } catch (error) {
    throw toDataError(path, error);
  }
}

/** Tells whether a file was replaced or written; "" of none. */
export function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
}

function mismatch(path: string, { entries }: Journal): DataError {
  const reason = `its ${entries.length.toLocaleString('en')} observations go on from another state than the one beside it`;
  return new DataError('journal', reason, { file: path });
}
