import { DataError } from '../errors.ts';
import { HEAD } from '../logs/part-hash.ts';
import type { Taken } from '../logs/read-rows.ts';
import { findSame, partOf, wholeOf } from '../logs/same-log.ts';
import type { Gunzip, Source } from '../logs/source.ts';
import { type Ledger, type Log, STDIN } from './ledger.ts';

/** Logs of less than a kilobyte that a log is compared with: of more, a new name is not noticed. */
const MOST_SMALL = 256;

/** How to come at logs that were read before. */
export interface LogAccess {
  readonly gunzip?: Gunzip | undefined;
  /** The log at a path; undefined if there is none any more. Without it nobody knows. */
  readonly reopen?: ((path: string) => Source | undefined) | undefined;
}

/** Knows logs again, by path or by what they hold. */
export class LogFinder {
  /** What was taken of all logs so far, in this run. */
  readonly logs: Log[] = [];
  /** By the path now: the path under which the log was known. */
  readonly moved = new Map<string, string>();
  readonly #ledger: Ledger;
  readonly #gunzip: Gunzip | undefined;
  readonly #reopen: LogAccess['reopen'];
  readonly #paths = new Set<string>();
  /** Those that are new by their path. */
  readonly #strangers: readonly Source[];
  /** Paths at which there is another log now. */
  readonly #replaced = new Set<string>();
  /** By their beginning. */
  readonly #long = new Map<string, Log[]>();
  readonly #short: Log[] = [];

  constructor(ledger: Ledger, sources: readonly Source[], { gunzip, reopen }: LogAccess) {
    this.#ledger = ledger;
    this.#gunzip = gunzip;
    this.#reopen = reopen;
    for (const log of ledger.logs) this.#note(log);
    this.#strangers = sources.filter((source) => !isStream(source) && ledger.before(toPath(source)) === undefined);
  }

  /** Takes note of what was read. */
  add({ bytes, sha256 = '', head }: Taken, source: Source): void {
    const log = { path: toPath(source), bytes, sha256, head };
    this.logs.push(log);
    this.#note(log);
  }

  /** Whether a log is no longer where it was. */
  isGone(path: string): boolean {
    return path !== STDIN && (this.#replaced.has(path) || (this.#reopen !== undefined && !this.#reopen(path)));
  }

  /**
   * What was taken of a log before, in an earlier run or in this one.
   * @throws DataError for a log that is given twice
   */
  async before(source: Source): Promise<Log | undefined> {
    const path = toPath(source);
    if (this.#paths.has(path)) throw new DataError('taken', 'given twice', { file: source.name });
    this.#paths.add(path);
    const known = this.#ledger.before(path);
    if (isStream(source)) return path === STDIN ? undefined : known;
    if (known !== undefined && !(await this.#isReplaced(source, known))) return known;
    const same = await this.#findSame(source, known);
    if (same !== undefined) this.moved.set(path, same.path);
    return same;
  }

  #note(log: Log): void {
    if (log.bytes === 0) return;
    if (log.bytes < HEAD || log.head === undefined) this.#short.push(log);
    else this.#long.set(log.head, [...(this.#long.get(log.head) ?? []), log]);
  }

  /** The log with which another one begins, or which begins with all of it: then all of it has been taken. */
  async #findSame(source: Source, but: Log | undefined): Promise<Log | undefined> {
    if (this.#long.size === 0 && this.#short.length === 0) return undefined;
    const short = this.#short.length > MOST_SMALL ? [] : this.#short;
    const start = await partOf(source, HEAD, this.#gunzip); // undefined of a log that is shorter
    const long =
      start === undefined ? [...this.#long.values()].slice(0, MOST_SMALL).flat() : this.#long.get(start.head ?? '');
    const alike = [...short, ...(long ?? [])].filter((log) => log !== but);
    const same = alike.length === 0 ? undefined : await findSame(source, alike, this.#gunzip);
    if (same !== undefined || alike.length === 0) return same;
    const own = await wholeOf(source, this.#gunzip);
    for (const log of alike) {
      if (log.bytes <= own.bytes || own.bytes === 0 || log.path === STDIN) continue;
      const other = this.#reopen?.(log.path);
      if (other === undefined) continue;
      const part = await partOf(other, own.bytes, this.#gunzip);
      if (part?.sha256 === own.sha256) return { ...own, path: log.path };
    }
    return undefined;
  }

  /** Whether another log is now at the path of one that was moved to elsewhere. */
  async #isReplaced(source: Source, known: Log): Promise<boolean> {
    if (this.#strangers.length === 0) return false;
    const now = await partOf(source, known.bytes, this.#gunzip);
    if (now?.sha256 === known.sha256) return false;
    for (const stranger of this.#strangers) {
      if ((await findSame(stranger, [known], this.#gunzip)) === undefined) continue;
      this.#replaced.add(known.path);
      return true;
    }
    return false;
  }
}

function isStream({ size }: Source): boolean {
  return size === undefined;
}

function toPath({ path, name }: Source): string {
  return path ?? name;
}
