import type { State } from '../state.ts';
import { Best } from './best.ts';
import type { Plan } from './query.ts';
import { byScore, type Row } from './walk.ts';

/** A step before all others, which a prompt has that was visited at no step. */
const NO_STEP = -Number.MAX_VALUE;

/** A row, and how long ago its prompt was seen. */
export interface UnseenRow extends Row {
  /** The step of its latest visit; undefined: it was never visited. */
  readonly step: number | undefined;
}

/** The best `some` of all prompts that are not left out, best first. */
export function bestFew(state: State, { acquisition, bar, boundsOf }: Plan, some: number): Row[] {
  const { indices, scores } = state.pool.select(some, { acquisition });
  const { groups } = state.columns;
  const rows: Row[] = [];
  for (let i = 0; i < indices.length; i++) {
    const position = indices[i] as number;
    if (bar?.(position) !== undefined) continue;
    const group = boundsOf[groups[position] as number] as number;
    rows.push({ position, score: scores[i] as number, group });
  }
  return rows;
}

/** Of each group the best, as many as any selection can take and one more; best first. */
export function bestOfEach(state: State, plan: Plan): Row[] {
  const { from, acquisition, count } = plan;
  const scores = state.pool.score({ acquisition, candidates: from });
  const best = plan.bounds.map((bounds) => new Best(Math.min(bounds.most, count + 1)));
  const keep = toKeep(plan, best);
  const length = from?.length ?? state.size;
  const { groups } = state.columns;
  const bounds = Float64Array.from(best, ({ bound }) => bound);
  const { boundsOf } = plan;
  for (let i = 0; i < length; i++) {
    const index = from === undefined ? i : (from[i] as number);
    const group = boundsOf[groups[index] as number] as number;
    // Nearly all prompts end here: a loop without calls is five times as fast (measured).
    if ((scores[i] as number) > (bounds[group] as number)) keep(index, scores[i] as number, group, bounds);
  }
  return best.flatMap((one, group) => one.rows(group)).sort(byScore);
}

/** Of each group those that were not seen for longest, as many as the floor can take; the longest first. */
export function longestUnseen(state: State, plan: Plan): UnseenRow[] {
  if (plan.floor === 0) return [];
  const { from, boundsOf } = plan;
  const { visits, steps, groups } = state.columns;
  const best = plan.bounds.map((bounds) => new Best(Math.min(bounds.most, plan.floor)));
  const keep = toKeep(plan, best);
  const length = from?.length ?? state.size;
  const bounds = Float64Array.from(best, ({ bound }) => bound);
  for (let i = 0; i < length; i++) {
    const index = from === undefined ? i : (from[i] as number);
    const group = boundsOf[groups[index] as number] as number;
    const step = steps[index] as number;
    // Larger is longer ago: never visited, visited at no step, then by the step.
    const unknown = visits[index] === 0 ? Number.POSITIVE_INFINITY : -NO_STEP;
    const age = Number.isNaN(step) ? unknown : -step;
    if (age > (bounds[group] as number)) keep(index, age, group, bounds);
  }
  const rows = best
    .flatMap((one, group) => one.rows(group))
    .sort((a, b) => b.score - a.score || a.position - b.position);
  const candidates = Uint32Array.from(rows, ({ position }) => position).sort();
  const scores = state.pool.score({ acquisition: plan.acquisition, candidates });
  const scoreOf = new Map(Array.from(candidates, (index, i) => [index, scores[i] as number]));
  return rows.map(({ position, score: age, group }) => ({
    position,
    score: scoreOf.get(position) as number,
    group,
    step: age === Number.POSITIVE_INFINITY ? undefined : -age,
  }));
}

/** Keeps a prompt that is not left out, and raises the bound of its group where that is due. */
function toKeep({ bar }: Plan, best: readonly Best[]) {
  return (index: number, value: number, group: number, bounds: Float64Array): void => {
    if (bar?.(index) !== undefined) return;
    const one = best[group] as Best;
    one.add(index, value);
    bounds[group] = one.bound;
  };
}
