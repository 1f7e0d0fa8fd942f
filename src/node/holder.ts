import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process that holds a lock, named so that no other process of any machine is taken for it. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the running kernel: containers of one machine share it. Linux only. */
  readonly boot?: string | undefined;
  /** The PID namespace, in which alone `pid` means something. Linux only. */
  readonly namespace?: string | undefined;
  /** When the process started, in ticks since boot: tells it from a later one with the same pid. Linux only. */
  readonly start?: string | undefined;
  /** Drawn anew for each lock. */
  readonly nonce: string;
}

/** This process, with a new nonce. */
export function thisProcess(): Holder {
  return {
    pid: process.pid,
    host: hostname(),
    boot: attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    start: statOf(process.pid)?.start,
    nonce: randomUUID(),
  };
}

/** The holder that a lock names; undefined of a text that names none. */
export function toHolder(text: string): Holder | undefined {
  const value = attempt(() => JSON.parse(text) as Partial<Holder> | null);
  return Number.isInteger(value?.pid) && typeof value?.host === 'string'
    ? ({ nonce: '', ...value } as Holder)
    : undefined;
}

/**
 * Whether a process still runs, where that can be known: undefined of one in another PID namespace or on another
 * machine, whose processes cannot be seen from here.
 */
export function isAlive({ pid, host, boot, namespace, start }: Holder): boolean | undefined {
  const here = thisProcess();
  const isHere =
    here.boot === undefined
      ? boot === undefined && host === here.host
      : boot === here.boot && namespace === here.namespace;
  if (!isHere) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const stat = statOf(pid);
  if (stat === undefined) return true; // no Linux, or its files are hidden
  return stat.state !== 'Z' && (start === undefined || stat.start === start); // Z: it ended, but its parent has not noticed
}

function statOf(pid: number): { state: string; start: string } | undefined {
  return attempt(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // the name before may have spaces and brackets
    return { state: fields[0] as string, start: fields[19] as string };
  });
}

function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}
