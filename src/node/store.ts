import { resolve } from 'node:path';
import { DataError, inFile } from '../errors.ts';
import { toViews } from '../state/codec.ts';
import { type Entry, replayEntries, toHistoryLine, toText } from '../state/journal.ts';
import type { Keeper } from '../state/keeper.ts';
import { toSection, writeSections } from '../state/sections.ts';
import { checkRule, checkSettings } from '../state/settings.ts';
import type { State } from '../state/state.ts';
import { type Disk, keepOpen, disk as system } from './disk.ts';
import { NEW, NewFile, toDataError } from './durable-file.ts';
import { followLinks, stat } from './find.ts';
import { appendHistory } from './history-file.ts';
import { JournalFile, OLD, removeJournal, type Sync } from './journal-file.ts';
import type { Lock } from './lock.ts';
import { sweep } from './plain-file.ts';
import { historyOf, identityOf, journalOf, readStored, type Stored } from './read-stored.ts';
import { PART, type Slow, writeSlowly } from './write-slowly.ts';

/** Prompts of a state that is written at once: that takes no longer than a request. */
const FEW = 50_000;

/** Milliseconds after which nobody goes on with the removal of a journal. */
const DAY = 86_400_000;

export interface StoreOptions {
  readonly sync?: Sync | undefined;
  /** Bytes of the history that are kept at least; 0: there is none. */
  readonly history?: number | undefined;
  /** The calls of the system. */
  readonly disk?: Disk | undefined;
}

/**
 * The files of a state whose lock this process holds: FILE, the journal of what it does not have yet, and the history of
 * what it has.
 */
export class Store implements Keeper {
  readonly #path: string;
  readonly #lock: Lock;
  readonly #disk: Disk;
  readonly #sync: Sync;
  readonly #history: number;
  /** Whether the history is a file that only this holder of the lock writes. */
  #ownsHistory: boolean;
  #saves = 0;
  /** SHA-256 of FILE, "" of none. */
  #digest: string;
  #identity: string;
  /** The first state, or the one that was read: its settings and rule are those of all that follow. */
  #like: State | undefined;
  /** Observations that FILE has. */
  #taken: number;
  /** JSON of those that it does not have. */
  #texts: string[] = [];
  #journal: JournalFile | undefined;
  /** Observations in the journal before those: FILE has them. */
  #passed = 0;
  #slow: Slow | undefined;

