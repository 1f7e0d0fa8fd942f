import type { Streams } from '../command.ts';
import type { Row } from '../row.ts';
import type { Place, Sink } from './format.ts';
import { detectLines, FORMATS, type FormatName } from './formats.ts';
import { parseObject } from './json.ts';
import { type Part, readLines } from './lines.ts';
import type { Mapping } from './mapping.ts';
import { openSource } from './source.ts';

/** Which logs, and how to read them. */
export interface Logs {
  /** Files, folders, globs; `-` is stdin. */
  readonly paths: readonly string[];
  /** By default told from each file. */
  readonly format: FormatName | undefined;
  readonly mapping: Mapping;
}

/** A record that is not what it should be. */
export interface BadRecord extends Place {
  readonly reason: string;
}

/** What was read of one file: of lines up to the last whole one, of CSV and Parquet the whole file. */
export interface Taken extends Part {
  readonly name: string;
  readonly format: FormatName;
  readonly rows: number;
  /** Line that is half written at the end of the file, and not taken. */
  readonly torn: number | undefined;
  /** Records rightly left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

export interface ReadOptions {
  /** What was taken of a file before: it is passed over, and refused if it is not the same bytes. */
  readonly before?: ((name: string) => Part | undefined) | undefined;
  /** Takes a bad record, and reading goes on; by default the first one is thrown. */
  readonly onBad?: ((record: BadRecord) => void) | undefined;
}

/**
 * Visits the rows of all logs, file by file in the order of the numbers in their names, and says what was read of each.
 * Memory: one line, or one row group of Parquet.
 * @throws DataError that names file and line
 */
export async function readLogs(
  logs: Logs,
  streams: Pick<Streams, 'stdin' | 'stderr'>,
  visit: (row: Row, place: Place) => void,
  options: ReadOptions = {},
): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const name of logs.paths) {
    let format = logs.format;
    let read: ReturnType<(typeof FORMATS)[FormatName]['open']> | undefined;
    let rows = 0;
    const skipped: Record<string, number> = {};
    const place = { name: name === '-' ? 'stdin' : name, line: 0 };
    const sink: Sink = {
      row(row) {
        rows++;
        visit(row, place);
      },
      skip(reason) {
        skipped[reason] = (skipped[reason] ?? 0) + 1;
      },
    };
    const part = await readLines(openSource(name, streams.stdin), options.before?.(name), (line, number) => {
      place.line = number;
      const record = parseObject(line);
      format ??= detectLines(record);
      read ??= FORMATS[format].open(logs.mapping);
      read(record, sink, place);
    });
    taken.push({ name: place.name, format: format ?? 'jsonl', rows, skipped, ...part });
  }
  return taken;
}

/** For stderr: what a reader of the result must know; each a line. */
export function toWarnings(taken: readonly Taken[]): string[] {
  return taken.flatMap(({ name, torn }) =>
    torn === undefined ? [] : [`${name}:${torn}: the last line is half written, and is not counted`],
  );
}
