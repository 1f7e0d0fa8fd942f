import { DataError } from '../errors.ts';
import { shorten } from '../escape-controls.ts';

/** A record of a log as it was written: an object of JSON, or a row of a table. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value at a field, or at `outer.inner`; undefined if there is none. A name that has dots itself goes first. */
export function find(fields: Fields, name: string): unknown {
  if (Object.hasOwn(fields, name)) return fields[name];
  const dot = name.indexOf('.');
  if (dot < 0) return undefined;
  const outer = name.slice(0, dot);
  const inner = Object.hasOwn(fields, outer) ? fields[outer] : undefined;
  return isObject(inner) ? find(inner, name.slice(dot + 1)) : undefined;
}

/** The same, where it must be. */
export function get(fields: Fields, name: string): unknown {
  const value = find(fields, name);
  if (value === undefined) throw new DataError('missing', `${JSON.stringify(name)} is missing`, { field: name });
  return value;
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function getId(fields: Fields, name: string): string {
  const id = get(fields, name);
  if (typeof id === 'string') return id;
  if (Number.isSafeInteger(id)) return String(id);
  checkMeasured(id, name);
  throw bad(name, 'a string or an integer below 2^53', id);
}

export function getNumber(fields: Fields, name: string): number {
  const value = get(fields, name);
  checkMeasured(value, name);
  if (Number.isFinite(value)) return value as number;
  throw bad(name, 'a finite number', value);
}

/** @throws DataError for NaN, which stands for a value that was not measured */
function checkMeasured(value: unknown, name: string): void {
  if (Number.isNaN(value)) throw new DataError('not-measured', `NaN in ${JSON.stringify(name)}`, { field: name });
}

export function getReward(fields: Fields, name: string): number {
  const value = get(fields, name);
  checkMeasured(value, name);
  if (typeof value === 'boolean' || Number.isFinite(value)) return Number(value);
  throw bad(name, 'a finite number or a boolean', value);
}

export function checkInteger(title: string, value: unknown, least: number, most: number, at?: number): number {
  checkMeasured(value, title);
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw bad(`${title}${at === undefined ? '' : `[${at}]`}`, `an integer in [${least}, ${most}]`, value);
}

/** The error of a field that has a value which it cannot have. */
export function bad(field: string, expected: string, got: unknown): DataError {
  return new DataError('value', `${JSON.stringify(field)} expected ${expected}, got ${show(got)}`, { field });
}

export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value, 40));
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
