import { DataError } from '../errors.ts';
import type { Acquisition } from '../index.ts';
import { bad, checkInteger, type Fields, getId, isObject } from '../logs/fields.ts';
import type { MergeQuery } from '../state/choose/parts.ts';
import type { Query } from '../state/choose/query.ts';
import { checkNumber, checkInteger as checkOption } from '../validate.ts';
import type { HoldLimits } from './holds.ts';

/** Why a request was refused; stable across versions. */
export type Code = 'json' | 'too-long' | 'request' | 'value' | 'refused' | 'save' | 'load' | 'internal';

/** A request that is refused, and changes nothing. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

const MERGE = ['count', 'quotas', 'floor'] as const;
const QUERY = [...MERGE, 'acquisition', 'candidates', 'exclude', 'only', 'cooldown', 'maxVisits'] as const;

/** The fields of each operation, beside `op` and `id`. */
const FIELDS = {
  hello: [],
  select: [...QUERY, 'hold', 'holdSteps', 'holdSeconds', 'part'],
  merge: ['parts', ...MERGE],
  hold: ['ids', 'holdSteps', 'holdSeconds'],
  observe: ['observations', 'atomic'],
  release: ['ids', 'all'],
  get: ['ids', 'positions'],
  score: ['alpha', 'beta', 'acquisition'],
  save: ['to'],
  load: ['from'],
  status: [...QUERY],
  metrics: [],
} as const satisfies Record<string, readonly string[]>;

export type Operation = keyof typeof FIELDS;

export const OPERATIONS = Object.keys(FIELDS) as Operation[];

/** The operation of a request, all of whose fields it knows. */
export function toOperation(request: Fields): Operation {
  const op = OPERATIONS.find((name) => name === request.op);
  if (op === undefined)
    throw new RequestError('request', bad('op', `one of ${OPERATIONS.join(', ')}`, request.op).message);
  checkFields(request, op, ['op', 'id', ...FIELDS[op]]);
  return op;
}

/** @throws RequestError for a field that a part of a request does not have */
export function checkFields(fields: Fields, what: string, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const name = JSON.stringify(unknown);
  throw new RequestError('request', `${name} is no field of ${what}, which has ${known.join(', ')}`);
}

/** What the library checks is left to it. */
export function toQuery(request: Fields): Query {
  const { acquisition, candidates, exclude, only, cooldown = 0, maxVisits } = request;
  return {
    ...toMergeQuery(request),
    acquisition: acquisition as Acquisition | undefined,
    candidates: candidates as Query['candidates'],
    exclude: exclude === undefined ? undefined : toIds('exclude', exclude),
    only: only === undefined ? undefined : toIds('only', only),
    cooldown: cooldown as number,
    maxVisits: maxVisits as number | undefined,
  };
}

/** What a selection out of parts needs, which the library checks. */
export function toMergeQuery({ count = 256, quotas, floor }: Fields): MergeQuery {
  return { count: count as number, quotas: quotas as MergeQuery['quotas'], floor: floor as number | undefined };
}

/** Whether what is selected is in flight, and for how long; undefined: it is not. */
export function toHold({ hold = false, holdSteps, holdSeconds }: Fields): HoldLimits | undefined {
  checkBoolean('hold', hold);
  const steps = holdSteps === undefined ? undefined : checkOption('holdSteps', holdSteps, 1, Number.MAX_SAFE_INTEGER);
  const seconds = holdSeconds === undefined ? undefined : checkNumber('holdSeconds', holdSeconds, 0, Number.MAX_VALUE);
  const limit = steps === undefined ? 'holdSeconds' : 'holdSteps';
  if (!hold && (steps ?? seconds) !== undefined) throw new RequestError('value', `"${limit}" needs "hold":true`);
  return hold ? { steps, seconds } : undefined;
}

export function checkBoolean(title: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw bad(title, 'true or false', value);
}

export function toPath(title: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw bad(title, 'a path', value);
}

export function toIds(title: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw bad(title, 'an array of ids', value);
  return value.map((id: unknown, i) => inPlace(title, () => getId({ [i]: id }, String(i))));
}

export function toPositions(title: string, value: unknown, size: number): number[] {
  if (!Array.isArray(value)) throw bad(title, 'an array of positions', value);
  return value.map((position: unknown, i) => checkInteger(title, position, 0, size - 1, i));
}

export function toNumbers(title: string, value: unknown): number[] {
  if (!Array.isArray(value)) throw bad(title, 'an array of numbers', value);
  return value as number[]; // the library checks each
}

/** Names the place in what `body` throws. */
export function inPlace<T>(title: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof DataError ? new DataError(error.code, `${title}: ${error.reason}`, error) : error;
  }
}

export function asObject(title: string, value: unknown): Fields {
  if (isObject(value)) return value;
  throw bad(title, 'an object', value);
}
