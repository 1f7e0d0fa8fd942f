import type { Rule, Settings } from '../../state/settings.ts';
import { UsageError } from '../errors.ts';
import { number, optional, type Values } from './flags.ts';
import { discount, prior } from './pool-flags.ts';

/** Without defaults, as a state that is there brings its own. */
export const SETTINGS_FLAGS = {
  discount: optional('X', 'the share of older evidence that a visit keeps (1)', discount),
  prior: optional('A,B', 'Beta(A, B) is what is believed of an unseen prompt (1,1)', prior),
} as const;

/** Two rewards as A,B; kept as numbers with a comma between them. */
function scale(name: string, given: string): string {
  const [worst, best, ...rest] = given.split(',').map((part) => number(name, part));
  if (worst === undefined || best === undefined || rest.length > 0 || !(worst < best)) {
    throw new UsageError(`--${name} expected two numbers A,B with A < B, got ${JSON.stringify(given)}`);
  }
  return `${worst},${best}`;
}

/** What a success is, for states and processes. */
export const SCALE_FLAGS = {
  'reward-scale': optional('A,B', 'count a reward in part: A is no success, B is one; not with --threshold', scale),
} as const;

type SettingsValues = Values<typeof SETTINGS_FLAGS>;

/** The settings of a new state. */
export function toSettings(values: SettingsValues): Settings {
  return { discount: values.discount ?? 1, prior: values.prior ?? { alpha: 1, beta: 1 } };
}

/** Those settings that the flags name. */
export function toGiven({ discount, prior }: SettingsValues): Partial<Settings> {
  return { ...(discount !== undefined && { discount }), ...(prior !== undefined && { prior }) };
}

interface RuleValues {
  readonly id?: string | undefined;
  readonly hash?: string[] | undefined;
  readonly reward?: string | undefined;
  readonly threshold: number | undefined;
  readonly 'reward-scale': string | undefined;
}

/** Those parts of the rule that the flags name. */
export function toGivenRule({ id, hash, reward, threshold, 'reward-scale': scale }: RuleValues): Partial<Rule> {
  if (threshold !== undefined && scale !== undefined) {
    throw new UsageError('--threshold and --reward-scale exclude each other');
  }
  return {
    id,
    hash: hash?.join(','),
    reward,
    ...(threshold !== undefined && { threshold: String(threshold) }),
    ...(scale !== undefined && { 'reward-scale': scale }),
  };
}

/** The rule of the first logs of a state. */
export function toRule(values: RuleValues): Rule {
  return { threshold: String(THRESHOLD), ...toGivenRule(values) };
}

/** The flags that say how a log is read by a rule. */
export function fromRule({ id, hash, reward, threshold }: Rule) {
  return { id, hash: hash?.split(','), reward, threshold: Number(threshold) };
}

/** The least reward of a success, where nothing else is said. */
export const THRESHOLD = 0.5;
