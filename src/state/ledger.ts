import { DataError } from '../errors.ts';
import type { Part } from '../logs/part-hash.ts';

/** The path of stdin, each reading of which is a log of its own. */
export const STDIN = '-';

export interface Log extends Part {
  /** Absolute, or STDIN. */
  readonly path: string;
}

/** Which parts of which logs a state holds, so that nothing is counted twice. */
export class Ledger {
  /** What each file gave. */
  readonly #files = new Map<string, Log>();
  /** What stdin gave, by hash. */
  readonly #streams = new Map<string, Log>();

  constructor(logs: readonly Log[] = []) {
    for (const log of logs) this.#put(log);
  }

  /** In order of path, whatever the order in which they were read. */
  get logs(): readonly Log[] {
    const all = [...this.#files.values(), ...this.#streams.values()];
    return all.sort((a, b) => order(a.path, b.path) || order(a.sha256, b.sha256));
  }

  /** What was taken of a log before. */
  before(path: string): Log | undefined {
    return this.#files.get(path);
  }

  /** What was taken of all logs. */
  get parts(): ReadonlyMap<number, readonly string[]> {
    const parts = new Map<number, string[]>();
    for (const { bytes, sha256 } of this.logs) parts.set(bytes, [...(parts.get(bytes) ?? []), sha256]);
    return parts;
  }

  /**
   * Notes what has been taken of logs, all in all.
   * @throws DataError for a stream of the very bytes of another log
   */
  take(logs: readonly Log[]): void {
    const owners = new Map(this.logs.map(({ sha256, path }) => [sha256, path]));
    for (const log of logs) {
      if (log.bytes === 0) continue;
      const owner = owners.get(log.sha256);
      if (owner !== undefined && log.path === STDIN) {
        throw new DataError('taken', `these ${log.bytes} bytes have been taken before, as ${owner}`, {
          file: log.path,
        });
      }
      owners.set(log.sha256, log.path);
      this.#put(log);
    }
  }

  /** Forgets a path: what was taken of it is now known by another one. */
  forget(path: string): void {
    this.#files.delete(path);
  }

  #put(log: Log): void {
    if (log.path === STDIN) this.#streams.set(log.sha256, log);
    else this.#files.set(log.path, log);
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
