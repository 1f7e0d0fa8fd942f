import { DataError, inFile } from '../errors.ts';
import { replayEntries } from '../state/journal.ts';
import type { State } from '../state/state.ts';
import { type Lock, lock } from './lock.ts';
import { readStored } from './read-stored.ts';
import { Store, type StoreOptions } from './store.ts';
import { untilEnd } from './until-end.ts';

/**
 * A state as it is, with what its journal adds to the file. Needs no lock.
 * @throws DataError that names the file
 */
export function loadState(path: string): State {
  const stored = readStored(path);
  if (stored === undefined) throw new DataError('no-state', 'no such file', { file: path });
  return inFile(path, () => replayEntries(stored.state, stored.entries));
}

/** How to open a state for writing. */
export interface OpenOptions extends StoreOptions {
  /** Takes over the lock, whoever holds it. */
  readonly breaksLock?: boolean | undefined;
}

/** Runs what reads and then replaces a state, alone; a signal that ends the process lets go of the lock too. */
export async function withStore<T>(
  path: string,
  { breaksLock, ...options }: OpenOptions,
  body: (store: Store, state: State | undefined) => T | Promise<T>,
): Promise<T> {
  let held: Lock | undefined;
  return untilEnd(
    () => {
      held = lock(path, breaksLock);
      const { store, state } = Store.open(path, held, options);
      return body(store, state);
    },
    () => held?.release(),
  );
}
