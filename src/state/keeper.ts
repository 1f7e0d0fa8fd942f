import type { Entry } from './journal.ts';
import type { State } from './state.ts';

/** Keeps what a session takes: src/node keeps it in files. */
export interface Keeper {
  /** Observations that only the journal has, and the state on the disk has not yet. */
  readonly unsaved: number;
  /** How often the state was written whole. */
  readonly saves: number;
  /**
   * Makes observations durable before it returns.
   * @throws if it cannot: none of them is then kept
   */
  append(entries: readonly Entry[]): void;
  /**
   * Writes the state whole, with all that the journal has.
   * @param isNow before it returns; else it may be done little by little while the session goes on
   * @throws if it cannot; the journal then keeps what it has
   */
  fold(state: State, isNow: boolean): void;
  /** Writes a copy of the state to another path. */
  saveTo(state: State, path: string): void;
  /**
   * Puts the state of another path in place of `now`, which is kept, and returns it; it has the rule of `now`. `warning`
   * says what is wrong if it is in place, and might not outlast a power cut.
   * @throws if it has other settings, or another rule, or is not in place
   */
  loadFrom(path: string, now: State): { readonly state: State; readonly warning?: string | undefined };
}
