import { closeSync, fstatSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { DataError } from '../errors.ts';
import { toDataError } from './durable-file.ts';
import { followLinks } from './find.ts';
import { type Holder, isAlive, thisProcess, toHolder } from './holder.ts';
import { readPlain, sweep } from './plain-file.ts';

/** A holder writes its lock anew every so many milliseconds, which shows that it is alive to those that cannot see it. */
const BEAT = 3_000;
/** A holder that cannot be seen, and has not done so for so long, is taken for dead. */
const DEAD = 30_000;

/**
 * A lock of a state, held by this process. Whoever takes it over first puts a lock of its own in place, and only then
 * reads the state. So a holder that writes, then checks, and only then says that it has written, says so of nothing that
 * the next holder did not read: also if it was stopped in between for as long as you like.
 */
export interface Lock {
  /** Drawn anew for each lock. */
  readonly nonce: string;
  /** Whether another process held it, and did not let go of it: it may still be writing. */
  readonly isTakenOver: boolean;
  /** @throws DataError with the code `locked` if another process has taken it over, or it was deleted */
  check(): void;
  /** Lets go of it, if it is still held. */
  release(): void;
}

/**
 * Takes the lock of a file, `FILE.lock`, which says who holds it. That of a process that is no more is taken over.
 * @param isForced takes it over whoever holds it: the flag `--break-lock`
 * @throws DataError naming the holder
 */
export function lock(path: string, isForced = false): Lock {
  try {
    const at = `${followLinks(path)}.lock`;
    const held = acquire(at, isForced);
    sweep(at, '.', DEAD); // what others left that were killed while they tried
    return held;
  } catch (error) {
    throw toDataError(path, error);
  }
}

function acquire(path: string, isForced: boolean): Lock {
  const holder = thisProcess();
  const text = JSON.stringify(holder);
  // Written first and then linked, so that nobody reads a lock that does not yet say whose it is.
  const mine = `${path}.${holder.nonce}`;
  const file = openSync(mine, 'wx');
  let isHeld = false;
  let isTakenOver = false;
  try {
    writeSync(file, text);
    while (!link(mine, path)) {
      const found = readPlain(path);
      if (found === undefined) continue; // let go of in the meantime
      const held = new TextDecoder().decode(found.bytes);
      const other = toHolder(held);
      const age = fstatSync(file).mtimeMs - found.changed; // both by the clock of the file system
      if (!isForced && !isLost(other, age)) throw refuse(path, other, age);
      // Of those who find a lost one, one at a time looks again and takes it over.
      const turn = acquire(`${path}.takeover`, false);
      try {
        const again = readPlain(path);
        if (again === undefined || new TextDecoder().decode(again.bytes) !== held) continue;
        renameSync(mine, path);
        isTakenOver = true;
        break;
      } finally {
        turn.release();
      }
    }
    isHeld = true;
    return keep(path, text, holder, file, isTakenOver);
  } finally {
    rmSync(mine, { force: true });
    if (!isHeld) closeSync(file);
  }
}

/** The lock at `path`, whose open file is `file`: what is written there harms no lock that has taken its place. */
function keep(path: string, text: string, { nonce }: Holder, file: number, isTakenOver: boolean): Lock {
  let isOpen = true;
  const beat = setInterval(() => {
    try {
      writeSync(file, text, 0);
    } catch {
      // a full disk or a lost one: the next write of the state will say so
    }
  }, BEAT).unref();
  const isMine = (at: string): boolean => {
    const found = readPlain(at);
    return found !== undefined && new TextDecoder().decode(found.bytes) === text;
  };
  return {
    nonce,
    isTakenOver,
    check() {
      if (isOpen && isMine(path)) return;
      const reason = 'another process has taken over its lock: nothing more is written here';
      throw new DataError('locked', reason);
    },
    release() {
      if (!isOpen) return;
      isOpen = false;
      clearInterval(beat);
      closeSync(file);
      if (isMine(path)) takeAway(path, `${path}.${nonce}`, isMine);
    },
  };
}

/** Removes a file that is this process's own; one that took its place just now is put back. */
function takeAway(path: string, aside: string, isMine: (path: string) => boolean): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!isMine(aside)) link(aside, path);
  rmSync(aside, { force: true });
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Whether nobody holds a lock any more. */
function isLost(holder: Holder | undefined, age: number): boolean {
  const alive = holder === undefined ? undefined : isAlive(holder);
  return alive === undefined ? age > DEAD : !alive;
}

function refuse(path: string, holder: Holder | undefined, age: number): DataError {
  const who = holder === undefined ? 'someone unknown' : `process ${holder.pid} on ${holder.host}`;
  const alive = holder === undefined ? undefined : isAlive(holder);
  const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));
  const when =
    alive === undefined
      ? `, seen ${seconds(age)} s ago from another container or machine: it counts as dead after ${DEAD / 1000} s`
      : '';
  return new DataError('locked', `in use by ${who}${when}; if that is wrong, delete ${path}`);
}
