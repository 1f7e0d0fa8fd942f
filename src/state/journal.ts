import { crc32 } from '../crc32.ts';
import { DataError } from '../errors.ts';
import type { Rule, Settings } from './settings.ts';
import { State } from './state.ts';

// A journal is lines of text, each with the CRC-32 of its JSON, as 8 hex digits and a space, before it:
//   {"journal":1,"base":DIGEST}         what it goes on from: the SHA-256 of the state; "" and settings if there is none
//   [{"id","step","successes","trials"}]   observations that were answered together
//   {"fold":DIGEST,"entries":N}         the state of this digest has the first N of them

/** An observation, as a journal and a history keep it. */
export interface Entry {
  readonly id: string;
  readonly step?: number | undefined;
  readonly successes: number;
  readonly trials: number;
  /** Of this visit, in place of that of the settings. */
  readonly discount?: number | undefined;
  /** The name of the observation itself: it is taken once. */
  readonly key?: string | undefined;
}

export interface JournalHeader {
  readonly journal: 1;
  readonly base: string;
  /** Observations were answered before they were on the disk, so that a power cut may leave any part of them there. */
  readonly sync?: 'os' | undefined;
  /** Where there is no state yet. */
  readonly settings?: Settings | undefined;
  readonly rule?: Rule | undefined;
}

interface Fold {
  readonly fold: string;
  readonly entries: number;
}

export interface Journal {
  readonly header: JournalHeader;
  readonly entries: readonly Entry[];
  readonly folds: readonly Fold[];
  /** Observations behind a line that a power cut has torn, which are left out: see `sync`. */
  readonly lost: number;
}

/** One line, with its checksum. */
export function toLine(json: string): Uint8Array {
  const bytes = new TextEncoder().encode(`00000000 ${json}\n`);
  const sum = crc32(bytes.subarray(9, -1)).toString(16).padStart(8, '0');
  for (let i = 0; i < 8; i++) bytes[i] = sum.charCodeAt(i);
  return bytes;
}

export const toHeader = (header: JournalHeader): Uint8Array => toLine(JSON.stringify(header));

/** The line of observations that are answered together. */
export const toBlock = (texts: readonly string[]): Uint8Array => toLine(`[${texts.join(',')}]`);

export const toFold = (fold: string, entries: number): Uint8Array =>
  toLine(JSON.stringify({ fold, entries } satisfies Fold));

/** The JSON of an observation. */
export function toText({ id, step, successes, trials, discount, key }: Entry): string {
  return JSON.stringify({ id, step, successes, trials, discount, key });
}

/** The line of the history of an observation, which `n` were taken before. */
export const toHistoryLine = (text: string, n: number): string => `{"n":${n},${text.slice(1)}\n`;

/**
 * The whole lines of a journal. What a crash left behind the last of them, which was never answered, is left out; where
 * observations were answered before they were on the disk, all that follows the first torn line.
 * @returns undefined if there is not even a header
 * @throws DataError for a damaged line before a whole one
 */
export function parseJournal(bytes: Uint8Array): Journal | undefined {
  let header: JournalHeader | undefined;
  let torn: number | undefined;
  let lost = 0;
  const entries: Entry[] = [];
  const folds: Fold[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(10, start);
    const json = newline < 0 ? undefined : check(bytes.subarray(start, newline));
    start = newline < 0 ? bytes.length : newline + 1;
    if (json === undefined) {
      torn ??= line;
      continue;
    }
    const value = JSON.parse(json) as JournalHeader | Entry[] | Fold;
    if (torn !== undefined) {
      if (header?.sync !== 'os') throw new DataError('damaged', `damaged: line ${torn} of the journal`);
      if (Array.isArray(value)) lost += value.length;
    } else if (Array.isArray(value)) for (const entry of value) entries.push(entry);
    else if ('fold' in value) folds.push(value);
    else header = value;
  }
  if (header === undefined) return undefined;
  if (header.journal !== 1) throw new DataError('damaged', 'made by a newer release, or damaged: the journal');
  return { header, entries, folds, lost };
}

let decoder: TextDecoder | undefined; // made when it is first used: not every runtime has one at import

/** The JSON of a line, if its checksum is right. */
function check(line: Uint8Array): string | undefined {
  if (line.length < 10 || line[8] !== 32) return undefined;
  decoder ??= new TextDecoder();
  const text = decoder.decode(line);
  return Number.parseInt(text.slice(0, 8), 16) === crc32(line.subarray(9)) ? text.slice(9) : undefined;
}

/** What a journal adds to the state of this digest; undefined if it goes on from another one. */
export function entriesAfter({ header, entries, folds }: Journal, digest: string): readonly Entry[] | undefined {
  const fold = folds.filter((one) => one.fold === digest).at(-1);
  if (fold !== undefined) return entries.slice(fold.entries);
  return header.base === digest ? entries : undefined;
}

/** The state with the observations of a journal. The state before is then of no use. */
export function replayEntries(before: State, entries: readonly Entry[]): State {
  const state = before.with(entries.map(({ id }) => id));
  for (const entry of entries) {
    state.take({ ...entry, step: entry.step, isRollout: false, index: state.keys.indexOf(entry.id) });
    if (entry.key !== undefined) state.recent.add(entry.key);
  }
  state.taken += entries.length;
  return state;
}

/** The state that a journal begins with where there is no file yet. */
export function firstState({ settings, rule }: JournalHeader): State {
  if (settings === undefined) throw new DataError('damaged', 'damaged: the journal has no settings');
  const { keys, columns } = State.unseen(settings);
  return new State(settings, keys, columns, { rule });
}
