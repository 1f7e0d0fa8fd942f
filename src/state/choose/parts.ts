import { toRule } from '../../acquisition.ts';
import { CANDIDATES_EACH } from '../../candidates.ts';
import {
  bad,
  checkArray,
  checkFloor,
  checkInteger,
  checkNumber,
  checkObject,
  checkOptions,
  MOST_SIZE,
} from '../../validate.ts';
import type { State } from '../state.ts';
import { type Place, type Query, toPlan, unknownGroup } from './query.ts';
import { type Quotas, toBounds } from './quotas.ts';
import { bestOfGroups, longestUnseen, type UnseenRow } from './rows.ts';
import { byScore, type Row, walkAll } from './walk.ts';

/** Prompts of a part, best first, a column each. */
export interface PartRows {
  readonly ids: readonly string[];
  readonly scores: readonly number[];
  /** In the whole. */
  readonly positions: readonly number[];
  /** Of the longest unseen: the step of the latest visit; null: never visited. */
  readonly steps?: readonly (number | null)[];
}

/** What a shard has to say about a selection out of the whole: plain JSON, which `mergeParts` reads. */
export interface PromptPart {
  readonly offset: number;
  readonly size: number;
  readonly of: number;
  /** What the selection is, as the merge must have it too. */
  readonly count: number;
  readonly quotas: Quotas | null;
  readonly floor: number;
  /** What else must be the same in all parts: JSON of the acquisition, the candidates and what is left out. */
  readonly selection: string;
  /** Those labels of the quotas that prompts here have. */
  readonly known: readonly string[];
  /** Of each group of the quotas, and then of all other prompts: the best, and those not seen for longest. */
  readonly groups: readonly { readonly best: PartRows; readonly longest: PartRows }[];
}

/** What is selected out of the whole. */
export type MergeQuery = Pick<Query, 'count' | 'quotas' | 'floor'>;

/** The selection out of the whole, best first. */
export interface Merged {
  readonly ids: string[];
  readonly scores: number[];
}

/** What a shard adds to a selection out of the whole. Nothing is selected yet. */
export function toPart(state: State, query: Query, place: Place): PromptPart {
  const plan = toPlan(state, query, place);
  const best = bestOfGroups(state, plan);
  const longest = longestUnseen(state, plan);
  const toRows = (rows: readonly (Row & Partial<UnseenRow>)[], isLongest: boolean): PartRows => ({
    ids: rows.map(({ position }) => state.keys.at(position)),
    scores: rows.map(({ score }) => score),
    positions: rows.map(({ position }) => place.offset + position),
    ...(isLongest && { steps: rows.map(({ step }) => step ?? null) }),
  });
  return {
    offset: place.offset,
    size: state.size,
    of: place.of,
    count: plan.count,
    quotas: toGiven(query.quotas),
    floor: plan.floor,
    selection: toSelection(query),
    known: plan.groups.filter((name) => state.hasLabel(name)),
    groups: plan.bounds.map((_, group) => ({
      best: toRows(best.filter(isOf(group)), false),
      longest: toRows(longest.filter(isOf(group)), true),
    })),
  };
}

/** The quotas, or null where they name no group. */
function toGiven(quotas: Quotas | undefined): Quotas | null {
  return quotas === undefined || Object.keys(quotas).length === 0 ? null : quotas;
}

function toSelection({ acquisition, candidates, count, cooldown = 0, maxVisits }: Query): string {
  const { seed, size = CANDIDATES_EACH * count } = candidates ?? {};
  const drawn = candidates === undefined ? undefined : { size, seed };
  return JSON.stringify({ acquisition: toRule(acquisition), candidates: drawn, cooldown, maxVisits });
}

const isOf = (group: number) => (row: Row) => row.group === group;

/**
 * The selection out of a whole whose shards each made a part of it: to the last prompt the one that a single state of all
 * prompts, in the order of the shards, would make.
 * @throws RangeError, TypeError for parts that are not of this selection, overlap or do not make a whole, for a group
 * that no prompt has, and for quotas that cannot be met
 * @example
 * import { mergeParts, PromptState } from 'insight-wasm/state';
 * const shards = [new PromptState().add(['a', 'b']), new PromptState().add(['c'])];
 * const parts = [shards[0].selectPart(2, { offset: 0, of: 3 }), shards[1].selectPart(2, { offset: 2, of: 3 })];
 * mergeParts(parts, { count: 2 }).ids.length; // 2
 */
