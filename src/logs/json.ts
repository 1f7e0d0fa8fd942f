import { DataError } from '../errors.ts';
import { shorten } from '../escape-controls.ts';
import { type Fields, isObject, show } from './fields.ts';

/** One line as an object; undefined if it is blank. NaN and Infinity, which Python writes, are NaN. */
export function parseObject(line: string): Fields | undefined {
  if (/^[ \t\r\n]*$/.test(line)) return undefined;
  const value = parseJson(line);
  if (!isObject(value)) throw new DataError('value', `the row expected an object, got ${show(value)}`);
  return value;
}

/** The same of a line in which NaN is an error. */
export function parseStrictObject(line: string): Fields | undefined {
  try {
    JSON.parse(line);
  } catch (error) {
    if (line.trim() !== '') throw new DataError('malformed', shorten((error as SyntaxError).message, 120));
  }
  return parseObject(line);
}

/** Any JSON. NaN, Infinity and -Infinity, which Python writes, are NaN. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const strict = text.includes('NaN') || text.includes('Infinity') ? withoutNaN(text) : undefined;
    try {
      if (strict !== undefined) return JSON.parse(strict, (_, value) => (value === NOT_A_NUMBER ? Number.NaN : value));
    } catch {
      // the first error stands
    }
    throw new DataError('malformed', shorten((error as SyntaxError).message, 120));
  }
}

/** Stands for NaN while the text is parsed: a text of private characters, which no log has. */
const NOT_A_NUMBER = '\ue0a0\uf8ff\ue0a0';

/** The text with a string in place of each NaN and Infinity that stands outside of strings. */
function withoutNaN(text: string): string {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    pieces.push(text.slice(at, end).replace(/-?\b(?:NaN|Infinity)\b/g, `"${NOT_A_NUMBER}"`));
    if (quote < 0) break;
    at = stringEnd(text, quote);
    pieces.push(text.slice(quote, at));
  }
  return pieces.join('');
}

/** Where the string that begins at a quote has ended. */
function stringEnd(text: string, quote: number): number {
  for (let at = text.indexOf('"', quote + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}
