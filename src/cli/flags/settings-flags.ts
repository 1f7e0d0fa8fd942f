import type { Rule, Settings } from '../../state/settings.ts';
import { optional, type Values } from './flags.ts';
import { discount, prior } from './pool-flags.ts';

/** Without defaults, as a state that is there brings its own. */
export const SETTINGS_FLAGS = {
  discount: optional('X', 'the share of older evidence that a visit keeps (1)', discount),
  prior: optional('A,B', 'Beta(A, B) is what is believed of an unseen prompt (1,1)', prior),
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
  readonly id: string | undefined;
  readonly hash: string[] | undefined;
  readonly reward: string | undefined;
  readonly threshold: number | undefined;
}

/** Those parts of the rule that the flags name. */
export function toGivenRule({ id, hash, reward, threshold }: RuleValues): Partial<Rule> {
  return { id, hash: hash?.join(','), reward, ...(threshold !== undefined && { threshold: String(threshold) }) };
}

/** The rule of the first logs of a state. */
export function toRule(values: RuleValues): Rule {
  return { threshold: String(THRESHOLD), ...toGivenRule(values) };
}

/** The flags that say what a rule says. */
export function fromRule({ id, hash, reward, threshold }: Rule): RuleValues {
  return { id, hash: hash?.split(','), reward, threshold: Number(threshold) };
}

/** The least reward of a success, where nothing else is said. */
export const THRESHOLD = 0.5;
