import { PosteriorPool } from '../index.ts';
import { DataError, UsageError } from '../cli/errors.ts';
import { fromFlags, toNumber } from '../cli/flags/flags.ts';
import type { Rule, Settings } from './state.ts';

/** For parseArgs: no defaults, as a state that is there brings its own. */
export const SETTINGS_FLAGS = { discount: { type: 'string' }, prior: { type: 'string' } } as const;

type Given<Flag extends string> = { readonly [flag in Flag]?: string | undefined };

/** The settings of a new state. */
export function toSettings(values: Given<'discount' | 'prior'>): Settings {
  const prior = toPrior(values.prior ?? '1,1');
  const discount = toNumber('discount', values.discount ?? '1');
  const pool = fromFlags(() => new PosteriorPool(0, { prior, discount }));
  return { discount, prior: pool.prior };
}

/** @throws DataError for a flag that says other than the state: what is in it cannot be counted anew */
export function checkSettings(settings: Settings, values: Given<'discount' | 'prior'>): void {
  const given = toSettings(values);
  if (values.discount !== undefined) check('discount', String(settings.discount), String(given.discount));
  if (values.prior !== undefined) check('prior', showPrior(settings), showPrior(given));
}

/** The rule of the first logs. */
export function toRule(values: Given<keyof Rule>): Rule {
  const threshold = String(toNumber('threshold', values.threshold ?? '0.5'));
  return { id: values.id, hash: values.hash, reward: values.reward, threshold };
}

/** @throws DataError for a flag that says other than the rule of the logs before */
export function checkRule(rule: Rule, values: Given<keyof Rule>): void {
  const given = toRule(values);
  for (const flag of ['id', 'hash', 'reward', 'threshold'] as const) {
    if (values[flag] !== undefined) check(flag, rule[flag] ?? 'the default', given[flag] as string);
  }
}

function check(flag: string, has: string, wants: string): void {
  if (has !== wants) throw new DataError(`--${flag} ${wants} does not fit the state, which was made with ${has}`);
}

export function toPrior(text: string): { alpha: number; beta: number } {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--prior expected two numbers as A,B, got ${JSON.stringify(text)}`);
  const [alpha, beta] = parts.map((part) => toNumber('prior', part)) as [number, number];
  return { alpha, beta };
}

function showPrior({ prior }: Settings): string {
  return `${prior.alpha},${prior.beta}`;
}
