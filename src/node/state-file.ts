import { DataError, inFile } from '../errors.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import type { State } from '../state/state.ts';
import { readState, replaceState } from './durable-file.ts';
import { lock } from './lock.ts';
import { useNativeHash } from './native-hash.ts';

/** @throws DataError that names the file */
export function loadState(path: string): State {
  const state = findState(path);
  if (state === undefined) throw new DataError('no-state', 'no such file', { file: path });
  return state;
}

/** undefined if there is no such file. */
export function findState(path: string): State | undefined {
  useNativeHash();
  const bytes = readState(path);
  return bytes === undefined ? undefined : inFile(path, () => decodeState(bytes));
}

export function saveState(path: string, state: State): void {
  useNativeHash();
  replaceState(path, encodeState(state));
}

/** Exit codes of a process that a signal ends: 128 and its number. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Runs what reads and then replaces the file, alone; a signal that ends the process lets go of the lock too. */
export async function withLock<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  const unlock = lock(path);
  const stop = (signal: keyof typeof CODES): void => process.exit(CODES[signal]);
  process.once('exit', unlock).once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await body();
  } finally {
    process.off('exit', unlock).off('SIGINT', stop).off('SIGTERM', stop);
    unlock();
  }
}
