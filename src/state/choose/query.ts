import { checkSeed, toRule } from '../../acquisition.ts';
import { ascending, CANDIDATES_EACH, drawCandidates } from '../../candidates.ts';
import { DataError } from '../../errors.ts';
import { quote, quoteId } from '../../escape-controls.ts';
import type { Acquisition } from '../../index.ts';
import { bad, checkFloor, checkInteger, checkOptions, MOST_SIZE } from '../../validate.ts';
import { checkIds } from '../ids.ts';
import type { State } from '../state.ts';
import { type Bounds, type Quotas, toBounds } from './quotas.ts';

/** What to select from a state. */
export interface Query {
  readonly count: number;
  readonly acquisition?: Acquisition | undefined;
  /** So many, drawn at random; 4 x count by default. */
  readonly candidates?: { readonly size?: number | undefined; readonly seed: number } | undefined;
  /** Ids to leave out; unknown ids are ignored. A Set is used as it is, at no cost of its size. */
  readonly exclude?: readonly string[] | ReadonlySet<string> | undefined;
  /** Ids to select from, all of which the state has. */
  readonly only?: readonly string[] | ReadonlySet<string> | undefined;
  /** Indices of prompts in flight, which are left out too. */
  readonly held?: Pick<ReadonlySet<number>, 'has'> | undefined;
  /** Leaves out the prompts of so many of the latest steps. */
  readonly cooldown?: number | undefined;
  /** Leaves out the prompts of so many visits or more. */
  readonly maxVisits?: number | undefined;
  /** How many of each group. */
  readonly quotas?: Quotas | undefined;
  /** Slots, or below 1 a share of the count, for the prompts that were not seen for longest. */
  readonly floor?: number | undefined;
}

/** Where a state is a shard of a whole, in which its prompts stand side by side. */
export interface Place {
  /** Prompts of the whole before those of the state. */
  readonly offset: number;
  /** Prompts of the whole. */
  readonly of: number;
  /** The latest step of the whole, for a cooldown; that of the state by default. */
  readonly step?: number | undefined;
}

/** Why a prompt cannot be selected. */
export type Bar =
  | 'not among those to select from'
  | 'not drawn as a candidate'
  | 'excluded'
  | 'in flight'
  | 'cooling down'
  | 'visited often enough';

/** A query about a state, with all of it checked. */
export interface Plan {
  readonly count: number;
  readonly acquisition: Acquisition | undefined;
  /** Indices to select from, rising; undefined: all. */
  readonly from: Uint32Array | undefined;
  /** Why one of `from` is left out; undefined if none can be. */
  readonly bar: ((index: number) => Bar | undefined) | undefined;
  /** Labels that have bounds of their own. */
  readonly groups: readonly string[];
  /** Of these, and then of all other prompts together. */
  readonly bounds: readonly Bounds[];
  /** The bounds of a prompt, by the number of its label. */
  readonly boundsOf: Uint32Array;
  readonly floor: number;
}

/** @throws DataError for an id of `only` that the state lacks; RangeError, TypeError for a wrong value */
export function toPlan(state: State, query: Query, place?: Place): Plan {
  const count = checkInteger('count', query.count, 0, Number.MAX_SAFE_INTEGER);
  const { acquisition, quotas } = query;
  const bounds = toBounds(quotas, count);
  const groups = Object.keys(quotas ?? {});
  const floor = query.floor === undefined ? 0 : checkFloor(query.floor, count);
  const only = query.only === undefined ? undefined : find(state, checkIds('only', query.only), place !== undefined);
  if (place !== undefined) checkPlace(state, place);
  if (toRule(acquisition).seed !== undefined) state.offset = place?.offset ?? 0;
  const boundsOf = new Uint32Array(state.groups.size).fill(groups.length);
  for (const [i, name] of groups.entries()) {
    if (state.hasLabel(name)) boundsOf[state.groups.numberOf(name)] = i;
    else if (place === undefined) throw unknownGroup(name, state.labels);
  }
  const from = draw(state.size, query, only, place) ?? only;
  return { count, acquisition, from, bar: toBar(state, query, place), groups, bounds, boundsOf, floor };
}

