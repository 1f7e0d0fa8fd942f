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

/**
 * Of each group the best, as many as any selection can take and one more; best first.
 * @param few the best of all groups together, whose groups that have enough there need no look at the others
 */
export function bestOfEach(state: State, plan: Plan, few: readonly Row[] = []): Row[] {
  const { acquisition, count } = plan;
  const most = plan.bounds.map((bounds) => Math.min(bounds.most, count + 1));
  const left = most.slice();
  const rows = few.filter(({ group }) => (left[group] as number) > 0 && (left[group] as number)-- > 0);
  const isDone = (group: number): boolean => left[group] === 0;
  const best = most.map((some, group) => new Best(isDone(group) ? 0 : some));
  offer(state, plan, best, (indices) => {
    const scores = state.pool.score({ acquisition, candidates: indices });
    return (_, i) => scores[i] as number;
  });
  const all = best.flatMap((one, group) => (isDone(group) ? [] : one.rows(group)));
  return [...rows.filter(({ group }) => isDone(group)), ...all].sort(byScore);
}

/**
 * How many of the best of the whole state are looked at first, times one more than the count. 15 x 257 is below the 4,096 from
 * which on a selection scans all scores (measured: 20 ms at 10,000,000 prompts).
 */
const LOOKS = [1, 4, 15];

/** The same, with a look at the best few of the whole state first. */
export function bestOfGroups(state: State, plan: Plan): Row[] {
  const most = plan.bounds.map((bounds) => Math.min(bounds.most, plan.count + 1));
  let few: Row[] = [];
  for (const look of plan.groups.length === 0 ? LOOKS : LOOKS.slice(-1)) {
    const some = look * (plan.count + 1);
    if (plan.from !== undefined || 8 * some > state.size) break;
    few = bestFew(state, plan, some);
    const left = most.slice();
    const rows = few.filter(({ group }) => (left[group] as number) > 0 && (left[group] as number)-- > 0);
    if (left.every((missing) => missing === 0)) return rows;
  }
  return bestOfEach(state, plan, few);
}

/** How long ago a prompt was seen; larger is longer: never visited, visited at no step, then by the step. */
export function ageOf({ columns: { visits, steps } }: State, index: number): number {
  const step = steps[index] as number;
  if (!Number.isNaN(step)) return -step;
  return visits[index] === 0 ? Number.POSITIVE_INFINITY : -NO_STEP;
}

/** Of each group those that were not seen for longest, as many as the floor can take; the longest first. */
export function longestUnseen(state: State, plan: Plan): UnseenRow[] {
  if (plan.floor === 0) return [];
  const best = plan.bounds.map((bounds) => new Best(Math.min(bounds.most, plan.floor)));
  offer(state, plan, best, () => (index) => ageOf(state, index));
  const rows = best
    .flatMap((one, group) => one.rows(group))
    .sort((a, b) => b.score - a.score || a.position - b.position);
  const candidates = Uint32Array.from(rows, ({ position }) => position).sort();
  const scores = state.pool.score({ acquisition: plan.acquisition, candidates });
  const scoreOf = new Map(Array.from(candidates, (index, i) => [index, scores[i] as number]));
  return rows.map(({ position, score: longAgo, group }) => ({
    position,
    score: scoreOf.get(position) as number,
    group,
    step: longAgo === Number.POSITIVE_INFINITY ? undefined : -longAgo,
  }));
}

/** The share of a state up to which a group is looked at alone. */
const SMALL = 1 / 8;

/** Offers each group that keeps any its prompts: a small group alone, the others in one pass over the state. */
function offer(
  state: State,
  plan: Plan,
  best: readonly Best[],
  toValues: (indices: Uint32Array | undefined) => (index: number, i: number) => number,
): void {
  const { from, groups } = plan;
  const open = [...best.keys()].filter((group) => (best[group] as Best).bound < Number.POSITIVE_INFINITY);
  if (from !== undefined || groups.length === 0) {
    scan(state, plan, from, toKeep(plan, best, open), toValues(from));
    return;
  }
  const large = open.filter((group) => {
    const members = membersOf(state, plan, group);
    if (members !== undefined) scan(state, plan, members, toKeep(plan, best, [group]), toValues(members));
    return members === undefined;
  });
  if (large.length > 0) scan(state, plan, undefined, toKeep(plan, best, large), toValues(undefined));
}

/** The prompts of a small group, rising; undefined of a large one. */
function membersOf(state: State, { boundsOf }: Plan, group: number): Uint32Array | undefined {
  const lists = [...boundsOf.keys()]
    .filter((label) => boundsOf[label] === group)
    .map((label) => state.membersOf(label));
  const size = lists.reduce((sum, { length }) => sum + length, 0);
  if (size > SMALL * state.size) return undefined;
  if (lists.length === 1) return lists[0];
  return Uint32Array.from(lists.flatMap((list) => [...list])).sort();
}

/** What keeps the best of some groups. */
interface Keep {
  /** Of each group: only what is larger is kept. */
  readonly bounds: Float64Array;
  /** The least of them. */
  least: number;
  add(index: number, value: number, group: number): void;
}

function toKeep({ bar }: Plan, best: readonly Best[], groups: readonly number[]): Keep {
  const bounds = Float64Array.from(best, ({ bound }, group) =>
    groups.includes(group) ? bound : Number.POSITIVE_INFINITY,
  );
  const toLeast = (): number => bounds.reduce((least, bound) => Math.min(least, bound), Number.POSITIVE_INFINITY);
  const keep: Keep = {
    bounds,
    least: toLeast(),
    add(index, value, group) {
      if (bar?.(index) !== undefined) return;
      const one = best[group] as Best;
      one.add(index, value);
      if (one.bound === bounds[group]) return;
      bounds[group] = one.bound;
      keep.least = toLeast();
    },
  };
  return keep;
}

/** Offers all prompts, or those at the indices, with a value each. Nearly all end at the first comparison. */
function scan(
  { size, columns: { groups } }: State,
  { boundsOf }: Plan,
  indices: Uint32Array | undefined,
  keep: Keep,
  valueAt: (index: number, i: number) => number,
): void {
  const { bounds } = keep;
  const length = indices?.length ?? size;
  for (let i = 0; i < length && keep.least < Number.POSITIVE_INFINITY; i++) {
    const index = indices === undefined ? i : (indices[i] as number);
    const value = valueAt(index, i);
    if (!(value > keep.least)) continue;
    const group = boundsOf[groups[index] as number] as number;
    if (value > (bounds[group] as number)) keep.add(index, value, group);
  }
}
