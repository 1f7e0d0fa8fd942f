import type { Fields } from './fields.ts';
import type { Format } from './format.ts';
import { jsonl } from './formats/jsonl.ts';

/** In the order in which they are tried. */
const LINES = { jsonl } satisfies Record<string, Format>;

export const FORMATS = { ...LINES };
export type FormatName = keyof typeof FORMATS;

/** The format of lines of JSON that begin with this one. */
export function detectLines(first: Fields): FormatName {
  const found = Object.entries(LINES).find(([, format]) => format.recognizes(first));
  return (found?.[0] ?? 'jsonl') as FormatName;
}
