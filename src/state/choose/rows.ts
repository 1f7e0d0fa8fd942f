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
  const most = plan.bounds.map((bounds) => Math.min(bounds.most, count + 1));
  const rows = scan(state, plan, most, (_, i) => scores[i] as number);
  return rows.map(({ index, value, group }) => ({ position: index, score: value, group })).sort(byScore);
}

/** Of each group those that were not seen for longest, as many as the floor can take; the longest first. */
export function longestUnseen(state: State, plan: Plan): UnseenRow[] {
  if (plan.floor === 0) return [];
  const { visits, steps } = state.columns;
  // Larger is longer ago: never visited, visited at no step, then by the step.
  const age = (index: number): number => {
    if (visits[index] === 0) return Number.POSITIVE_INFINITY;
    const step = steps[index] as number;
    return Number.isNaN(step) ? -NO_STEP : -step;
  };
  const most = plan.bounds.map((bounds) => Math.min(bounds.most, plan.floor));
  const rows = scan(state, plan, most, age).sort((a, b) => b.value - a.value || a.index - b.index);
  const candidates = Uint32Array.from(rows, ({ index }) => index).sort();
  const scores = state.pool.score({ acquisition: plan.acquisition, candidates });
  const scoreOf = new Map(Array.from(candidates, (index, i) => [index, scores[i] as number]));
  return rows.map(({ index, value, group }) => ({
    position: index,
    score: scoreOf.get(index) as number,
    group,
    step: value === Number.POSITIVE_INFINITY ? undefined : -value,
  }));
}

interface Scanned {
  readonly index: number;
  readonly value: number;
  readonly group: number;
}

/** Of each group the `most` with the largest values, best first, the groups one after the other. */
function scan(
  state: State,
  { from, bar, boundsOf }: Plan,
  most: readonly number[],
  valueAt: (index: number, i: number) => number,
): Scanned[] {
  const best = most.map((some) => new Best(some));
  const { groups } = state.columns;
  const length = from?.length ?? state.size;
  for (let i = 0; i < length; i++) {
    const index = from === undefined ? i : (from[i] as number);
    const value = valueAt(index, i);
    const one = best[boundsOf[groups[index] as number] as number] as Best;
    if (one.wants(value) && bar?.(index) === undefined) one.add(index, value);
  }
  return best.flatMap((one, group) => {
    const { indices, values } = one.sorted();
    return indices.map((index, i) => ({ index, value: values[i] as number, group }));
  });
}
