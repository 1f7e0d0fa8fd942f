import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { MOST_TRIALS, type Row } from './row.ts';

/** Of one prompt. Beside any prior no posterior can then leave the library's domain: 1e6 + 15e6 < 2^24. */
export const MOST_ROLLOUTS = 15_000_000;

/**
 * Refuses a rollout without a step where the order of visits counts.
 * @throws DataError with the code `no-step`
 */
export function checkOrder({ id, step, isRollout }: Pick<Row, 'id' | 'step' | 'isRollout'>, discount: number): void {
  if (step === undefined && isRollout && discount < 1) {
    throw new DataError('no-step', '"step" is missing, and a discount below 1 needs the order', { id, field: 'step' });
  }
}

/** What one update of a pool takes of a visit: at most 65,535 rollouts each. */
export function* toUpdates(successes: number, trials: number): Generator<{ successes: number; trials: number }> {
  let right = successes;
  for (let left = trials; left > 0; left -= MOST_TRIALS) {
    const part = Math.min(left, MOST_TRIALS);
    const taken = Math.min(right, part);
    right -= taken;
    yield { successes: taken, trials: part };
  }
}

/**
 * Refuses a visit that one update cannot take.
 * @throws DataError with the code `too-much`
 */
export function checkVisit(toId: () => string, step: number | undefined, trials: number): void {
  if (trials <= MOST_TRIALS) return;
  const id = toId();
  const most = MOST_TRIALS.toLocaleString('en');
  throw new DataError(
    'too-much',
    `${quoteId(id)} has more than ${most} rollouts${step === undefined ? '' : ` at step ${step}`}`,
    { id },
  );
}
