import { DataError } from '../errors.ts';
import { HEAD, headLength } from '../logs/part-hash.ts';
import { stepInPath } from '../logs/path-facts.ts';
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
  /** Logs at known paths that are not what was taken there. */
  readonly #changed = new Map<Source, Log>();
  /** Paths at which there is another log now. */
  readonly #replaced = new Set<string>();
  /** Logs of earlier runs. */
  readonly #known: LogIndex;
  /** Logs of this run that are new, or have grown. */
  readonly #now: LogIndex;
  /** What was taken of each log before, of which more may come. */
  readonly #before = new Map<Source, Log>();

  readonly #stepOf: (path: string) => number | undefined;

  /** @param stepFromPath whether logs of the same bytes are others where their paths have other steps */
  constructor(ledger: Ledger, access: LogAccess, stepFromPath = false) {
    this.#ledger = ledger;
    this.#access = access;
    this.#stepOf = stepFromPath ? stepInPath : () => undefined;
    this.#known = new LogIndex(access, this.#stepOf, ledger.logs);
    this.#now = new LogIndex(access, this.#stepOf);
  }

  /** Looks at all logs that are not what was known at their path, before any is read. */
  async prepare(sources: readonly Source[]): Promise<void> {
    const there: [source: Source, known: Log][] = [];
    for (const source of sources) {
      if (isStream(source)) continue;
      const known = this.#ledger.before(toPath(source));
      if (known !== undefined) there.push([source, known]);
      else this.#strangers.set(source, await this.#known.find(source));
    }
    for (const [source, known] of there) {
      if (await this.#hasChanged(source, known)) this.#changed.set(source, known);
    }
    for (const [source, known] of this.#changed) {
      const other = await this.#known.find(source, known);
      const isElsewhere = await this.#isElsewhere(source, known);
      if (!isElsewhere && !isDistinct(known, other)) continue; // rewritten, which is refused
      this.#replaced.add(known.path);
      this.#strangers.set(source, other);
    }
    for (const [source, same] of this.#strangers) if (same !== undefined) this.moved.set(toPath(source), same.path);
  }

  /** Takes note of what was read, unless it was nothing: such as the header of a CSV, with which others begin too. */
  add({ bytes, sha256 = '', head, rows, skipped }: Taken, source: Source): void {
    const isNew = !this.#before.has(source);
    if (isNew && rows === 0 && Object.keys(skipped).length === 0) return;
    const log = { path: toPath(source), bytes, sha256, head };
    this.logs.push(log);
    if (bytes > (this.#before.get(source)?.bytes ?? 0)) this.#now.add(log);
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
    const before = await this.#takenOf(source);
    if (before !== undefined) this.#before.set(source, before);
    return before;
  }

  async #takenOf(source: Source): Promise<Log | undefined> {
    const path = toPath(source);
    if (this.#paths.has(path)) throw new DataError('taken', 'given twice', { file: source.name });
    this.#paths.add(path);
    const known = this.#ledger.before(path);
    if (isStream(source)) return path === STDIN ? undefined : known;
    if (known !== undefined && !this.#replaced.has(path)) {
      if (source.size === known.bytes) return known; // it has not grown
      const copy = await this.#now.find(source); // of which the rest may have been taken just now
      return copy !== undefined && copy.bytes > known.bytes ? copy : known;
    }
    const [earlier, now] = [this.#strangers.get(source), await this.#now.find(source)];
    const same = (now?.bytes ?? 0) > (earlier?.bytes ?? 0) ? now : earlier; // two may be parts of one log
    if (same !== undefined) this.moved.set(path, same.path);
    return same;
  }

  /** Whether a log is not what was taken at its path: by its beginning, or by all of it where another has appeared. */
  async #hasChanged(source: Source, known: Log): Promise<boolean> {
    const { gunzip } = this.#access;
    if (this.#strangers.size > 0) return (await partOf(source, known.bytes, gunzip))?.sha256 !== known.sha256;
    if (known.head === undefined) return false;
    return (await partOf(source, headLength(known), gunzip))?.head !== known.head;
  }

  /** Whether a log that was known at the path of another one has been moved from there. */
  async #isElsewhere(source: Source, known: Log): Promise<boolean> {
    for (const other of [...this.#strangers.keys(), ...this.#changed.keys()]) {
      if (other === source || this.#stepOf(toPath(other)) !== this.#stepOf(known.path)) continue;
      if ((await findSame(other, [known], this.#access.gunzip)) !== undefined) return true;
    }
    return false;
  }
}

/** Whether two logs begin so differently that one cannot be the other with changes: the first is gone. */
function isDistinct({ bytes, head }: Log, other: Log | undefined): boolean {
  if (other?.head === undefined || head === undefined) return false;
  return Math.min(bytes, other.bytes) >= HEAD && head !== other.head;
}

function isStream({ size }: Source): boolean {
  return size === undefined;
}

function toPath({ path, name }: Source): string {
  return path ?? name;
}
