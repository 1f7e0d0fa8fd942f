import { MalformedError } from '../cli/errors.ts';
import { shorten } from '../printable.ts';
import { bad, type Fields, isObject } from './fields.ts';

/** One line as an object; undefined if it is blank. */
export function parseObject(line: string): Fields | undefined {
  if (/^[ \t\r\n]*$/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new MalformedError(shorten((error as SyntaxError).message, 120));
  }
  if (!isObject(value)) throw bad('the row', 'an object', value);
  return value;
}
