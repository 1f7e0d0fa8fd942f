import { inFile } from '../errors.ts';
import { PromptState } from '../state/prompt-state.ts';
import { readState, replaceState } from './durable-file.ts';
import { useNativeHash } from './native-hash.ts';

/**
 * The state in a file; a new one if there is no such file.
 * @throws DataError that names the file
 * @example
 * import { openState, saveState } from 'insight-wasm/node';
 * const state = openState('pool.iws').add(['a', 'b']);
 * saveState('pool.iws', state);
 * openState('pool.iws').size; // 2
 */
export function openState(path: string): PromptState {
  useNativeHash();
  const bytes = readState(path);
  return bytes === undefined ? new PromptState() : inFile(path, () => PromptState.fromBytes(bytes));
}

/**
 * Replaces the file in one step: whoever opens it finds all of the old state or all of the new one, also after a crash.
 * Where more than one process may write, hold the lock: `withLock`.
 * @throws DataError that names the file
 */
export function saveState(path: string, state: PromptState): void {
  useNativeHash();
  replaceState(path, state.toBytes());
}
