import { DataError } from '../errors.ts';
import { shorten } from '../escape-controls.ts';
import { type Fields, isObject, show } from './fields.ts';

/** One line as an object; undefined if it is blank. */
export function parseObject(line: string): Fields | undefined {
  if (/^[ \t\r\n]*$/.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DataError('malformed', shorten((error as SyntaxError).message, 120));
  }
  if (!isObject(value)) throw new DataError('value', `the row expected an object, got ${show(value)}`);
  return value;
}
