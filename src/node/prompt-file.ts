import { basename, dirname, join, resolve } from 'node:path';
import { inFile } from '../errors.ts';
import { replayEntries } from '../state/journal.ts';
import { PromptState, stateOf, toPromptState } from '../state/prompt-state.ts';
import { followLinks } from './find.ts';
import { type Lock, lock } from './lock.ts';
import { readStored } from './read-stored.ts';
import { Store } from './store.ts';
import { untilEnd } from './until-end.ts';

/** Locks that this process holds through `withLock`, by the file. */
const held = new Map<string, Lock>();

/** The name of a file that is the same before and after it is there, wherever a path to it begins. */
function nameOf(path: string): string {
  const file = resolve(followLinks(path));
  return join(followLinks(dirname(file)), basename(file));
}

/**
 * The state in a file, with what a journal adds to it; a new one if there is no such file.
 * @throws DataError that names the file
 * @example
 * import { openState, saveState } from 'insight-wasm/node';
 * const state = openState('pool.iws').add(['a', 'b']);
 * saveState('pool.iws', state);
 * openState('pool.iws').size; // 2
 */
export function openState(path: string): PromptState {
  const stored = readStored(path);
  if (stored === undefined) return new PromptState();
  return inFile(path, () => toPromptState(replayEntries(stored.state, stored.entries)));
}

/**
 * Replaces the file in one step: whoever opens it finds all of the old state or all of the new one, also after a crash.
 * Takes the lock meanwhile. What other processes write between `openState` and this is lost, unless both are in `withLock`.
 * @throws DataError that names the file, with the code `locked` if another process holds it
 */
export function saveState(path: string, state: PromptState): void {
  const file = nameOf(path);
  const own = held.get(file);
  const used = own ?? lock(path);
  try {
    const { store } = Store.open(path, used);
    store.fold(stateOf(state), true);
  } finally {
    if (own === undefined) used.release();
  }
}

/**
 * Runs `body`, which opens a state and saves it, while no other process writes it. A signal that ends the process lets
 * go of the lock too.
 * @throws DataError with the code `locked` if another process holds it; what `body` throws
 */
export async function withLock<T>(path: string, body: () => T | Promise<T>): Promise<T> {
  const file = nameOf(path);
  let own: Lock | undefined;
  return untilEnd(
    () => {
      own = lock(path);
      held.set(file, own);
      return body();
    },
    () => {
      if (own === undefined) return;
      held.delete(file);
      own.release();
    },
  );
}
