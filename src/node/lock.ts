import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { DataError } from '../errors.ts';
import { toDataError } from './durable-file.ts';
import { followLinks } from './find.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Lets go of a lock. */
export type Unlock = () => void;

/**
 * Takes the lock of a file, `FILE.lock`, which says who holds it. That of a process of this host that is no more is
 * taken over.
 * @throws DataError naming the holder
 */
export function lock(path: string): Unlock {
  try {
    return acquire(`${followLinks(path)}.lock`);
  } catch (error) {
    throw toDataError(path, error);
  }
}

function acquire(path: string): Unlock {
  // Written first and then linked, so that nobody reads a lock that does not yet say whose it is.
  const mine = `${path}.${process.pid}`;
  const unlock = () => rmSync(path, { force: true });
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder));
  try {
    for (;;) {
      if (link(mine, path)) return unlock;
      const held = read(path);
      if (held === undefined) continue; // let go of in the meantime
      const holder = parse(held);
      if (holder === undefined || holder.host !== hostname() || isAlive(holder.pid)) throw refuse(path, holder);
      // A dead one's: of those who find it, one at a time looks again and takes it over.
      const done = acquire(`${path}.takeover`);
      try {
        if (read(path) !== held) continue;
        renameSync(mine, path);
        return unlock;
      } finally {
        done();
      }
    }
  } finally {
    rmSync(mine, { force: true });
  }
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

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && typeof host === 'string' ? { pid: pid as number, host } : undefined;
  } catch {
    return undefined;
  }
}

/** A process that restarts in a container may get the number of the one it follows: its own is no other's. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  return pid !== process.pid && !isZombie(pid);
}

/** Whether a process has ended, and its parent has not asked for its exit code, as in containers without an init. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false; // no Linux, or no longer there
  }
}

function refuse(path: string, holder: Holder | undefined): DataError {
  const who = holder === undefined ? 'someone unknown' : `process ${holder.pid} on ${holder.host}`;
  return new DataError('locked', `in use by ${who}; if that is wrong, delete ${path}`);
}