  /**
   * Removes what processes left that were killed, or were stopped before they replaced a file: only then it reads.
   * @throws DataError that names the file
   */
  static open(
    path: string,
    lock: Lock,
    options: StoreOptions = {},
  ): { store: Store; state: State | undefined; lost: number } {
    try {
      for (const file of [followLinks(path), journalOf(path), historyOf(path)]) sweep(file, NEW);
      sweep(journalOf(path), OLD, DAY);
      const stored = readStored(path);
      const store = new Store(path, lock, options, stored);
      if (stored === undefined) return { store, state: undefined, lost: 0 };
      return { store, state: inFile(path, () => store.#recover(stored)), lost: stored.lost };
    } catch (error) {
      throw toDataError(path, error);
    }
  }

  private constructor(path: string, lock: Lock, options: StoreOptions, stored: Stored | undefined) {
    const { sync = 'always', history = Number.POSITIVE_INFINITY, disk = system } = options;
    [this.#path, this.#lock, this.#sync, this.#history, this.#disk] = [path, lock, sync, history, disk];
    this.#digest = stored?.digest ?? '';
    this.#identity = stored?.identity ?? '';
    this.#like = stored?.state;
    this.#taken = stored?.state.taken ?? 0;
    this.#ownsHistory = !lock.isTakenOver && stored?.hasJournal !== true;
  }

  get unsaved(): number {
    return this.#texts.length;
  }

  get saves(): number {
    return this.#saves;
  }

  /** Begins with a new state, where there was none. */
  begin(state: State): void {
    this.#like = state;
  }

  append(entries: readonly Entry[]): void {
    const texts = entries.map(toText);
    try {
      if (this.#journal?.isOpen) this.#journal.append(texts);
      else this.#renew([...this.#texts, ...texts]);
    } catch (error) {
      throw toDataError(this.#path, error);
    }
    for (const text of texts) this.#texts.push(text);
  }

  fold(state: State, isNow: boolean): void {
    try {
      if (isNow || state.size <= FEW) this.#foldNow(state);
      else this.#foldSlowly(state);
    } catch (error) {
      throw toDataError(this.#path, error);
    }
  }

  saveTo(state: State, path: string): void {
    if (followLinks(resolve(path)) === followLinks(resolve(this.#path))) {
      throw new DataError('file', 'is the state itself: a save without a path saves it', { file: path });
    }
    checkCopy(path);
    try {
      const { file } = this.#write(state, path);
      file.commit(this.#lock.check);
    } catch (error) {
      throw toDataError(path, error);
    }
  }

  loadFrom(path: string, { settings, rule }: State): { state: State; warning: string | undefined } {
    const stored = readStored(path);
    if (stored === undefined) throw new DataError('no-state', 'no such file', { file: path });
    const state = inFile(path, () => {
      const { state: copy, entries } = stored;
      if (entries.length > 0) {
        const many = entries.length.toLocaleString('en');
        throw new DataError(
          'journal',
          `the journal beside it has ${many} observations more: "state compact" folds them`,
        );
      }
      checkSettings(copy.settings, settings);
      if (rule === undefined) return copy;
      if (copy.rule !== undefined) {
        checkRule(copy.rule, rule);
        checkRule(rule, copy.rule); // also what only the copy has
      }
      return copy.forLogs([], rule);
    });
    this.#cancelSlow();
    let digest: string | undefined;
    let warning: string | undefined;
    try {
      const written = this.#write(state, this.#path);
      if (written.digest === this.#digest) {
        written.file.abandon();
        this.#forget();
      } else {
        digest = written.digest;
        // What the copy has of the journal goes into the history first.
        const shared = this.#texts.slice(0, Math.max(0, state.taken - this.#taken));
        this.#fold(written.file, digest, this.#texts.length, state.taken, shared);
      }
    } catch (error) {
      const wrong = toDataError(this.#path, error);
      if (digest === undefined || this.#digest !== digest) throw wrong;
      warning = wrong.message; // it is FILE now, and what goes on with another one would be lost
    }
    try {
      this.#writeHistory([]); // what was observed after that checkpoint is no part of the state any more
    } catch {
      // it is cut before anything is added to it
    }
    return { state, warning };
  }

  /** Takes the observations of the journal into the state, and puts a journal of this process in its place. */
  #recover({ state, entries, hasJournal }: Stored): State {
    this.#texts = entries.map(toText);
    if (entries.length > 0) this.#renew(this.#texts);
    else if (hasJournal) removeJournal(journalOf(this.#path), this.#lock, this.#disk);
    return replayEntries(state, entries);
  }

  /** Begins a journal with these observations. */
  #renew(texts: readonly string[]): void {
    this.#journal?.close();
    const isFirst = this.#digest === '';
    const header = {
      journal: 1,
      base: this.#digest,
      ...(this.#sync === 'os' && { sync: this.#sync }),
      ...(isFirst && { settings: this.#like?.settings, rule: this.#like?.rule }),
    } as const;
    this.#journal = new JournalFile(journalOf(this.#path), header, texts, this.#lock, this.#sync, this.#disk);
    this.#passed = 0;
  }

  /** Goes back to FILE, in one step: a mark of what FILE has would count the journal as part of it. */
  #forget(): void {
    if (this.#texts.length === 0) return;
    try {
      this.#renew([]);
    } catch (error) {
      try {
        this.#renew(this.#texts); // the empty one may be in place
      } catch {
        // the next observation begins a journal with all of them
      }
      throw error;
    }
    this.#texts = [];
  }

  #foldNow(state: State): void {
    this.#cancelSlow();
    const { file, digest } = this.#write(state, this.#path);
    this.#fold(file, digest, this.#texts.length, state.taken);
  }

  /** Writes the state as it is now part by part, between the requests that follow. */
  #foldSlowly(state: State): void {
    if (this.#slow !== undefined) {
      const { error } = this.#slow;
      if (error === undefined) return;
      this.#slow = undefined;
      throw error;
    }
    const count = this.#texts.length;
    const { taken } = state;
    this.#slow = writeSlowly(state, new NewFile(this.#path, this.#lock.nonce, this.#disk), (file, digest) => {
      this.#fold(file, digest, count, taken);
      this.#slow = undefined;
    });
  }

  #cancelSlow(): void {
    this.#slow?.cancel();
    this.#slow = undefined;
  }

  #write(state: State, path: string): { file: NewFile; digest: string } {
    const file = new NewFile(path, this.#lock.nonce, this.#disk);
    const parts = writeSections(toViews(state).map(toSection), (bytes, at) => file.write(bytes, at), PART);
    for (;;) {
      const { done, value } = parts.next();
      if (done) return { file, digest: value };
    }
  }

  /** Puts a file that has the first so many of the observations in place of FILE, and those into the history. */
  #fold(
    file: NewFile,
    digest: string,
    count: number,
    taken: number,
    texts: readonly string[] = this.#texts.slice(0, count),
  ): void {
    try {
      this.#writeHistory(texts);
    } catch (error) {
      file.abandon();
      throw error;
    }
    this.#replace(file, digest, count, taken);
  }

  #replace(file: NewFile, digest: string, count: number, taken: number): void {
    try {
      // The journal says first which state has what, so that nothing is counted twice if this ends in between.
      if (this.#journal?.isOpen === false) this.#renew(this.#texts);
      this.#journal?.mark(digest, this.#passed + count);
    } catch (error) {
      file.abandon();
      throw error;
    }
    const check = (): void => {
      this.#lock.check();
      this.#checkIdentity();
    };
    const letGo = keepOpen(this.#disk, this.#path);
    try {
      file.commit(check, (descriptor) => {
        this.#disk.closeSync(descriptor);
        this.#digest = digest;
        this.#identity = identityOf(this.#path);
        this.#taken = taken;
        this.#texts.splice(0, count);
        this.#passed += count;
        this.#saves++;
      });
    } finally {
      letGo();
    }
    if (this.#journal === undefined) return;
    if (this.#texts.length > 0) this.#renew(this.#texts);
    else {
      this.#journal.close();
      removeJournal(journalOf(this.#path), this.#lock, this.#disk);
      this.#journal = undefined;
      this.#passed = 0;
    }
  }

  #writeHistory(texts: readonly string[]): void {
    if (this.#history === 0) return;
    const lines = texts.map((text, i) => toHistoryLine(text, this.#taken + i));
    appendHistory(historyOf(this.#path), lines, this.#taken, this.#history, this.#ownsHistory, this.#lock, this.#disk);
    this.#ownsHistory = true;
  }

  #checkIdentity(): void {
    const identity = identityOf(this.#path);
    if (identity === '' || identity === this.#identity) return;
    throw new DataError('file', 'was replaced or written by someone else since it was read: it is left as it is');
  }
}

/** Refuses to write a copy over a file that stands beside a state, or over a state that someone may be using. */
function checkCopy(path: string): void {
  const target = followLinks(resolve(path));
  const ending = ['.journal', '.history', '.lock'].find((one) => target.endsWith(one));
  if (ending !== undefined) {
    throw new DataError('file', `is no name for a copy: names in ${ending} are of files beside a state`, {
      file: path,
    });
  }
  const beside = ['.lock', '.journal'].map((one) => `${target}${one}`).find((one) => stat(one) !== undefined);
  if (beside !== undefined) throw new DataError('file', `may be in use: ${beside} is there`, { file: path });
}
