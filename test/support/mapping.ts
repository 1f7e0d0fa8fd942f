import type { FormatName } from '../../src/logs/formats.ts';
import type { ReadOptions } from '../../src/logs/read-options.ts';
import type { SuccessRule } from '../../src/logs/row.ts';

/** What a user would write behind the flags of the command. */
export type Names = Readonly<
  Partial<Record<'format' | 'id' | 'hash' | 'reward' | 'step' | 'successes' | 'trials' | 'rate' | 'threshold', string>>
>;

/** The same for the readers. */
export function toOptions({ format, hash, trials, threshold = '0.5', ...names }: Names): ReadOptions & {
  readonly rule: SuccessRule;
} {
  const mapping = {
    ...names,
    hash: hash?.split(','),
    trials: trials !== undefined && /^\d+$/.test(trials) ? Number(trials) : trials,
  };
  return { format: format as FormatName | undefined, mapping, rule: { threshold: Number(threshold) } };
}
