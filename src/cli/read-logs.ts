import { escapeControls } from '../escape-controls.ts';
import type { Place } from '../logs/format.ts';
import type { Taken } from '../logs/read-rows.ts';
import type { Row } from '../logs/row.ts';
import { type FileReadOptions, readLogs as readFiles } from '../node/read-logs.ts';
import type { Streams } from './command.ts';
import type { LogFlags } from './flags/log-flags.ts';
import { Progress } from './progress.ts';
import { toWarnings } from './text/warnings.ts';

/** Visits the rows of the logs that the flags name, with progress on a terminal. */
export async function readLogs(
  { paths, format, mapping }: LogFlags,
  { stdin, stderr }: Streams,
  visit: (row: Row, place: Place) => void,
  options: FileReadOptions = {},
): Promise<Taken[]> {
  const progress = new Progress(stderr);
  try {
    return await readFiles(paths, visit, { ...options, stdin, format, mapping, onProgress: (at) => progress.show(at) });
  } finally {
    progress.clear();
  }
}

/** Says on stderr what a reader of the result must know. */
export function warn({ stderr }: Pick<Streams, 'stderr'>, taken: readonly Taken[]): void {
  for (const warning of toWarnings(taken)) stderr.write(`insight-wasm: ${escapeControls(warning)}\n`);
}
