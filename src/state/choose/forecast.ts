import type { State } from '../state.ts';
import { choose } from './choose.ts';
import type { Query } from './query.ts';

/** What a state says of its prompts, and of the next batch. Shares are of all prompts; they add up to 1. */
export interface Forecast {
  readonly prompts: number;
  readonly step: number | null;
  /** A chance above one half that the next group is all right. */
  readonly saturated: number;
  /** A chance above one half that the next group is all wrong. */
  readonly hopeless: number;
  /** Visited, and neither. */
  readonly learnable: number;
  /** Never visited. */
  readonly unseen: number;
  /** Prompts of the next batch. */
  readonly selected: number;
  /** Expected share of its groups that are all right or all wrong, and teach nothing; null of no group. */
  readonly wasted: number | null;
}

/** By the posterior predictive of a group of `rollouts`. */
export function toForecast(state: State, query: Query, rollouts: number): Forecast {
  const { pool, size } = state;
  const mixed = pool.score({ acquisition: { kind: 'non-degenerate', rollouts } });
  const anyRight = pool.score({ acquisition: { kind: 'success-chance', rollouts } });
  const counts = { saturated: 0, hopeless: 0, learnable: 0, unseen: 0 };
  for (let i = 0; i < size; i++) {
    const someRight = anyRight[i] as number;
    if (state.columns.visits[i] === 0) counts.unseen++;
    else if (someRight - (mixed[i] as number) > 0.5) counts.saturated++;
    else if (1 - someRight > 0.5) counts.hopeless++;
    else counts.learnable++;
  }
  const share = (count: number): number => (size === 0 ? 0 : count / size);
  const { indices } = choose(state, query);
  const chances = Array.from(indices, (index) => 1 - (mixed[index] as number));
  return {
    prompts: size,
    step: state.lastStep ?? null,
    saturated: share(counts.saturated),
    hopeless: share(counts.hopeless),
    learnable: share(counts.learnable),
    unseen: share(counts.unseen),
    selected: indices.length,
    wasted: chances.length === 0 ? null : chances.reduce((sum, chance) => sum + chance, 0) / chances.length,
  };
}
