import { resolve } from 'node:path';
import { DataError } from '../errors.ts';
import type { Part } from '../read/lines.ts';

export interface Log extends Part {
  /** Absolute; `-` for stdin, of which each reading is a log of its own. */
  readonly path: string;
}

/** Which parts of which logs a state holds, so that nothing is counted twice. */
export class Ledger {
  #logs: Log[];

  constructor(logs: readonly Log[] = []) {
    this.#logs = [...logs];
  }

  /** In order of path, whatever the order in which they were read. */
  get logs(): readonly Log[] {
    return this.#logs;
  }

  /** What was taken of the log before. */
  before(name: string): Part | undefined {
    return name === '-' ? undefined : this.#logs.find(({ path }) => path === resolve(name));
  }

  /**
   * Notes what is taken of a log now, with what was taken before.
   * @throws DataError for the very bytes of another log: a copy, or the log under its new name
   */
  take(name: string, { bytes, sha256 }: Part): void {
    if (bytes === 0) return;
    const path = name === '-' ? name : resolve(name);
    const twin = this.#logs.find((log) => log.sha256 === sha256 && (log.path !== path || path === '-'));
    if (twin !== undefined) throw new DataError(`${name}: the state has these ${bytes} bytes already, as ${twin.path}`);
    const others = path === '-' ? this.#logs : this.#logs.filter((log) => log.path !== path);
    this.#logs = [...others, { path, bytes, sha256 }].sort(
      (a, b) => order(a.path, b.path) || order(a.sha256, b.sha256),
    );
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
