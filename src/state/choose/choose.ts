import type { Selection } from '../../index.ts';
import type { State } from '../state.ts';
import { type Plan, type Query, toPlan } from './query.ts';
import { bestFew, bestOfEach, longestUnseen } from './rows.ts';
import { byScore, type Row, sumLeast, Walk, walkAll } from './walk.ts';

/** What was selected, and how. */
export interface Choosing extends Selection {
  readonly plan: Plan;
  /** undefined where nothing but the scores decided. */
  readonly walk: Walk<Row> | undefined;
}

/**
 * The best prompts, best first. Candidates are drawn from all prompts, or from `only`, and what is barred is left out.
 * Of these the floor takes those that were not seen for longest (never, then the older step, then the index), and the
 * other slots go by score; both take a prompt only where the quotas leave room.
 * @throws DataError for an id of `only` that the state lacks; RangeError, TypeError for a wrong value
 */
export function choose(state: State, query: Query): Choosing {
  const plan = toPlan(state, query);
  const { count, acquisition, from, bar, groups, floor } = plan;
  if (bar === undefined && groups.length === 0 && floor === 0) {
    return { ...state.pool.select(count, { acquisition, candidates: from }), plan, walk: undefined };
  }
  const longest = longestUnseen(state, plan);
  const { walk: few, rows: seen } = chooseFew(state, plan, longest);
  const walk = few ?? walkAll(bestOfEach(state, plan, seen), longest, plan);
  const rows = walk.taken.slice().sort(byScore);
  return {
    indices: Uint32Array.from(rows, ({ position }) => position),
    scores: Float32Array.from(rows, ({ score }) => score),
    plan,
    walk,
  };
}

/** Shares of a state in which it is no longer worth looking at a few of its prompts first. */
const FEW = 1 / 8;

/** By the best few of the state alone, which come back; there is no walk if they are not enough. */
function chooseFew(state: State, plan: Plan, longest: readonly Row[]): { walk?: Walk<Row>; rows: Row[] } {
  const { from, bounds, count, floor } = plan;
  let rows: Row[] = [];
  if (from !== undefined || sumLeast(bounds) > count) return { rows };
  for (const some of [2 * count, 16 * count]) {
    if (some > FEW * state.size) return { rows };
    // If the walk fills all slots there are enough prompts of each group, and the bounds are what they seem.
    const walk = new Walk<Row>(bounds, count);
    walk.take(longest, floor, true);
    rows = bestFew(state, plan, some);
    walk.take(rows, count, false);
    if (walk.isDone) return { walk, rows };
  }
  return { rows };
}
