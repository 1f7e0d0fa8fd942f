import { bad, type Fields, getId } from '../logs/fields.ts';
import { MOST_TRIALS, type SuccessRule, toSuccess } from '../logs/row.ts';
import type { Entry } from '../state/journal.ts';
import { checkBoolean, checkFields, inPlace } from './request.ts';

const FIELDS = ['id', 'step', 'successes', 'trials', 'rewards', 'discount', 'key', 'more'] as const;

/** An observation of a request. */
export interface Observed {
  readonly entry: Entry;
  /** Whether more of its group is to come: it stays in flight. */
  readonly isPart: boolean;
}

/**
 * Counts, or rewards, which the rule of the state makes counts of; rewards that are null or no numbers are no trials.
 * @param at where it stands in the request
 * @throws DataError, RequestError for what makes no sense
 */
export function toObserved(observation: Fields, at: string, rule: SuccessRule): Observed {
  checkFields(observation, at, FIELDS);
  const { step, discount, key, more = false, rewards } = observation;
  const id = inPlace(at, () => getId(observation, 'id'));
  if (step !== undefined && !Number.isFinite(step)) throw bad(`${at}.step`, 'a finite number', step);
  if (discount !== undefined) checkRange(`${at}.discount`, discount, 0, 1);
  if (key !== undefined && typeof key !== 'string') throw bad(`${at}.key`, 'a string', key);
  checkBoolean(`${at}.more`, more);
  const counts =
    rewards === undefined ? toCounts(observation, at) : inPlace(at, () => fromRewards(observation, at, rule));
  return {
    entry: { id, step: step as number | undefined, ...counts, discount: discount as number | undefined, key },
    isPart: more,
  };
}

function toCounts({ successes, trials }: Fields, at: string): { successes: number; trials: number } {
  const tried = Math.fround(checkRange(`${at}.trials`, trials, 2 ** -149, MOST_TRIALS)); // the least float32 above 0
  return { successes: Math.fround(checkRange(`${at}.successes`, successes, 0, tried)), trials: tried };
}

function fromRewards({ rewards, successes, trials }: Fields, at: string, rule: SuccessRule) {
  if (!Array.isArray(rewards)) throw bad(`${at}.rewards`, 'an array', rewards);
  const given = successes ?? trials;
  if (given !== undefined) throw bad(`${at}.rewards`, 'no counts beside them', given);
  const measured = rewards.filter((reward) => reward !== null && !Number.isNaN(reward));
  const wrong = measured.find((reward) => typeof reward !== 'boolean' && !Number.isFinite(reward));
  if (wrong !== undefined) throw bad(`${at}.rewards`, 'numbers, booleans or null', wrong);
  if (measured.length === 0) throw bad(`${at}.rewards`, 'at least one that was measured', rewards);
  if (measured.length > MOST_TRIALS) throw bad(`${at}.rewards`, `at most ${MOST_TRIALS}`, measured.length);
  const sum = measured.reduce((sum: number, reward) => sum + toSuccess(Number(reward), rule), 0);
  return { successes: Math.min(Math.fround(sum), measured.length), trials: measured.length };
}

function checkRange(title: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw bad(title, least === 0 ? `a number in [0, ${most}]` : `a number in (0, ${most}]`, value);
}
