import type { Fields } from './fields.ts';
import type { LinesFormat, TableFormat } from './format.ts';
import { plain } from './formats/any-lines.ts';
import { parquet } from './formats/any-parquet.ts';
import { histories } from './formats/histories.ts';
import { nemoGym } from './formats/nemo-gym.ts';
import { primeRl } from './formats/prime-rl.ts';
import { trl } from './formats/trl.ts';
import { verifiers } from './formats/verifiers.ts';
import { verl } from './formats/verl.ts';
import type { Columns } from './parquet/file.ts';

/** Of JSON lines, and of CSV; they are tried in this order. */
export const LINES = {
  verl,
  'prime-rl': primeRl,
  'nemo-gym': nemoGym,
  verifiers,
  histories,
  jsonl: plain,
  csv: plain,
} as const satisfies Record<string, LinesFormat>;
/** Of Parquet, in the same way. */
export const TABLES = { trl, parquet } as const satisfies Record<string, TableFormat>;

export type LinesName = keyof typeof LINES;
export type TableName = keyof typeof TABLES;
export type FormatName = LinesName | TableName;

export const FORMATS = [...Object.keys(LINES), ...Object.keys(TABLES)] as FormatName[];

export function isTable(format: FormatName): format is TableName {
  return Object.hasOwn(TABLES, format);
}

/** What the trainer must log so that the prompts of a log are those of a data set. */
export function toJoin(format: FormatName): string {
  return (isTable(format) ? TABLES[format] : LINES[format]).toJoin;
}

export function detectLines(first: Fields): LinesName {
  const names = Object.keys(LINES) as LinesName[];
  return names.find((name) => LINES[name].recognizes(first)) ?? 'jsonl';
}

export function detectTable(columns: Columns): TableName {
  const names = Object.keys(TABLES) as TableName[];
  return names.find((name) => TABLES[name].recognizes(columns)) ?? 'parquet';
}
