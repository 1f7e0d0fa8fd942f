import { toRule } from '../../acquisition.ts';
import type { Selection } from '../../index.ts';
import type { State } from '../state.ts';
import { type Place, type Plan, type Query, toPlan } from './query.ts';
import { bestOfGroups, longestUnseen, type UnseenRow } from './rows.ts';
import { byScore, type Row, walkAll } from './walk.ts';

/** A row of one of two states; its position is that in both together. */
type Placed = Row & Partial<UnseenRow> & { readonly index: number };

/**
 * What `choose` would select of a state into which `fresh` was merged, to the last tie, at a cost of the prompts of
 * `fresh` and of the selection. Index `state.size + i` stands for prompt i of `fresh`.
 * @returns undefined where the two must be merged first: for draws that go by position, `only` and unknown groups
 * @throws RangeError, TypeError for a wrong value
 */
export function chooseBeside(state: State, fresh: State, query: Query): Selection | undefined {
  const { acquisition, candidates, only, quotas = {}, held } = query;
  if (candidates !== undefined || only !== undefined || toRule(acquisition).seed !== undefined) return undefined;
  if (Object.keys(quotas).some((name) => state.groups.numberOf(name) < 0)) return undefined;
  const ranks = state.keys.ranksOf(fresh.keys);
  const steps = [state.lastStep, fresh.lastStep].filter((step) => step !== undefined);
  const whole = { of: state.size + fresh.size, step: steps.length === 0 ? undefined : Math.max(...steps) };
  const heldOf = held && { has: (index: number) => held.has(state.size + index) };
  const plan = toPlan(state, query, { offset: 0, ...whole } as Place);
  const best: Placed[] = [];
  const longest: Placed[] = [];
  const add = (from: State, plan: Plan, toIndex: (at: number) => number, toPosition: (at: number) => number): void => {
    const place = (row: Row): Placed => ({ ...row, index: toIndex(row.position), position: toPosition(row.position) });
    best.push(...bestOfGroups(from, plan).map(place));
    longest.push(...longestUnseen(from, plan).map(place));
  };
  add(
    state,
    plan,
    (at) => at,
    (at) => at + countUpTo(ranks, at),
  );
  add(
    fresh,
    toPlan(fresh, { ...query, held: heldOf }, { offset: state.size, ...whole } as Place),
    (at) => state.size + at,
    (at) => at + (ranks[at] as number),
  );
  const age = ({ step = Number.NEGATIVE_INFINITY }: Placed): number => step;
  longest.sort((a, b) => (age(a) === age(b) ? a.position - b.position : age(a) - age(b)));
  const rows = walkAll(best.sort(byScore), longest, plan).taken.sort(byScore);
  return {
    indices: Uint32Array.from(rows, ({ index }) => index),
    scores: Float32Array.from(rows, ({ score }) => score),
  };
}

/** How many of rising values are at most that. */
function countUpTo(values: Uint32Array, most: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) <= most) low = middle + 1;
    else high = middle;
  }
  return low;
}
