import type { Report } from './audit/report.ts';
import type { Place } from './format.ts';
import { type LogInput, toSource } from './inputs.ts';
import type { ReadOptions, Taken } from './read-options.ts';
import type { Row, SuccessRule } from './row.ts';

/**
 * Visits the rows of logs, log by log, and says what was read of each. Any format of insight-wasm audit, plain, gzip or
 * zstd, recognised by the bytes. Memory: one line of a log, or one row group of Parquet; nothing is kept.
 * @param logs Files, Blobs, bytes or streams, oldest first
 * @param visit takes each row, with its place; what it throws ends the reading
 * @throws DataError that names log and line; the reason of `options.signal`; TypeError for what is no log
 * @example
 * import { readLogs, Visits } from 'insight-wasm/logs';
 * const log = new Blob(['{"id":"a","step":1,"score":1}\n{"id":"a","step":1,"score":0}\n']);
 * const visits = new Visits();
 * const [read] = await readLogs([log], (row) => visits.add(row));
 * read.rows; // 2
 * visits.of(0); // [{ prompt: 0, step: 1, isRollout: true, successes: 1, trials: 2 }]
 */
export async function readLogs(
  logs: Iterable<LogInput>,
  visit: (row: Row, place: Place) => void,
  options?: ReadOptions,
): Promise<Taken[]> {
  const sources = [...logs].map(toSource);
  const { readRows } = await import('./read-rows.ts'); // readers are loaded with the first log
  return readRows(sources, visit, options);
}

/** How to audit logs. */
export interface AuditOptions extends Omit<ReadOptions, 'onBad' | 'before' | 'hash'>, Partial<SuccessRule> {
  /** Rollouts that a group should have; by default the most common size. */
  readonly rollouts?: number | undefined;
}

/**
 * What logs hold, before anything of them is believed: prompts, steps, groups and their sizes, the rewards and which of
 * them are successes, and findings that should make one doubt. Bad records are listed, and left out.
 * Memory: a record for each visit, and the ids.
 * @param options `threshold`: the least reward of a success (0.5)
 * @throws DataError for a log that cannot be read at all; the reason of `options.signal`
 * @example
 * import { auditLogs } from 'insight-wasm/logs';
 * const log = new Blob(['{"id":"a","score":1}\n{"id":"a","score":0}\n']);
 * const { prompts, groups, findings } = await auditLogs([log]);
 * [prompts, groups.mixed, findings.length]; // [1, 1, 0]
 */
export async function auditLogs(
  logs: Iterable<LogInput>,
  { threshold = 0.5, rollouts, ...options }: AuditOptions = {},
): Promise<Report> {
  const { Audit } = await import('./audit/audit.ts'); // only where it is asked for
  const audit = new Audit({ threshold });
  const taken = await readLogs(logs, (row) => audit.add(row), {
    ...options,
    hash: true, // to find twins
    onBad: (record) => audit.addBad(record),
  });
  return audit.report(taken, rollouts);
}
