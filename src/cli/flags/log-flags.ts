import { FORMATS, type FormatName } from '../../logs/formats.ts';
import type { Mapping } from '../../logs/mapping.ts';
import { REWARDS } from '../../logs/mapping.ts';
import { MOST_TRIALS, type SuccessRule } from '../../logs/row.ts';
import { UsageError } from '../errors.ts';
import { integerIn, list, number, oneOf, optional, text, toggle, type Values } from './flags.ts';
import { THRESHOLD } from './settings-flags.ts';

/** A number stands for itself, anything else names a field. */
const trials = (name: string, given: string): string | number =>
  /^\d+$/.test(given) ? integerIn(1, MOST_TRIALS)(name, given) : given;

export const LOG_FLAGS = {
  format: optional('NAME', `${FORMATS.join(', ')} (recognised)`, oneOf(FORMATS)),
  id: optional('FIELD', 'id of the prompt: a string or an integer (id); a dot goes into a field: task.index', text),
  hash: optional('FIELDS', 'no id: it is a hash of these fields, such as prompt,gts', list),
  reward: optional('FIELD', `reward of a rollout (the first of ${REWARDS.join(', ')})`, text),
  threshold: optional('X', `the least reward of a success (${THRESHOLD})`, number),
  step: optional('FIELD', 'when it was rolled out (step); needed below discount 1', text),
  successes: optional('FIELD', 'counts in place of rollouts, with --trials', text),
  trials: optional('FIELD', 'or a number: rollouts that were counted (trials)', trials),
  rate: optional('FIELD', 'with --trials: share of successes of so many trials', text),
  'step-from-path': toggle('the step is the number in the path: step_12/, 12.jsonl'),
  evaluations: toggle('take evaluations, and leave out training'),
  'skip-bad': optional('N', 'leave out up to N bad records (0)', integerIn(0)),
} as const;

/** The text of all of them in the help of commands other than `audit`. */
export const LOG_FLAGS_ELSEWHERE = 'how logs are read: see insight-wasm audit --help';

/** Which logs, and how to read them. */
export interface LogFlags {
  /** Files, folders, globs; `-` is stdin. */
  readonly paths: readonly string[];
  /** By default recognised. */
  readonly format: FormatName | undefined;
  readonly mapping: Mapping;
  /** Bad records that are left out before the next one is an error. */
  readonly skipBad: number | undefined;
}

export type LogValues = Values<typeof LOG_FLAGS>;

/** What the flags and the positional arguments say of the logs, and which rewards are successes. */
export function toLogs(
  { format, threshold, 'step-from-path': stepFromPath, 'skip-bad': skipBad, ...values }: LogValues,
  paths: readonly string[],
): { logs: LogFlags; rule: SuccessRule } {
  if (paths.length === 0) throw new UsageError('expected LOGS: files, folders or globs, or - for stdin');
  const { id, hash, reward, step, successes, trials, rate, evaluations } = values;
  if (stepFromPath && step !== undefined) throw new UsageError('--step and --step-from-path exclude each other');
  if (id !== undefined && hash !== undefined) throw new UsageError('--id and --hash exclude each other');
  if (reward !== undefined && (successes ?? rate) !== undefined) {
    throw new UsageError('--reward is for rollouts, --successes and --rate are for counts');
  }
  if (successes !== undefined && rate !== undefined) throw new UsageError('--successes and --rate exclude each other');
  if (rate !== undefined && trials === undefined) throw new UsageError('--rate needs --trials');
  const mapping = { id, hash, reward, step, successes, trials, rate, stepFromPath, evaluations };
  return { logs: { paths, format, mapping, skipBad }, rule: { threshold: threshold ?? THRESHOLD } };
}
