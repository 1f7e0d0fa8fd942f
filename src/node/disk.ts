import {
  close,
  closeSync,
  fchmodSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { DataError } from '../errors.ts';

/** The calls of the system by which a state is written: a test records them, or lets one of them fail. */
export const disk = {
  close,
  closeSync,
  fchmodSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
};

export type Disk = typeof disk;

/** Writes all of the bytes at a position of a file. */
export function writeAll({ writeSync }: Disk, file: number, bytes: Uint8Array, position: number): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at, position + at);
}

/**
 * Makes new names in a folder durable. Windows cannot open a folder, and needs no such step; nor do file systems that
 * know no sync of a folder.
 * @throws DataError saying that the file is in place, but might not outlast a power cut
 */
export function syncFolder({ openSync, fsyncSync, closeSync }: Disk, path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EINVAL' || code === 'ENOTSUP') return;
    throw new DataError('file', `is written, but a power cut may undo it: its folder cannot be synced: ${message}`);
  } finally {
    closeSync(folder);
  }
}

/**
 * Keeps the file of a path until the function that is returned is called: so that its pages, when another one has taken
 * its place, are freed in another thread and not while requests wait (measured: 200 ms at 10,000,000 prompts).
 */
export function keepOpen({ openSync, close }: Disk, path: string): () => void {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return () => {};
  }
  return () => close(file, () => {});
}
