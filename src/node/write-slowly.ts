import { freeze } from '../state/freeze.ts';
import { writeSections } from '../state/sections.ts';
import type { State } from '../state/state.ts';
import type { NewFile } from './durable-file.ts';

/** Bytes that are hashed and written before something else has its turn. */
export const PART = 2 ** 21;

/** A file that is being written while other work goes on. */
export interface Slow {
  /** Why it failed. */
  readonly error: unknown;
  cancel(): void;
}

/**
 * Writes a state, as it is now, to a file part by part, with a turn of the event loop between two parts.
 * @param done is called with the whole, synced file and its digest
 */
export function writeSlowly(state: State, file: NewFile, done: (file: NewFile, digest: string) => void): Slow {
  const { sections, thaw } = freeze(state);
  const parts = writeSections(sections, (bytes, at) => file.write(bytes, at), PART);
  const slow = { error: undefined as unknown, cancel };
  let isOver = false;
  function cancel(): void {
    if (isOver) return;
    isOver = true;
    thaw();
    file.abandon();
  }
  const fail = (error: unknown): void => {
    slow.error = error;
    if (isOver) return;
    isOver = true;
    thaw();
  };
  const end = async (digest: string): Promise<void> => {
    thaw();
    await file.sync();
    if (isOver) return;
    isOver = true;
    done(file, digest);
  };
  const turn = (): void => {
    if (isOver) return;
    try {
      const { done: isWhole, value } = parts.next();
      if (isWhole) end(value).catch(fail);
      else setImmediate(turn);
    } catch (error) {
      fail(error);
    }
  };
  setImmediate(turn);
  return slow;
}
