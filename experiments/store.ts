// Files of a run that can be killed at any moment: a journal of what is done, and checkpoints of base policies.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Checkpoints, Result } from './jobs.ts';

/** The lines of the journal that were written whole; what a kill left of another is cut off. */
export function openJournal(file: string): Result[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Result);
}

/** Adds a line, which is on the disk when this returns. */
export function append(file: string, result: Result): void {
  const handle = openSync(file, 'a');
  writeSync(handle, `${JSON.stringify(result)}\n`);
  fsyncSync(handle);
  closeSync(handle);
}

/** Puts the whole file in the place of the old one. */
export function replace(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.new`;
  writeFileSync(temporary, content, { flush: true });
  renameSync(temporary, file);
}

/** Checkpoints in a folder: the number of steps as four bytes, and what `Policy.save` gave. */
export function checkpointsIn(folder: string): Checkpoints {
  mkdirSync(folder, { recursive: true });
  const fileOf = (seed: number) => join(folder, `base-${seed}.bin`);
  return {
    read(seed) {
      if (!existsSync(fileOf(seed))) return undefined;
      const bytes = readFileSync(fileOf(seed));
      return { step: bytes.readUInt32LE(0), bytes: bytes.subarray(4) };
    },
    write(seed, step, bytes) {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(step);
      replace(fileOf(seed), Buffer.concat([head, bytes]));
    },
  };
}
