import { DataError } from '../errors.ts';
import { contentKey } from './content-key.ts';
import { bad, checkInteger, type Fields, find, get, getId, getNumber, getReward, isObject } from './fields.ts';
import { type Counts, MOST_TRIALS, type Row } from './row.ts';

/** Where a record holds what a row needs. What is undefined is left to the format. */
export interface Mapping {
  /** Field of the prompt's id. */
  readonly id?: string | undefined;
  /** Fields whose content makes the prompt's key, where there is no id. */
  readonly hash?: readonly string[] | undefined;
  /** Field of the reward of a rollout. */
  readonly reward?: string | undefined;
  /** Field of the step, which every record must then have. */
  readonly step?: string | undefined;
  /** Field of the successes. */
  readonly successes?: string | undefined;
  /** Field of the trials, or one number for all records. */
  readonly trials?: string | number | undefined;
  /** Field of the share of successes, or of a list of them, oldest first; needs `trials`. */
  readonly rate?: string | undefined;
  /** Whether the step is the number in the path of the file. */
  readonly stepFromPath?: boolean | undefined;
  /** Whether to take evaluations in place of training, where a trainer logs both. */
  readonly evaluations?: boolean | undefined;
}

/** The options of formats that leave all to the mapping. */
export const ALL_OPTIONS = [
  'id',
  'hash',
  'reward',
  'step',
  'successes',
  'trials',
  'rate',
  'stepFromPath',
  'evaluations',
] as const satisfies readonly (keyof Mapping)[];

/** Names that fields of an id have in logs and data sets, the likeliest first. */
const IDS = ['example_id', 'prompt_id', 'problem_id', 'question_id', 'task_id', 'sample_id', 'data_id', 'unique_id'];
/** Fields that hold an id as text, even if it looks like a number. */
export const ID_FIELDS = ['id', ...IDS];
const LESS_LIKELY_IDS = ['qid', 'key', 'problem', 'question', 'prompt', 'index', 'idx'];

/** Where a reward is looked for, in this order: `acc` is right or wrong, the others may be shaped. */
export const REWARDS = ['acc', 'score', 'reward'];

/** Names of all fields that `toRow` may read. */
export function fieldsOf({ id, hash, reward, step, successes, trials, rate }: Mapping): string[] {
  const fields = [...(hash ?? [id ?? 'id']), ...(reward === undefined ? REWARDS : [reward]), step ?? 'step'];
  const counts = [successes ?? 'successes', typeof trials === 'number' ? undefined : (trials ?? 'trials'), rate];
  return [...fields, ...counts.filter((name) => name !== undefined)];
}

/** A record as a row: a rollout, counts of one or several visits, or a rate. */
export function toRow(fields: Fields, mapping: Mapping): Row {
  const id = toKey(fields, mapping);
  const step = toStep(fields, mapping);
  if (mapping.rate !== undefined) return { id, step, isRollout: false, ...fromRate(fields, mapping.rate, mapping) };
  const successes = mapping.successes ?? 'successes';
  if (mapping.successes !== undefined || (mapping.reward === undefined && Object.hasOwn(fields, successes))) {
    return { id, step, isRollout: false, ...toCounts(fields, successes, mapping) };
  }
  const rewardField = mapping.reward ?? REWARDS.find((name) => Object.hasOwn(fields, name));
  if (rewardField === undefined) {
    const names = Object.keys(fields).slice(0, 20).join(', ');
    const reason = `expected "successes" and "trials", or a reward: ${REWARDS.join(', ')}; the fields are ${names}`;
    throw new DataError('no-reward', reason);
  }
  return { id, step, isRollout: true, reward: getReward(fields, rewardField), rewardField };
}

/** The id of a record, or the hash of its fields. */
export function toKey(fields: Fields, { id, hash }: Mapping): string {
  if (hash !== undefined) return contentKey(hash.map((name) => get(fields, name)));
  if (id === undefined && find(fields, 'id') === undefined) throw withoutId(fields);
  return getId(fields, id ?? 'id');
}

/** Names the fields that there are, and one that may be the id. */
function withoutId(fields: Fields): DataError {
  const names = Object.keys(fields);
  const id = [...IDS, ...LESS_LIKELY_IDS].find((name) => Object.hasOwn(fields, name));
  const hash = isObject(fields.responses_create_params) ? 'responses_create_params.input' : undefined;
  const isText = id === 'problem' || id === 'question' || id === 'prompt';
  const remedy = hash ? { hash } : id === undefined ? { id: 'FIELD', hash: 'FIELDS' } : isText ? { hash: id } : { id };
  const shown = names.slice(0, 20).join(', ') + (names.length > 20 ? ', ...' : '');
  return new DataError('missing', `"id" is missing; the fields are ${shown}`, { field: 'id', remedy });
}

function toStep(fields: Fields, { step: name, stepFromPath }: Mapping): number | undefined {
  if (stepFromPath) return undefined;
  if (name === undefined && find(fields, 'step') === undefined) return undefined;
  return getNumber(fields, name ?? 'step');
}

function toCounts(fields: Fields, name: string, mapping: Mapping): Pick<Counts, 'successes' | 'trials'> {
  const successes = get(fields, name);
  const title = typeof mapping.trials === 'string' ? mapping.trials : 'trials';
  const trials = typeof mapping.trials === 'number' ? mapping.trials : get(fields, title);
  if (!Array.isArray(successes)) {
    const most = checkInteger(title, trials, 1, MOST_TRIALS);
    return { successes: [checkInteger(name, successes, 0, most)], trials: [most] };
  }
  if (Array.isArray(trials) && trials.length !== successes.length) {
    throw bad(title, `as many as successes, ${successes.length}`, trials.length);
  }
  const mosts: number[] = Array.isArray(trials)
    ? trials.map((value, i) => checkInteger(title, value, 1, MOST_TRIALS, i))
    : new Array(successes.length).fill(checkInteger(title, trials, 1, MOST_TRIALS));
  return {
    successes: successes.map((value, i) => checkInteger(name, value, 0, mosts[i] as number, i)),
    trials: mosts,
  };
}

function fromRate(fields: Fields, name: string, mapping: Mapping): Pick<Counts, 'successes' | 'trials'> {
  const value = get(fields, name);
  const { trials: given } = mapping;
  const trials = typeof given === 'number' ? given : checkInteger(`${given}`, get(fields, `${given}`), 1, MOST_TRIALS);
  const rates = Array.isArray(value) ? value.map((_, i) => getNumber({ [name]: value[i] }, name)) : undefined;
  const successes = (rates ?? [getNumber(fields, name)]).map((rate) => {
    if (rate < 0 || rate > 1) throw bad(name, 'a number in [0, 1]', rate);
    return Math.round(rate * trials);
  });
  return { successes, trials: successes.map(() => trials) };
}
