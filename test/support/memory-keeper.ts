import type { Entry } from '../../src/state/journal.ts';
import type { Keeper } from '../../src/state/keeper.ts';
import type { State } from '../../src/state/state.ts';

/** Keeps what a session takes in memory: `save` is called with each state that is to be written whole. */
export class MemoryKeeper implements Keeper {
  unsaved = 0;
  saves = 0;
  readonly entries: Entry[] = [];
  readonly copies = new Map<string, State>();
  readonly #save: (state: State) => void;

  constructor(save: (state: State) => void = () => {}) {
    this.#save = save;
  }

  append(entries: readonly Entry[]): void {
    this.entries.push(...entries);
    this.unsaved += entries.length;
  }

  fold(state: State): void {
    this.#save(state);
    this.unsaved = 0;
    this.saves++;
  }

  saveTo(state: State, path: string): void {
    this.copies.set(path, state);
  }

  loadFrom(path: string): { state: State } {
    const state = this.copies.get(path);
    if (state === undefined) throw new Error('no such file');
    return { state };
  }
}
