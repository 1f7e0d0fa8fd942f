import { dirname } from 'node:path';
import { DataError } from '../errors.ts';
import { type JournalHeader, toBlock, toFold, toHeader } from '../state/journal.ts';
import { type Disk, syncFolder, writeAll } from './disk.ts';
import { NewFile } from './durable-file.ts';
import type { Lock } from './lock.ts';

/** When what is written counts as kept: `always` is synced to the disk, `os` is left to the operating system. */
export type Sync = 'always' | 'os';

/** The journal of a state, open for appending. */
export class JournalFile {
  readonly #path: string;
  readonly #lock: Lock;
  readonly #disk: Disk;
  readonly #sync: Sync;
  readonly #file: number;
  #size: number;
  #isOpen = true;

  /**
   * Puts a new journal in place of the one that may be there, with these observations in it. So whoever still writes to
   * the old one, as a holder of the lock that was stopped for a while, writes where nobody reads.
   * @param texts JSON of the observations
   */
  constructor(path: string, header: JournalHeader, texts: readonly string[], lock: Lock, sync: Sync, disk: Disk) {
    [this.#path, this.#lock, this.#sync, this.#disk] = [path, lock, sync, disk];
    const file = new NewFile(path, lock.nonce, disk);
    file.write(toHeader(header));
    if (texts.length > 0) file.write(toBlock(texts));
    this.#size = file.size;
    let opened = -1;
    file.commit(lock.check, (descriptor) => {
      opened = descriptor;
    });
    this.#file = opened;
  }

  /** @throws if they are not kept; nothing of them is then in the journal, unless it was read meanwhile */
  append(texts: readonly string[]): void {
    this.#lock.check();
    const before = this.#size;
    this.#write(toBlock(texts), this.#sync === 'always');
    try {
      this.#lock.check(); // last: see lock.ts
    } catch (error) {
      this.#size = before;
      this.#takeBack();
      this.close();
      throw error;
    }
  }

  /** Notes that the state of this digest has so many of the observations. */
  mark(digest: string, entries: number): void {
    this.#write(toFold(digest, entries), true);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): void {
    if (this.#isOpen) this.#disk.closeSync(this.#file);
    this.#isOpen = false;
  }

  #write(bytes: Uint8Array, isSynced: boolean): void {
    if (!this.#isOpen) throw new DataError('file', 'is closed after a write that failed', { file: this.#path });
    try {
      writeAll(this.#disk, this.#file, bytes, this.#size);
      if (isSynced) this.#disk.fsyncSync(this.#file);
    } catch (error) {
      this.#takeBack();
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Removes what a failed write has left. */
  #takeBack(): void {
    try {
      this.#disk.ftruncateSync(this.#file, this.#size);
    } catch {
      this.close(); // the next observation begins a new journal, with all that is to be in it
    }
  }
}

/** What stands in the name of a journal that is being removed: nobody removes it as one that was never in place. */
export const OLD = '.old.';

/**
 * Removes a journal, all of which the state has. One that a new holder has put in its place is put back, unless that holder
 * has put yet another one there, which has all that counts.
 */
export function removeJournal(path: string, lock: Lock, disk: Disk): void {
  lock.check();
  const aside = `${path}${OLD}${lock.nonce}`;
  disk.renameSync(path, aside);
  try {
    lock.check();
  } catch (error) {
    putBack(aside, path, disk);
    throw error;
  }
  disk.rmSync(aside, { force: true });
  syncFolder(disk, dirname(path));
}

function putBack(aside: string, path: string, disk: Disk): void {
  try {
    disk.linkSync(aside, path); // fails if one is there
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  disk.rmSync(aside, { force: true });
}
