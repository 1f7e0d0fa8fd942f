import { closeSync, openSync, readSync } from 'node:fs';
import { toHistoryLine, toText } from '../state/journal.ts';
import { toDataError } from './durable-file.ts';
import { stat } from './find.ts';
import { historyOf, type Stored } from './read-stored.ts';

/**
 * The observations of a state one by one, in the order in which they were taken, as lines of JSON: what the
 * history has of those in the file, and those in the journal.
 */
export function* readHistory(path: string, { state, entries }: Stored): Generator<string> {
  for (const line of readLines(historyOf(path))) {
    if ((JSON.parse(line) as { n: number }).n >= state.taken) break; // a crash left them there: the journal has them
    yield line;
  }
  yield* entries.map((entry, i) => toHistoryLine(toText(entry), state.taken + i).trimEnd());
}

function* readLines(path: string): Generator<string> {
  if (stat(path) === undefined) return;
  const decoder = new TextDecoder();
  const block = new Uint8Array(2 ** 20);
  let rest = '';
  try {
    const file = openSync(path, 'r');
    try {
      for (let count = -1; count !== 0; ) {
        count = readSync(file, block);
        const lines = (rest + decoder.decode(block.subarray(0, count), { stream: true })).split('\n');
        rest = lines.pop() as string;
        for (const line of lines) yield line;
      }
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw toDataError(path, error);
  }
}
