import { DataError, inFile } from '../errors.ts';
import { decodeState, encodeState } from '../state/codec.ts';
import type { State } from '../state/state.ts';
import { disk } from './disk.ts';
import { NEW, NewFile, readState, toDataError } from './durable-file.ts';
import { followLinks } from './find.ts';
import { type Lock, lock } from './lock.ts';
import { useNativeHash } from './native-hash.ts';
import { sweep } from './plain-file.ts';
import { untilEnd } from './until-end.ts';

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

/** @throws DataError also if the lock is no longer held */
export function saveState(path: string, state: State, { nonce, check }: Lock): void {
  useNativeHash();
  try {
    const file = new NewFile(path, nonce);
    file.write(encodeState(state));
    disk.closeSync(file.commit(check));
  } catch (error) {
    throw toDataError(path, error);
  }
}

/** Runs what reads and then replaces the file, alone; a signal that ends the process lets go of the lock too. */
export async function withLock<T>(path: string, isForced: boolean, body: (lock: Lock) => T | Promise<T>): Promise<T> {
  let held: Lock | undefined;
  return untilEnd(
    () => {
      held = lock(path, isForced);
      sweep(followLinks(path), NEW); // what others left that were killed, or are stopped, before they took its place
      return body(held);
    },
    () => held?.release(),
  );
}
