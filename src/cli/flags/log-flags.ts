import { FORMATS, type FormatName } from '../../logs/formats.ts';
import type { Mapping } from '../../logs/mapping.ts';
import { MOST_TRIALS, type SuccessRule } from '../../logs/row.ts';
import { UsageError } from '../errors.ts';
import { toChoice, toInteger, toNumber } from './flags.ts';

/** For parseArgs. */
export const LOG_FLAGS = {
  format: { type: 'string' },
  id: { type: 'string' },
  hash: { type: 'string' },
  reward: { type: 'string' },
  step: { type: 'string' },
  successes: { type: 'string' },
  trials: { type: 'string' },
  rate: { type: 'string' },
  threshold: { type: 'string', default: '0.5' },
} as const;

/** For the help of `audit`; ends in a new line. */
export const LOG_HELP = `  --format NAME     ${FORMATS.join(', ')}
                    (told from the files)
  --id FIELD        id of the prompt: a string or an integer (id); a dot goes
                    into a field: task.index
  --hash FIELDS     no id: the key is a hash of these fields, such as prompt,gts
  --reward FIELD    reward of a rollout (the first of acc, score, reward)
  --threshold X     the least reward of a success (0.5)
  --step FIELD      when it was rolled out (step); needed below discount 1
  --successes FIELD, --trials FIELD or N         counts in place of rollouts
  --rate FIELD      with --trials: share of successes of so many trials
`;

/** For the help of other commands that read logs; ends in a new line. */
export const LOG_HELP_SHORT = `  --format, --id, --hash, --reward, --threshold, --step, --successes, --trials,
  --rate              how logs are read: see insight-wasm audit --help
`;

/** Which logs, and how to read them. */
export interface LogFlags {
  /** Files, folders, globs; `-` is stdin. */
  readonly paths: readonly string[];
  /** By default told from each file. */
  readonly format: FormatName | undefined;
  readonly mapping: Mapping;
}

type LogValues = { readonly [flag in keyof typeof LOG_FLAGS]?: string | undefined } & { readonly threshold: string };

/** What the flags and the positional arguments say of the logs, and which rewards are successes. */
export function toLogs(values: LogValues, paths: readonly string[]): { logs: LogFlags; rule: SuccessRule } {
  if (paths.length === 0) throw new UsageError('expected LOGS: files, folders or globs, or - for stdin');
  const { id, hash, reward, step, successes, rate } = values;
  if (id !== undefined && hash !== undefined) throw new UsageError('--id and --hash exclude each other');
  if (reward !== undefined && (successes ?? rate) !== undefined) {
    throw new UsageError('--reward is for rollouts, --successes and --rate are for counts');
  }
  if (successes !== undefined && rate !== undefined) throw new UsageError('--successes and --rate exclude each other');
  if (rate !== undefined && values.trials === undefined) throw new UsageError('--rate needs --trials');
  const mapping = { id, hash: hash?.split(','), reward, step, successes, trials: toTrials(values.trials), rate };
  const format = values.format === undefined ? undefined : toChoice('format', values.format, FORMATS);
  return { logs: { paths, format, mapping }, rule: { threshold: toNumber('threshold', values.threshold) } };
}

/** A number stands for itself, anything else names a field. */
function toTrials(text: string | undefined): string | number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? toInteger('trials', text, 1, MOST_TRIALS) : text;
}
