import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DataError } from '../errors.ts';

const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/**
 * The bytes of a file; undefined if there is none. A device or a pipe, which might never end, is refused.
 * @param followsLinks whether a symbolic link may lead to it
 * @throws DataError for what is no plain file; the error of the system
 */
export function readPlain(path: string, followsLinks = false): { bytes: Uint8Array; changed: number } | undefined {
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
    const bytes = new Uint8Array(stat.size);
    let at = 0;
    // A read takes less than 2 GiB.
    while (at < bytes.length) {
      const count = readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), at);
      if (count === 0) break;
      at += count;
    }
    return { bytes: bytes.subarray(0, at), changed: stat.mtimeMs };
  } finally {
    closeSync(file);
  }
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
