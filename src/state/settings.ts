import { DataError } from '../errors.ts';
import type { Prior } from '../index.ts';
import type { SuccessRule } from '../logs/row.ts';

/** What the posteriors depend on, and so stays the same for the life of a state. */
export interface Settings {
  /** The share of older evidence that a visit keeps, in [0, 1]. */
  readonly discount: number;
  /** Of a prompt that nothing was seen of. */
  readonly prior: Prior;
}

/** What says which prompt a row is of and what a success is: with another, other logs would not fit to those before. */
export interface Rule {
  readonly id?: string | undefined;
  /** Fields, with commas between them. */
  readonly hash?: string | undefined;
  readonly reward?: string | undefined;
  /** The least reward of a success, as a decimal number. */
  readonly threshold: string;
  /** In its place the rewards of no success and of a whole one, with a comma between them. */
  readonly 'reward-scale'?: string | undefined;
}

/**
 * Refuses settings other than those of a state: what is in it cannot be counted anew.
 * @throws DataError with the code `settings`
 */
export function checkSettings(settings: Settings, { discount, prior }: Partial<Settings>): void {
  if (discount !== undefined) check('discount', String(settings.discount), String(discount));
  if (prior !== undefined) check('prior', show(settings.prior), show(prior));
}

/**
 * Refuses a rule other than that of the logs before.
 * @throws DataError with the code `settings`
 */
export function checkRule(rule: Rule, given: Partial<Rule>): void {
  for (const name of ['id', 'hash', 'reward', 'threshold', 'reward-scale'] as const) {
    const wanted = given[name];
    if (wanted !== undefined) check(name, rule[name] ?? 'the default', wanted);
  }
}

/** The rule of what a success is. */
export function toSuccessRule({ threshold, 'reward-scale': scale }: Rule): SuccessRule {
  const [worst, best] = scale?.split(',').map(Number) ?? [];
  return {
    threshold: Number(threshold),
    scale: worst === undefined || best === undefined ? undefined : { worst, best },
  };
}

function check(field: string, has: string, wants: string): void {
  if (has === wants) return;
  throw new DataError('settings', `${field} ${wants} does not fit the state, which was made with ${has}`, { field });
}

function show({ alpha, beta }: Prior): string {
  return `${alpha},${beta}`;
}
