import { DataError } from '../errors.ts';
import type { Acquisition } from '../index.ts';
import { bad, checkInteger, type Fields, getId, isObject } from '../logs/fields.ts';
import { type Counts, MOST_TRIALS } from '../logs/row.ts';
import type { Query } from '../state/query.ts';

/** Why a request was refused; stable across versions. */
export type Code = 'json' | 'too-long' | 'request' | 'value' | 'refused' | 'save' | 'internal';

/** A request that is refused, and changes nothing. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.code = code;
  }
}

/** The fields of each operation, beside `op` and `id`. */
const FIELDS = {
  select: ['count', 'acquisition', 'candidates', 'exclude', 'only', 'cooldown'],
  status: ['count', 'acquisition', 'candidates', 'exclude', 'only', 'cooldown'],
  observe: ['observations'],
  save: [],
  metrics: [],
} as const satisfies Record<string, readonly string[]>;

export type Operation = keyof typeof FIELDS;

export const OPERATIONS = Object.keys(FIELDS) as Operation[];

/** The operation of a request, all of whose fields it knows. */
export function toOperation(request: Fields): Operation {
  const op = OPERATIONS.find((name) => name === request.op);
  if (op === undefined)
    throw new RequestError('request', bad('op', `one of ${OPERATIONS.join(', ')}`, request.op).message);
  const known: readonly string[] = ['op', 'id', ...FIELDS[op]];
  const unknown = Object.keys(request).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RequestError('request', `${JSON.stringify(unknown)} is no field of ${op}, which has ${known.join(', ')}`);
  }
  return op;
}

/** What the library checks is left to it. */
export function toQuery(request: Fields): Query {
  const { count = 256, acquisition, candidates, exclude, only, cooldown = 0 } = request;
  return {
    count: count as number,
    acquisition: acquisition as Acquisition | undefined,
    candidates: candidates as Query['candidates'],
    exclude: exclude === undefined ? undefined : toKeys('exclude', exclude),
    only: only === undefined ? undefined : toKeys('only', only),
    cooldown: cooldown as number,
  };
}

/** The observations of a request, as rows of a log would say them. */
export function toObservations({ observations }: Fields): Counts[] {
  if (!Array.isArray(observations)) throw bad('observations', 'an array', observations);
  return observations.map((observation: unknown, i) => {
    const at = `observations[${i}]`;
    if (!isObject(observation)) throw bad(at, 'an object', observation);
    const { step = undefined } = observation;
    if (step !== undefined && !Number.isFinite(step)) throw bad(`${at}.step`, 'a finite number', step);
    const trials = checkInteger(`${at}.trials`, observation.trials, 1, MOST_TRIALS);
    return {
      id: inPlace(at, () => getId(observation, 'id')),
      step: step as number | undefined,
      isRollout: false,
      successes: [checkInteger(`${at}.successes`, observation.successes, 0, trials)],
      trials: [trials],
    };
  });
}

function toKeys(title: string, value: unknown): string[] {
  if (!Array.isArray(value)) throw bad(title, 'an array of ids', value);
  return value.map((id: unknown, i) => inPlace(title, () => getId({ [i]: id }, String(i))));
}

function inPlace<T>(title: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw error instanceof DataError ? new DataError(error.code, `${title}: ${error.reason}`, error) : error;
  }
}
