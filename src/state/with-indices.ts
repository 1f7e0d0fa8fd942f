import type { Visits } from '../logs/visits.ts';
import type { Observation } from './table/posteriors.ts';

/**
 * All visits as observations of a state, in an order in which it applies them soonest.
 * @param indices of the prompts in the state; visits of those with -1 are left out
 */
export function* withIndices(visits: Visits, indices: ArrayLike<number>): Generator<Observation> {
  for (const { prompt, ...visit } of visits.byTurn()) {
    const index = indices[prompt] as number;
    if (index >= 0) yield { ...visit, index };
  }
}