export function mergeParts(parts: readonly PromptPart[], query: MergeQuery): Merged {
  const given = checkOptions('query', query, ['count', 'quotas', 'floor']) as MergeQuery;
  const count = checkInteger('count', given.count, 0, Number.MAX_SAFE_INTEGER);
  const { quotas } = given;
  const limits = {
    count,
    bounds: toBounds(quotas, count),
    floor: given.floor === undefined ? 0 : checkFloor(given.floor, count),
  };
  if (!Array.isArray(parts)) throw bad('parts', 'an array of parts', parts, false);
  const wanted = { count, quotas: toGiven(quotas), floor: limits.floor };
  const checked = parts.map((part: unknown, i) => checkPart(`parts[${i}]`, part, wanted, limits.bounds.length));
  checkWhole(checked);
  for (const [i, { selection }] of checked.entries()) {
    const first = checked[0]?.selection;
    if (selection === first) continue;
    throw new RangeError(`"parts[${i}]" is of the selection ${selection}, and "parts[0]" of ${first}`);
  }
  const known = new Set(checked.flatMap((part) => part.known));
  const unknown = Object.keys(quotas ?? {}).find((name) => name !== '' && !known.has(name));
  if (unknown !== undefined) throw unknownGroup(unknown, [...known]);
  const best: PartRow[] = [];
  const longest: PartRow[] = [];
  for (const { groups } of checked) {
    for (const [group, rows] of groups.entries()) {
      best.push(...toRows(rows.best, group));
      longest.push(...toRows(rows.longest, group));
    }
  }
  longest.sort((a, b) => a.age - b.age || a.position - b.position);
  const { taken } = walkAll(best.sort(byScore), longest, limits);
  taken.sort(byScore);
  return { ids: taken.map(({ id }) => id), scores: taken.map(({ score }) => score) };
}

interface PartRow extends Row {
  readonly id: string;
  /** The step of the latest visit; -Infinity: never visited. */
  readonly age: number;
}

function toRows({ ids, scores, positions, steps }: PartRows, group: number): PartRow[] {
  return ids.map((id, i) => ({
    id,
    score: scores[i] as number,
    position: positions[i] as number,
    group,
    age: steps?.[i] ?? Number.NEGATIVE_INFINITY,
  }));
}

const FIELDS = ['offset', 'size', 'of', 'count', 'quotas', 'floor', 'selection', 'known', 'groups'] as const;

function checkPart(
  title: string,
  given: unknown,
  wanted: Pick<PromptPart, 'count' | 'quotas' | 'floor'>,
  bounds: number,
) {
  checkObject(title, given);
  const part = checkOptions(title, given as PromptPart, FIELDS) as PromptPart;
  const of = checkInteger(`${title}.of`, part.of, 0, MOST_SIZE);
  const offset = checkInteger(`${title}.offset`, part.offset, 0, of);
  const size = checkInteger(`${title}.size`, part.size, 0, of - offset);
  for (const name of ['count', 'floor', 'quotas'] as const) {
    const [ours, its] = [JSON.stringify(wanted[name]), JSON.stringify(part[name] ?? null)];
    if (ours !== its)
      throw new RangeError(`"${title}" was selected with the ${name} ${its}, and is merged with ${ours}`);
  }
  if (typeof part.selection !== 'string') throw bad(`${title}.selection`, 'a string', part.selection, false);
  checkArray(`${title}.known`, part.known);
  if (checkArray(`${title}.groups`, part.groups) !== bounds)
    throw bad(`${title}.groups`, `${bounds}`, part.groups, true);
  for (const [i, group] of part.groups.entries()) {
    const at = `${title}.groups[${i}]`;
    checkObject(at, group);
    checkRows(`${at}.best`, group.best, offset, size);
    checkRows(`${at}.longest`, group.longest, offset, size);
  }
  return part;
}

function checkRows(title: string, rows: PartRows, offset: number, size: number): void {
  checkObject(title, rows);
  const { ids, scores, positions, steps = [] } = rows;
  const length = checkArray(`${title}.ids`, ids);
  for (const column of [scores, positions, ...(rows.steps === undefined ? [] : [steps])]) {
    if (checkArray(title, column) !== length) throw bad(title, 'columns of one length', column, true);
  }
  for (let i = 0; i < length; i++) {
    if (typeof ids[i] !== 'string') throw bad(`${title}.ids[${i}]`, 'a string', ids[i], false);
    checkNumber(`${title}.scores[${i}]`, scores[i], -Number.MAX_VALUE, Number.MAX_VALUE);
    checkInteger(`${title}.positions[${i}]`, positions[i], offset, offset + size - 1);
    if (steps[i] != null) checkNumber(`${title}.steps[${i}]`, steps[i], -Number.MAX_VALUE, Number.MAX_VALUE);
  }
}

/** @throws RangeError for shards that overlap, or leave prompts out */
function checkWhole(parts: readonly PromptPart[]): void {
  const first = parts[0];
  if (first === undefined) throw new RangeError('"parts" expected at least one part, got none');
  let end = 0;
  for (const { offset, size, of } of [...parts].sort((a, b) => a.offset - b.offset || a.size - b.size)) {
    if (of !== first.of)
      throw new RangeError(`"parts" expected parts of one whole, got some of ${first.of} and of ${of}`);
    if (offset !== end) {
      const what = offset > end ? 'no part has' : 'two parts have';
      throw new RangeError(`"parts" expected a whole of ${of} prompts, but ${what} position ${Math.min(offset, end)}`);
    }
    end += size;
  }
  if (end !== first.of)
    throw new RangeError(`"parts" expected a whole of ${first.of} prompts, but no part has position ${end}`);
}
