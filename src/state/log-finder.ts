import { DataError } from '../errors.ts';
import type { Taken } from '../logs/read-options.ts';
import { findSame, partOf } from '../logs/same-log.ts';
import type { Source } from '../logs/source.ts';
import { type Ledger, type Log, STDIN } from './ledger.ts';
import { type LogAccess, LogIndex } from './log-index.ts';

/** Knows the logs of a ledger again, by path or by what they hold. */
export class LogFinder {
  /** What was taken of all logs so far, in this run. */
  readonly logs: Log[] = [];
  /** By the path now: the path under which the log was known. */
  readonly moved = new Map<string, string>();
  readonly #access: LogAccess;
  readonly #ledger: Ledger;
  readonly #paths = new Set<string>();
  /** What was taken of those that are new by their path. */
  readonly #strangers = new Map<Source, Log | undefined>();
  /** Paths at which there is another log now. */
  readonly #replaced = new Set<string>();
  /** Logs of this run. */
  readonly #now: LogIndex;

  constructor(ledger: Ledger, access: LogAccess) {
    this.#ledger = ledger;
    this.#access = access;
    this.#now = new LogIndex(access);
  }

  /** Looks at all logs that are new by their path, before any is read. */
  async prepare(sources: readonly Source[]): Promise<void> {
    const known = new LogIndex(this.#access, this.#ledger.logs);
    for (const source of sources) {
      if (isStream(source) || this.#ledger.before(toPath(source)) !== undefined) continue;
      const same = await known.find(source);
      this.#strangers.set(source, same);
      if (same !== undefined) this.moved.set(toPath(source), same.path);
    }
  }

  /** Takes note of what was read. */
  add({ bytes, sha256 = '', head }: Taken, source: Source): void {
    const log = { path: toPath(source), bytes, sha256, head };
    this.logs.push(log);
    this.#now.add(log);
  }

  /** Whether a log is no longer where it was. */
  isGone(path: string): boolean {
    const { reopen } = this.#access;
    return path !== STDIN && (this.#replaced.has(path) || (reopen !== undefined && reopen(path) === undefined));
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
    const [earlier, now] = [this.#strangers.get(source), await this.#now.find(source)];
    const same = (now?.bytes ?? 0) > (earlier?.bytes ?? 0) ? now : earlier; // two may be parts of one log
    if (same !== undefined) this.moved.set(path, same.path);
    return same;
  }

  /** Whether another log is now at the path of one that was moved to elsewhere. */
  async #isReplaced(source: Source, known: Log): Promise<boolean> {
    if (this.#strangers.size === 0) return false;
    const { gunzip } = this.#access;
    const now = await partOf(source, known.bytes, gunzip);
    if (now?.sha256 === known.sha256) return false;
    for (const stranger of this.#strangers.keys()) {
      if ((await findSame(stranger, [known], gunzip)) === undefined) continue;
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
