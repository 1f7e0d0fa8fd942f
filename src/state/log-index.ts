import { HEAD } from '../logs/part-hash.ts';
import { findSame, partOf, wholeOf } from '../logs/same-log.ts';
import type { Gunzip, Source } from '../logs/source.ts';
import { type Log, STDIN } from './ledger.ts';

/** How to come at logs that were read before. */
export interface LogAccess {
  readonly gunzip?: Gunzip | undefined;
  /** The log at a path; undefined if there is none any more. Without it nobody knows. */
  readonly reopen?: ((path: string) => Source | undefined) | undefined;
}

/** Logs of less than a kilobyte that a log is compared with: of more, a new name is not noticed. */
const MOST_SMALL = 256;

/** Finds logs by what they hold. */
export class LogIndex {
  readonly #access: LogAccess;
  /** By the hash of their beginning. */
  readonly #long = new Map<string, Log[]>();
  readonly #short: Log[] = [];

  constructor(access: LogAccess, logs: Iterable<Log> = []) {
    this.#access = access;
    for (const log of logs) this.add(log);
  }

  add(log: Log): void {
    if (log.bytes === 0) return;
    if (log.bytes < HEAD || log.head === undefined) this.#short.push(log);
    else this.#long.set(log.head, [...(this.#long.get(log.head) ?? []), log]);
  }

  /** The log with which another one begins, or which begins with all of it: then all of it has been taken. */
  async find(source: Source, but?: Log): Promise<Log | undefined> {
    const { gunzip, reopen } = this.#access;
    if (this.#long.size === 0 && this.#short.length === 0) return undefined;
    const short = this.#short.length > MOST_SMALL ? [] : this.#short;
    const start = this.#long.size === 0 ? undefined : await partOf(source, HEAD, gunzip); // undefined of a shorter log
    const long = start === undefined ? [] : (this.#long.get(start.head ?? '') ?? []);
    const alike = [...short, ...long].filter((log) => log !== but);
    if (alike.length === 0) return undefined;
    const same = await findSame(source, alike, gunzip);
    if (same !== undefined || long.length === 0) return same;
    const own = await wholeOf(source, gunzip);
    if (own === undefined) return undefined;
    for (const log of long) {
      const other = log.bytes > own.bytes && log.path !== STDIN ? reopen?.(log.path) : undefined;
      if (other === undefined) continue;
      const part = await partOf(other, own.bytes, gunzip);
      if (part?.sha256 === own.sha256) return { ...own, path: log.path };
    }
    return undefined;
  }
}
