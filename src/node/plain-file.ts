import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../errors.ts';

const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/** A file that is open for reading. */
export interface PlainFile {
  readonly byteLength: number;
  /** When it was written last, in milliseconds. */
  readonly changed: number;
  /** Fills `target` with the bytes that begin at a position; how many there were. */
  read(target: Uint8Array, position: number): number;
}

/**
 * What `body` makes of a file; undefined if there is none. A device or a pipe, which might never end, is refused.
 * @param followsLinks whether a symbolic link may lead to it
 * @throws DataError for what is no plain file; the error of the system
 */
export function withPlain<T>(path: string, followsLinks: boolean, body: (file: PlainFile) => T): T | undefined {
  let file: number;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | (followsLinks ? 0 : O_NOFOLLOW));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'ELOOP') throw new DataError('file', 'is a symbolic link, and no plain file', { file: path });
    if (code === 'ENXIO') throw new DataError('file', 'is no plain file', { file: path }); // a socket
    throw error;
  }
  try {
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new DataError('file', 'is a directory', { file: path });
    if (!stat.isFile()) throw new DataError('file', 'is no plain file', { file: path });
    return body({
      byteLength: stat.size,
      changed: stat.mtimeMs,
      read(target, position) {
        // A read takes less than 2 GiB.
        for (let at = 0; at < target.length; ) {
          const count = readSync(file, target, at, Math.min(target.length - at, 2 ** 30), position + at);
          if (count === 0) return at;
          at += count;
        }
        return target.length;
      },
    });
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file that is no link: see withPlain. */
export function readPlain(path: string): { bytes: Uint8Array; changed: number } | undefined {
  return withPlain(path, false, (file) => {
    const bytes = new Uint8Array(file.byteLength);
    return { bytes: bytes.subarray(0, file.read(bytes, 0)), changed: file.changed };
  });
}

/** The files beside `path` whose names begin with its name and `infix`. */
export function siblings(path: string, infix: string): string[] {
  const [folder, start] = [dirname(path), `${basename(path)}${infix}`];
  return readdirSync(folder)
    .filter((name) => name.startsWith(start))
    .map((name) => join(folder, name));
}

/** What names of files that this package makes beside another one end with; others are of someone else. */
const OWN = /^(takeover|(takeover\.)?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12})$/;

/** Removes the files that processes left that were killed while they wrote: all, or those older than `least` ms. */
export function sweep(path: string, infix: string, least?: number): void {
  const now = Date.now();
  for (const left of siblings(path, infix)) {
    if (!OWN.test(basename(left).slice(basename(path).length + infix.length))) continue;
    const stat = statSync(left, { throwIfNoEntry: false });
    // One that was written just now may be newer than `now`, which has whole milliseconds.
    const isOld = least === undefined || (stat !== undefined && now - stat.mtimeMs >= least);
    if (isOld) rmSync(left, { force: true });
  }
}
