import { HEAD, PartHash } from '../logs/part-hash.ts';
import { findSame, partOf, startOf, wholeOf } from '../logs/same-log.ts';
import type { Gunzip, Source } from '../logs/source.ts';
import { type Log, STDIN } from './ledger.ts';

/** How to come at logs that were read before. */
export interface LogAccess {
  readonly gunzip?: Gunzip | undefined;
  /** The log at a path; undefined if there is none any more. Without it nobody knows. */
  readonly reopen?: ((path: string) => Source | undefined) | undefined;
}

/** Finds logs by what they hold, among those whose rows their path gives the same step. */
export class LogIndex {
  readonly #access: LogAccess;
  readonly #stepOf: (path: string) => number | undefined;
  readonly #shelves = new Map<number | undefined, Shelf>();

  /** @param stepOf the step that a path gives to the rows of its log, if it does */
  constructor(access: LogAccess, stepOf: (path: string) => number | undefined, logs: Iterable<Log> = []) {
    this.#access = access;
    this.#stepOf = stepOf;
    for (const log of logs) this.add(log);
  }

  add(log: Log): void {
    const step = this.#stepOf(log.path);
    const shelf = this.#shelves.get(step) ?? new Shelf(this.#access);
    this.#shelves.set(step, shelf);
    shelf.add(log);
  }

  /** The log with which another one begins, or which begins with all of it: then all of it has been taken. */
  async find(source: Source, but?: Log): Promise<Log | undefined> {
    return this.#shelves.get(this.#stepOf(source.path ?? source.name))?.find(source, but);
  }
}

/** Finds logs by what they hold alone. */
class Shelf {
  readonly #access: LogAccess;
  /** By the hash of their first kilobyte. */
  readonly #long = new Map<string, Log[]>();
  /** Of less than a kilobyte: by length, and then by hash. */
  readonly #short = new Map<number, Map<string, Log>>();
  /** Without a head, as older releases wrote them. */
  readonly #headless: Log[] = [];
  /** What all of them begin with, in order, as far as they were opened again. */
  readonly #starts: Start[] = [];
  readonly #unopened: Log[] = [];

  constructor(access: LogAccess) {
    this.#access = access;
  }

  add(log: Log): void {
    if (log.bytes === 0) return;
    this.#unopened.push(log);
    if (log.bytes < HEAD) {
      const alike = this.#short.get(log.bytes) ?? new Map<string, Log>();
      this.#short.set(log.bytes, alike.set(log.sha256, log));
    } else if (log.head === undefined) this.#headless.push(log);
    else this.#long.set(log.head, [...(this.#long.get(log.head) ?? []), log]);
  }

  async find(source: Source, but?: Log): Promise<Log | undefined> {
    const { gunzip } = this.#access;
    const start = await startOf(source, HEAD, gunzip);
    const long = start.length < HEAD ? [] : (this.#long.get(headOf(start)) ?? []);
    const alike = [...this.#headless, ...long].filter((log) => log !== but);
    const same = (await findSame(source, alike, gunzip)) ?? this.#findShort(start, but);
    if (same !== undefined && same.bytes >= start.length) return same;
    const longer = start.length < HEAD ? await this.#findStart(start, but) : await this.#findLonger(source, long, but);
    return longer ?? same;
  }

  /** The longest of the short logs with which a log begins. */
  #findShort(start: Uint8Array, but: Log | undefined): Log | undefined {
    const hash = new PartHash();
    let same: Log | undefined;
    for (const length of [...this.#short.keys()].sort((a, b) => a - b)) {
      if (length > start.length) break;
      hash.update(start.subarray(hash.bytes, length));
      const log = this.#short.get(length)?.get(hash.sha256());
      if (log !== undefined && log !== but) same = log;
    }
    return same;
  }

  /** The log that begins with all of a short one. */
  async #findStart(whole: Uint8Array, but: Log | undefined): Promise<Log | undefined> {
    if (whole.at(-1) !== NEWLINE) return undefined; // another log may well begin with half a line of it
    await this.#openStarts();
    const text = toText(whole);
    for (let i = placeOf(this.#starts, text); this.#starts[i]?.text.startsWith(text); i++) {
      const { log } = this.#starts[i] as Start;
      if (log === but) continue;
      const hash = new PartHash();
      hash.update(whole);
      return { ...hash.part(), path: log.path };
    }
    return undefined;
  }

  /** The log that begins with all of one of a kilobyte or more. */
  async #findLonger(source: Source, alike: readonly Log[], but: Log | undefined): Promise<Log | undefined> {
    const { gunzip, reopen } = this.#access;
    const others = alike.filter((log) => log !== but && log.path !== STDIN);
    const own = others.length === 0 || reopen === undefined ? undefined : await wholeOf(source, gunzip);
    if (own === undefined) return undefined;
    for (const log of others) {
      const other = log.bytes > own.bytes ? reopen?.(log.path) : undefined;
      if (other === undefined) continue;
      const part = await partOf(other, own.bytes, gunzip);
      if (part?.sha256 === own.sha256) return { ...own, path: log.path };
    }
    return undefined;
  }

  /** Opens the logs that came since, for what they begin with; passes over those that are no longer what they were. */
  async #openStarts(): Promise<void> {
    const { gunzip, reopen } = this.#access;
    for (const log of this.#unopened.splice(0)) {
      const source = log.path === STDIN ? undefined : reopen?.(log.path);
      if (source === undefined) continue;
      const start = await startOf(source, Math.min(HEAD, log.bytes), gunzip);
      if (log.head !== undefined && headOf(start) !== log.head) continue;
      this.#starts.push({ text: toText(start), log });
    }
    this.#starts.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
  }
}

const NEWLINE = 10;

/** The first kilobyte of a log, a character for each byte. */
interface Start {
  readonly text: string;
  readonly log: Log;
}

function toText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** The place of the first that is not before a text. */
function placeOf(starts: readonly Start[], text: string): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as Start).text < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function headOf(start: Uint8Array): string {
  const hash = new PartHash();
  hash.update(start);
  return hash.part().head as string;
}
