import { DataError } from '../errors.ts';
import { shorten } from '../printable.ts';
import { MOST_TRIALS, type Row } from '../row.ts';

export interface RowOptions {
  /** Field of the reward; by default the first of REWARDS that a row has. */
  readonly reward: string | undefined;
  /** Least reward of a success. */
  readonly threshold: number;
  /** Field of the step, which every row must then have; by default STEP, which may be missing. */
  readonly step: string | undefined;
}

const REWARDS = ['score', 'reward', 'acc'];
const STEP = 'step';

type Fields = Readonly<Record<string, unknown>>;

/** One line of JSON as a row: a rollout, an observation (counts), or the observations of a prompt (history). */
export function parseRow(line: string, options: RowOptions): Row {
  const fields = parseObject(line);
  const id = readId(fields);
  const step = readStep(fields, options.step);
  if (Object.hasOwn(fields, 'successes')) {
    const { successes, trials } = readCounts(fields);
    return { id, step, isRollout: false, successes, trials };
  }
  return { id, step, isRollout: true, successes: [readReward(fields, options) ? 1 : 0], trials: [1] };
}

function parseObject(line: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new DataError(shorten((error as SyntaxError).message, 120));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('the row', 'an object', value);
  return value as Fields;
}

function readId(fields: Fields): string {
  const id = read(fields, 'id');
  if (typeof id === 'string') return id;
  if (Number.isSafeInteger(id)) return String(id);
  throw bad('"id"', 'a string or an integer below 2^53', id);
}

function readStep(fields: Fields, name: string | undefined): number | undefined {
  if (name === undefined && !Object.hasOwn(fields, STEP)) return undefined;
  const step = read(fields, name ?? STEP);
  if (Number.isFinite(step)) return step as number;
  throw bad(JSON.stringify(name ?? STEP), 'a finite number', step);
}

function readReward(fields: Fields, { reward, threshold }: RowOptions): boolean {
  const name = reward ?? REWARDS.find((field) => Object.hasOwn(fields, field));
  if (name === undefined) {
    throw new DataError(`expected "successes" and "trials", or a reward: ${REWARDS.join(', ')} or --reward FIELD`);
  }
  const value = read(fields, name);
  if (typeof value === 'boolean' || Number.isFinite(value)) return Number(value) >= threshold;
  throw bad(JSON.stringify(name), 'a finite number or a boolean', value);
}

function readCounts(fields: Fields): Pick<Row, 'successes' | 'trials'> {
  const successes = read(fields, 'successes');
  const trials = read(fields, 'trials');
  if (!Array.isArray(successes)) {
    const most = checkInteger('trials', trials, 1, MOST_TRIALS);
    return { successes: [checkInteger('successes', successes, 0, most)], trials: [most] };
  }
  if (Array.isArray(trials) && trials.length !== successes.length) {
    throw bad('"trials"', `as many as successes, ${successes.length}`, trials.length);
  }
  const mosts: number[] = Array.isArray(trials)
    ? trials.map((value, i) => checkInteger('trials', value, 1, MOST_TRIALS, i))
    : new Array(successes.length).fill(checkInteger('trials', trials, 1, MOST_TRIALS));
  return {
    successes: successes.map((value, i) => checkInteger('successes', value, 0, mosts[i] as number, i)),
    trials: mosts,
  };
}

function read(fields: Fields, name: string): unknown {
  if (!Object.hasOwn(fields, name)) throw new DataError(`${JSON.stringify(name)} is missing`);
  return fields[name];
}

function checkInteger(field: string, value: unknown, least: number, most: number, at?: number): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
  throw bad(`"${field}${at === undefined ? '' : `[${at}]`}"`, `an integer in [${least}, ${most}]`, value);
}

function bad(title: string, expected: string, got: unknown): DataError {
  return new DataError(`${title} expected ${expected}, got ${show(got)}`);
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value, 40));
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
