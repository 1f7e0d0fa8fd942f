import { DataError } from '../../errors.ts';
import { quoteId } from '../../escape-controls.ts';
import { MOST_TRIALS } from '../../logs/row.ts';
import { toUpdates } from '../../logs/visits.ts';
import { LEAST, MOST } from '../../validate.ts';

/** Counts of a visit, with the discount that applies to what was before it. */
export interface Counts {
  readonly successes: number;
  readonly trials: number;
  readonly discount: number;
}

/** Whether it is the alpha or the beta of a posterior. */
export type Side = 'alpha' | 'beta';

/** Eq. 6, in doubles and rounded once: a visit of at most 65,535 trials. */
export function update(side: Side, value: number, prior: number, { successes, trials, discount }: Counts): number {
  // Of counts that the library rounds to float32 first.
  const right = Math.fround(successes);
  const count = side === 'alpha' ? right : Math.fround(trials) - right;
  return Math.fround(discount * value + (1 - discount) * prior + count);
}

/** Adds the open visit to what is settled, as updates of the library would: one rounding each. */
export function withOpen(side: Side, settled: number, prior: number, open: Counts): number {
  const { successes, trials } = open;
  if (trials === 0) return settled;
  if (trials <= MOST_TRIALS) return update(side, settled, prior, open);
  let value = settled;
  let { discount } = open;
  for (const part of toUpdates(successes, trials)) {
    value = update(side, value, prior, { ...part, discount });
    discount = 1;
  }
  return value;
}

/** @throws DataError if a posterior with so many more would leave the domain of the library */
export function checkRange(toId: () => string, alpha: number, beta: number, successes: number, trials: number): void {
  if (alpha >= LEAST && beta >= LEAST && Math.max(alpha + successes, beta + trials - successes) <= MOST) return;
  const id = toId();
  const reason = `the posterior of ${quoteId(id)} would leave its range: alpha and beta are at most 2^24`;
  throw new DataError('too-much', reason, { id });
}