export function unknownGroup(name: string, labels: readonly string[]): RangeError {
  const some = labels.slice(0, 8).map(quote);
  const known = labels.length === 0 ? 'no prompt has one' : `${some.join(', ')}${labels.length > 8 ? ', ...' : ''}`;
  return new RangeError(`"quotas" expected labels that prompts have (${known}), got ${quote(name)}`);
}

/** Why a prompt of the state is not in `from`. */
export function barOutside(state: State, query: Query, index: number): Bar {
  const isIn = query.only === undefined || find(state, query.only, true).includes(index);
  return isIn ? 'not drawn as a candidate' : 'not among those to select from';
}

function checkPlace({ size }: State, place: Place): void {
  const { offset, of, step } = checkOptions('part', place, ['offset', 'of', 'step']);
  checkInteger('part.offset', offset, 0, MOST_SIZE);
  checkInteger('part.of', of, (offset as number) + size, MOST_SIZE);
  if (step !== undefined && !Number.isFinite(step)) {
    throw bad('part.step', 'a finite number', step, typeof step === 'number');
  }
}

function find(state: State, keys: Iterable<string>, isPart: boolean): Uint32Array {
  const indices: number[] = [];
  for (const key of keys) {
    const index = state.keys.indexOf(key);
    if (index >= 0) indices.push(index);
    else if (!isPart) throw new DataError('unknown-id', `${quoteId(key)} is not in the state`, { id: key });
  }
  return ascending(Uint32Array.from(indices));
}

function draw(stateSize: number, query: Query, only: Uint32Array | undefined, place: Place | undefined) {
  const { candidates, count } = query;
  if (candidates === undefined) return undefined;
  const given = checkOptions('candidates', candidates, ['size', 'seed']);
  const seed = checkSeed('candidates.seed', given.seed);
  const size = checkInteger('candidates.size', given.size ?? CANDIDATES_EACH * count, 0, Number.MAX_SAFE_INTEGER);
  if (place === undefined) {
    const all = only?.length ?? stateSize;
    const drawn = drawCandidates(all, Math.min(size, all), seed);
    return only === undefined ? drawn : drawn.map((position) => only[position] as number);
  }
  if (only !== undefined) {
    throw new RangeError('"candidates" of a part are drawn out of the whole, of which "only" is not known');
  }
  const { offset, of } = place;
  return drawCandidates(of, Math.min(size, of), seed)
    .filter((position) => position >= offset && position - offset < stateSize)
    .map((position) => position - offset);
}

function toBar(state: State, query: Query, place: Place | undefined): Plan['bar'] {
  const { exclude = [], held, maxVisits, cooldown = 0 } = query;
  const { keys, columns } = state;
  const ids = checkIds('exclude', exclude);
  const excluded = ids instanceof Set ? (ids as ReadonlySet<string>) : new Set(ids);
  checkInteger('cooldown', cooldown, 0, Number.MAX_SAFE_INTEGER);
  const warm = cooldown === 0 ? Number.POSITIVE_INFINITY : (place?.step ?? state.lastStep ?? 0) - cooldown;
  const most =
    maxVisits === undefined
      ? Number.POSITIVE_INFINITY
      : checkInteger('maxVisits', maxVisits, 1, Number.MAX_SAFE_INTEGER);
  if (excluded.size === 0 && held === undefined && cooldown === 0 && maxVisits === undefined) return undefined;
  return (index) => {
    if ((columns.steps[index] as number) > warm) return 'cooling down'; // never of NaN
    if ((columns.visits[index] as number) >= most) return 'visited often enough';
    if (held?.has(index)) return 'in flight';
    return excluded.size > 0 && excluded.has(keys.at(index)) ? 'excluded' : undefined;
  };
}
