import { dirname } from 'node:path';
import { DataError } from '../errors.ts';
import { type Disk, syncFolder, disk as system, writeAll } from './disk.ts';
import { followLinks, stat } from './find.ts';

/** What stands between the name of a file and the nonce in the name of the one that will take its place. */
export const NEW = '.new.';

/**
 * A file that is written beside another one, and takes its place in one step that a crash of the process or the machine
 * cannot split: whoever opens the name finds all of the old bytes or all of the new ones. If any step fails, it is
 * removed.
 */
export class NewFile {
  readonly #disk: Disk;
  readonly #target: string;
  readonly #path: string;
  readonly #file: number;
  #end = 0;
  /** Until it is in place, or gone. */
  #isOpen = true;

  /** @param nonce makes the name its own: the next holder of the lock removes what it finds under such names */
  constructor(path: string, nonce: string, disk: Disk = system) {
    this.#disk = disk;
    this.#target = followLinks(path); // a link to it is not what is replaced
    this.#path = `${this.#target}${NEW}${nonce}`;
    this.#file = disk.openSync(this.#path, 'wx+');
    const mode = stat(this.#target)?.mode;
    this.#try(() => mode !== undefined && disk.fchmodSync(this.#file, mode & 0o777));
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#end;
  }

  /** Writes behind what was written, or at a position before its end. */
  write(bytes: Uint8Array, position = this.#end): void {
    this.#try(() => writeAll(this.#disk, this.#file, bytes, position));
    this.#end = Math.max(this.#end, position + bytes.length);
  }

  /** Makes the bytes durable without blocking. */
  async sync(): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#disk.fsync(this.#file, (error) => (error === null ? resolve() : reject(error)));
      });
    } catch (error) {
      this.abandon();
      throw error;
    }
  }

  /**
   * Syncs, and takes the place of the file.
   * @param check is called last before that, and throws if it may not
   * @param done is called when it has, with the open file, which the caller closes
   * @throws DataError also if it is in place, but might not outlast a power cut
   */
  commit(check: () => void, done: (file: number) => void = (file) => this.#disk.closeSync(file)): void {
    this.#try(() => {
      this.#disk.fsyncSync(this.#file);
      check();
      this.#disk.renameSync(this.#path, this.#target);
    });
    this.#isOpen = false;
    done(this.#file);
    syncFolder(this.#disk, dirname(this.#target));
  }

  abandon(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#disk.closeSync(this.#file);
    } finally {
      this.#disk.rmSync(this.#path, { force: true });
    }
  }

  #try(body: () => unknown): void {
    try {
      body();
    } catch (error) {
      this.abandon();
      throw error;
    }
  }
}

export function toDataError(path: string, error: unknown): DataError {
  if (error instanceof DataError) return error.file === undefined ? error.at(path) : error;
  return new DataError('file', (error as Error).message, { file: path });
}
