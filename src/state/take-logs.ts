import type { Audit } from '../logs/audit/audit.ts';
import { moveFolder } from '../logs/formats/move-folder.ts';
import { folderOf } from '../logs/path-facts.ts';
import type { ReadOptions, Taken } from '../logs/read-options.ts';
import { readRows } from '../logs/read-rows.ts';
import type { SuccessRule } from '../logs/row.ts';
import type { Source } from '../logs/source.ts';
import { Intake } from './intake.ts';
import { JoinCheck } from './join-check.ts';
import { LogFinder } from './log-finder.ts';
import type { LogAccess } from './log-index.ts';
import type { Rule } from './settings.ts';
import type { State } from './state.ts';

/** How a state takes logs in. */
export interface TakeOptions extends LogAccess {
  readonly reading: Omit<
    ReadOptions,
    'before' | 'hash' | 'onBad' | 'gunzip' | 'seen' | 'taken' | 'onTaken' | 'onRecord'
  >;
  readonly success: SuccessRule;
  /** What the state is bound to if it has no rule yet. */
  readonly rule: Rule;
  /** Whether logs may have none of the prompts of a data set that was imported. */
  readonly newPrompts?: boolean | undefined;
}

export interface Taking {
  /** The state with all of it; the state before is then of no use. */
  readonly after: State;
  readonly taken: readonly Taken[];
  /** Paths under which logs were known before, by the path now. */
  readonly moved: ReadonlyMap<string, string>;
  readonly audit: Audit;
  /** Rows of an older step than the latest of their prompt, put in before it. */
  readonly late: number;
  /** Prompts of the logs, and those of them that the state had. */
  readonly prompts: number;
  readonly known: number;
}

/**
 * Takes what is new in logs into a state. A log is what it holds: under a new name, and grown since, it is the same.
 * @throws DataError that names the file; nothing is written
 */
export async function takeLogs(before: State, sources: readonly Source[], options: TakeOptions): Promise<Taking> {
  const { reading, success, rule, gunzip } = options;
  const intake = new Intake(before, success);
  const { Audit: AuditOf } = await import('../logs/audit/audit.ts'); // loaded with the first log
  const audit = new AuditOf(success, intake.visits);
  const join = new JoinCheck(before);
  const seen = { ...before.extra.seen };
  const finder = new LogFinder(before.ledger, options, reading.mapping?.stepFromPath);
  await finder.prepare(sources);
  for (const [path, old] of finder.moved) {
    const [from, to] = [folderOf(old), folderOf(path)];
    if (from !== to && finder.isGone(old)) moveFolder(seen, from, to);
  }
  const taken = await readRows(
    sources,
    (row) => {
      intake.add(row);
      audit.note(row);
    },
    {
      ...reading,
      hash: true,
      gunzip,
      seen,
      isBound: before.rule !== undefined,
      taken: before.ledger.parts,
      before: (source) => finder.before(source),
      onTaken: (log, source) => finder.add(log, source),
      onRecord: (record, format) => join.look(record, format),
    },
  );
  if (options.newPrompts !== true) join.check(intake.visits.list, intake.known);
  const prompts = intake.visits.list.size;
  const ended = intake.end(finder.logs, rule);
  for (const [path, old] of finder.moved) {
    const hasNext = finder.logs.some((log) => log.path === old && log.bytes > 0); // another log was taken there
    if (path !== old && !hasNext && finder.isGone(old)) ended.ledger.forget(old);
  }
  const after = Object.keys(seen).length === 0 ? ended : ended.keeping({ seen });
  return { after, taken, moved: finder.moved, audit, late: intake.late, prompts, known: intake.known };
}
