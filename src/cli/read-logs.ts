import { DataError } from '../errors.ts';
import { escapeControls, quoteId } from '../escape-controls.ts';
import type { Finding } from '../logs/audit/report.ts';
import type { Place } from '../logs/format.ts';
import type { Taken } from '../logs/read-options.ts';
import type { Row } from '../logs/row.ts';
import { type FileReadOptions, readLogs as readFiles } from '../node/read-logs.ts';
import type { Query } from '../state/choose/query.ts';
import type { State } from '../state/state.ts';
import type { Streams } from './command.ts';
import type { LogFlags } from './flags/log-flags.ts';
import { Progress } from './progress.ts';
import { toWarnings } from './text/warnings.ts';
import { wrap } from './text/wrap.ts';

/** Visits the rows of the logs that the flags name, with progress on a terminal. */
export async function readLogs(
  { paths, format, mapping, skipBad }: LogFlags,
  { stdin, stderr }: Streams,
  visit: (row: Row, place: Place) => void,
  options: FileReadOptions = {},
): Promise<Taken[]> {
  const progress = new Progress(stderr);
  const onProgress: FileReadOptions['onProgress'] = (at) => progress.show(at);
  try {
    return await readFiles(paths, visit, { ...options, stdin, format, mapping, skipBad, onProgress });
  } finally {
    progress.clear();
  }
}

/** Says on stderr what a reader of the result must know. */
export function warn(
  { stderr }: Pick<Streams, 'stderr'>,
  taken: readonly Taken[],
  findings: readonly Finding[],
  isCounted = false,
): void {
  for (const warning of toWarnings(taken, findings, isCounted)) {
    for (const line of wrap(escapeControls(`insight-wasm: ${warning}`))) stderr.write(`${line}\n`);
  }
}

/**
 * Says how many of the ids to leave out the state does not have.
 * @throws DataError if it has none of them: they are of another state, or written otherwise
 */
export function warnUnknown(state: State, query: Query, { stderr }: Pick<Streams, 'stderr'>): void {
  const exclude = [...(query.exclude ?? [])];
  const unknown = exclude.filter((id) => state.keys.indexOf(id) < 0);
  const [first] = unknown;
  if (first === undefined) return;
  const count = unknown.length.toLocaleString('en');
  if (unknown.length === exclude.length) {
    const reason = `none of the ${count} prompts to leave out is in the state: ${quoteId(first)} is the first`;
    throw new DataError('unknown-id', reason, { id: first });
  }
  const all = exclude.length.toLocaleString('en');
  const warning = `${count} of the ${all} prompts to leave out are not in the state: ${quoteId(first)} is the first`;
  for (const line of wrap(`insight-wasm: ${warning}`)) stderr.write(`${line}\n`);
}

/** The error of logs without a rollout, with what was left out. */
export function nothingIn(taken: readonly Taken[]): DataError {
  const [first] = taken;
  const left = taken.flatMap(({ skipped }) => Object.entries(skipped));
  const reasons = [...new Set(left.map(([reason]) => reason))];
  const counts = reasons.map(
    (reason) => `${left.filter(([one]) => one === reason).reduce((n, [, m]) => n + m, 0)} ${reason}`,
  );
  const why = counts.length === 0 ? '' : `; left out: ${counts.join(', ')}`;
  const remedy = reasons.includes('evaluation') ? { evaluations: '' } : undefined;
  const file = taken.length === 1 ? first?.name : undefined;
  return new DataError('empty', `${file === undefined ? 'the logs have' : 'has'} no rollout${why}`, { file, remedy });
}
