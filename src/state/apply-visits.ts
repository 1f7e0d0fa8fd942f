import type { PosteriorPool } from '../index.ts';
import { checkVisit, toUpdates, type Visits } from '../logs/visits.ts';

/** Observations of one update of the pool. */
const BATCH = 65_536;

/**
 * Updates a pool, whose datapoint i is prompt number i, by all visits. Below discount 1 each visit is an observation; at
 * discount 1 the counts of a prompt are added up, and are one.
 * @throws DataError for a visit of more than 65,535 rollouts below discount 1
 */
export function applyVisits(visits: Visits, pool: PosteriorPool): void {
  const { list } = visits;
  const isOrdered = pool.discount < 1;
  const batch = { indices: [] as number[], successes: [] as number[], trials: [] as number[] };
  const flush = (): void => {
    pool.update(batch);
    for (const column of Object.values(batch)) column.length = 0;
  };
  for (const { prompt, step, successes, trials } of isOrdered ? visits.byPrompt() : visits.sums()) {
    if (isOrdered) checkVisit(() => list.at(prompt), step, trials);
    for (const part of toUpdates(successes, trials)) {
      batch.indices.push(prompt);
      batch.successes.push(part.successes);
      batch.trials.push(part.trials);
    }
    if (batch.indices.length >= BATCH) flush();
  }
  flush();
}
