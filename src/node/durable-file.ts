import { closeSync, fchmodSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from '../errors.ts';
import { followLinks, stat } from './find.ts';

/** The bytes of a file; undefined if there is none. */
export function readState(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw toDataError(path, error);
  }
}

/**
 * Replaces a file in one step that a crash of the process or the machine cannot split: whoever opens it finds all of
 * the old bytes or all of the new ones. One writer at a time: see lock.ts.
 */
export function replaceState(path: string, bytes: Uint8Array): void {
  try {
    const target = followLinks(path); // a link to it is not what is replaced
    const next = `${target}.new`;
    const mode = stat(target)?.mode;
    const file = openSync(next, 'w');
    try {
      if (mode !== undefined) fchmodSync(file, mode & 0o777);
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, target);
    syncFolder(dirname(target));
  } catch (error) {
    throw toDataError(path, error);
  }
}

/** So that the new name is on the disk too. Windows cannot open a folder, and needs no such step. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

export function toDataError(path: string, error: unknown): DataError {
  return error instanceof DataError ? error.at(path) : new DataError('file', (error as Error).message, { file: path });
}
