import { PosteriorPool } from '../../index.ts';
import type { Rule, Settings } from '../../state/settings.ts';
import { UsageError } from '../errors.ts';
import { fromFlags, toNumber } from './flags.ts';

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

/** Those settings that the flags name. */
export function toGiven(values: Given<'discount' | 'prior'>): Partial<Settings> {
  const { discount, prior } = toSettings(values);
  return {
    ...(values.discount !== undefined && { discount }),
    ...(values.prior !== undefined && { prior }),
  };
}

/** The rule of the first logs. */
export function toRule(values: Given<keyof Rule>): Rule {
  const threshold = String(toNumber('threshold', values.threshold ?? '0.5'));
  return { id: values.id, hash: values.hash, reward: values.reward, threshold };
}

/** Those parts of the rule that the flags name. */
export function toGivenRule(values: Given<keyof Rule>): Partial<Rule> {
  const { threshold, ...rest } = toRule(values);
  return { ...rest, ...(values.threshold !== undefined && { threshold }) };
}

export function toPrior(text: string): { alpha: number; beta: number } {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--prior expected two numbers as A,B, got ${JSON.stringify(text)}`);
  const [alpha, beta] = parts.map((part) => toNumber('prior', part)) as [number, number];
  return { alpha, beta };
}
