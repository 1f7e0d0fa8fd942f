import { fstatSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Disk, syncFolder, writeAll } from './disk.ts';
import { NewFile } from './durable-file.ts';
import { stat } from './find.ts';
import type { Lock } from './lock.ts';

/** Bytes that are read at once. */
const BLOCK = 4096;

/**
 * Appends lines to a history, `{"n":N,...}` each with the next N, after removing those from `first` on: what a crash left
 * that came before the state that has them, or what was observed after a checkpoint that was gone back to.
 * @param isOwn whether nobody else may still be writing to the file, as a holder of the lock that was stopped for a while:
 * otherwise a copy takes its place first, so that such a holder writes where nobody reads
 * @param most bytes that are kept at least, if there are so many; it may grow to twice as many before it is cut
 */
export function appendHistory(
  path: string,
  lines: readonly string[],
  first: number,
  most: number,
  isOwn: boolean,
  lock: Lock,
  disk: Disk,
): void {
  const isNew = stat(path) === undefined;
  if (isNew && lines.length === 0) return;
  if (!isNew && !isOwn) copyInPlace(path, lock, disk);
  const file = disk.openSync(path, isNew ? 'wx+' : 'r+');
  try {
    const end = findLine(file, first);
    const bytes = new TextEncoder().encode(lines.join(''));
    lock.check();
    writeAll(disk, file, bytes, end);
    disk.ftruncateSync(file, end + bytes.length);
    disk.fsyncSync(file);
    if (isNew) syncFolder(disk, dirname(path));
    if (end + bytes.length > 2 * most) keepLast(path, file, end + bytes.length, most, lock, disk);
  } finally {
    disk.closeSync(file);
  }
}

/** Where the first line begins whose N is at least `first`; the end of the file if there is none. */
function findLine(file: number, first: number): number {
  const { size } = fstatSync(file);
  // The lines are in order of N: behind some position each next line is such a line, and before it none is.
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const n = numberAt(file, lineFrom(file, middle, size));
    if (n === undefined || n >= first) high = middle;
    else low = middle + 1;
  }
  return lineFrom(file, low, size);
}

/** Where the first line begins at or behind `from`; the end of the file if none does. */
function lineFrom(file: number, from: number, size: number): number {
  if (from === 0) return 0;
  const block = new Uint8Array(BLOCK);
  for (let at = from - 1; at < size; at += BLOCK) {
    const count = readSync(file, block, 0, BLOCK, at);
    const newline = block.subarray(0, count).indexOf(10);
    if (newline >= 0) return at + newline + 1;
  }
  return size;
}

/** N of the line that begins there. */
function numberAt(file: number, at: number): number | undefined {
  const start = new Uint8Array(32);
  const count = readSync(file, start, 0, start.length, at);
  const [, digits] = /^\{"n":(\d+),/.exec(new TextDecoder().decode(start.subarray(0, count))) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function copyInPlace(path: string, lock: Lock, disk: Disk): void {
  const file = disk.openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    keepLast(path, file, size, size, lock, disk);
  } finally {
    disk.closeSync(file);
  }
}

/** Cuts a history to the lines of its last bytes. */
function keepLast(path: string, file: number, size: number, most: number, lock: Lock, disk: Disk): void {
  const start = lineFrom(file, size - most, size);
  const next = new NewFile(path, lock.nonce, disk);
  const block = new Uint8Array(BLOCK);
  for (let at = start; at < size; ) {
    const count = readSync(file, block, 0, BLOCK, at);
    if (count === 0) break;
    next.write(block.subarray(0, count));
    at += count;
  }
  next.commit(lock.check);
}
