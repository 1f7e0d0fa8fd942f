import { DataError } from '../errors.ts';
import { checkFloor } from '../validate.ts';
import { type History, visitsOf } from './history.ts';
import type { Replay } from './replay.ts';

/** The paper selects 256 out of 16 x 256 candidates. */
const PROMPTS_A_CHOICE = 16;
const FEW_ROUNDS = 5;

/** Of a replay, what the user said; the rest comes from the log. */
export interface Wishes {
  readonly pool: Replay['pool'];
  readonly count: number | undefined;
  readonly rounds: number | undefined;
  readonly rollouts: number | undefined;
  readonly candidates: number | undefined;
  readonly floor?: number | undefined;
}

/** @throws DataError for more rounds than the log has */
export function toPlan(history: History, { pool, rounds, rollouts, candidates, ...wishes }: Wishes): Replay {
  const visits = sortedVisits(history);
  const most = visits.at(-1) as number;
  if (rounds !== undefined && rounds > most) {
    const reason = `${rounds} rounds are more than the log has: no prompt was visited more than ${most} times`;
    throw new DataError('value', reason, { field: 'rounds' });
  }
  const count = wishes.count ?? Math.max(1, Math.round(history.prompts / PROMPTS_A_CHOICE));
  return {
    pool,
    count,
    rounds: rounds ?? quantile(visits, 0.5),
    rollouts: rollouts ?? Math.min(256, Math.max(2, mostCommon(history.trials))),
    candidates,
    floor: wishes.floor === undefined ? undefined : checkFloor(wishes.floor, count),
  };
}

/** In words: what should make one doubt the replay. */
export function toNotes(history: History, { rounds }: Replay): string[] {
  const visits = sortedVisits(history);
  const [least, most] = [visits[0] as number, visits.at(-1) as number];
  const notes: string[] = [];
  if (rounds < FEW_ROUNDS)
    notes.push(`policies can hardly learn anything in ${rounds} round${rounds === 1 ? '' : 's'}`);
  if (quantile(visits, 0.9) > 1.5 * quantile(visits, 0.1)) {
    notes.push(
      `prompts were visited ${least} to ${most} times: visit number t was not at the same time of the run for all of them`,
    );
  }
  if (history.trials.every((trials) => trials === 1)) notes.push('single rollouts make no mixed group');
  return notes;
}

function sortedVisits(history: History): Uint32Array {
  return Uint32Array.from({ length: history.prompts }, (_, prompt) => visitsOf(history, prompt)).sort();
}

function quantile(sorted: Uint32Array, share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] as number;
}

function mostCommon(values: Uint16Array): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 0])[0];
}
