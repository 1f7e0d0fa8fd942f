import { DataError } from '../errors.ts';
import { decodeState, encodeState } from './codec.ts';
import { readState, replaceState } from './file.ts';
import { lock } from './lock.ts';
import type { State } from './state.ts';

/** @throws DataError that names the file */
export function loadState(path: string): State {
  const state = findState(path);
  if (state === undefined) throw new DataError(`${path}: no such file; insight-wasm ingest or state import makes one`);
  return state;
}

/** undefined if there is no such file. */
export function findState(path: string): State | undefined {
  const bytes = readState(path);
  try {
    return bytes === undefined ? undefined : decodeState(bytes);
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${path}: ${error.message}`) : error;
  }
}

export function saveState(path: string, state: State): void {
  replaceState(path, encodeState(state));
}

/** Runs what reads and then replaces the file, alone. */
export async function withLock<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  const unlock = lock(path);
  try {
    return await body();
  } finally {
    unlock();
  }
}
