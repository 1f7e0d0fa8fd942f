import { Audit } from '../logs/audit/audit.ts';
import { moveFolder } from '../logs/formats/move-folder.ts';
import { folderOf } from '../logs/path-facts.ts';
import { type ReadOptions, readRows, type Taken } from '../logs/read-log.ts';
import type { SuccessRule } from '../logs/row.ts';
import { Intake } from '../state/intake.ts';
import { JoinCheck } from '../state/join-check.ts';
import type { Rule } from '../state/settings.ts';
import type { State } from '../state/state.ts';
import { gunzip } from './file-source.ts';
import { LogFinder } from './log-finder.ts';
import { useNativeHash } from './native-hash.ts';
import { type FileProgress, toSources } from './read-logs.ts';

/** Which logs a state takes in, and how. */
export interface TakeOptions {
  /** Files, folders, globs; `-` is `stdin`. */
  readonly paths: readonly string[];
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly reading: Pick<ReadOptions, 'format' | 'mapping' | 'skipBad'>;
  readonly success: SuccessRule;
  /** What the state is bound to if it has no rule yet. */
  readonly rule: Rule;
  /** Whether logs may have none of the prompts of a data set that was imported. */
  readonly newPrompts?: boolean | undefined;
  readonly onProgress?: ((progress: FileProgress) => void) | undefined;
}

export interface Taking {
  /** The state with all of it; the state before is then of no use. */
  readonly after: State;
  readonly taken: readonly Taken[];
  /** Paths under which logs were known before, by the path now. */
  readonly moved: ReadonlyMap<string, string>;
  readonly audit: Audit;
  /** Prompts of the logs, and those of them that the state had. */
  readonly prompts: number;
  readonly known: number;
}

/**
 * Takes what is new in logs into a state. A log is what it holds: under a new name, and grown since, it is the same.
 * @throws DataError that names the file; nothing is written
 */
export async function takeLogs(before: State, options: TakeOptions): Promise<Taking> {
  useNativeHash();
  const { paths, stdin, reading, success, rule, onProgress } = options;
  const sources = toSources(paths, stdin);
  const total = sources.reduce((sum, { size = 0 }) => sum + size, 0);
  const intake = new Intake(before, success);
  const audit = new Audit(success, intake.visits);
  const join = new JoinCheck(before);
  const finder = new LogFinder(before.ledger, sources);
  const seen = { ...before.extra.seen };
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
      onProgress: onProgress && ((progress) => onProgress({ ...progress, total })),
    },
  );
  if (options.newPrompts !== true) join.check(intake.visits.ids, intake.known);
  const prompts = intake.visits.ids.length;
  const ended = intake.end(finder.logs, rule);
  for (const [path, old] of finder.moved) {
    if (!finder.isGone(old)) continue;
    ended.ledger.forget(old);
    if (folderOf(old) !== folderOf(path)) moveFolder(seen, folderOf(old), folderOf(path));
  }
  const after = Object.keys(seen).length === 0 ? ended : ended.keeping({ seen });
  return { after, taken, moved: finder.moved, audit, prompts, known: intake.known };
}
