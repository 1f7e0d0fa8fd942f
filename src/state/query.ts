import { checkSeed } from '../acquisition.ts';
import { drawCandidates } from '../candidates.ts';
import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import type { Acquisition, Selection } from '../index.ts';
import { checkInteger, checkOptions } from '../validate.ts';
import type { State } from './state.ts';

/** What to select from a state. */
export interface Query {
  readonly count: number;
  readonly acquisition?: Acquisition | undefined;
  /** So many, drawn at random; 16 x count by default. */
  readonly candidates?: { readonly size?: number | undefined; readonly seed: number } | undefined;
  /** Ids to leave out; unknown ids are ignored. */
  readonly exclude?: readonly string[] | undefined;
  /** Ids to select from, all of which the state has. */
  readonly only?: readonly string[] | undefined;
  /** Indices of prompts in flight, which are left out too. */
  readonly held?: Iterable<number> | undefined;
  /** Leaves out the prompts of so many of the latest steps. */
  readonly cooldown?: number | undefined;
}

/** Why a prompt was not to be chosen. */
export type Bar =
  | 'not among those to select from'
  | 'not drawn as a candidate'
  | 'excluded'
  | 'in flight'
  | 'cooling down';

export interface Choosing extends Selection {
  /** undefined for a prompt that only its score decides on. */
  bar(index: number): Bar | undefined;
}

/**
 * The best prompts: candidates are drawn from all prompts, or from `only`; those that are excluded or cool down are then
 * left out.
 * @throws DataError for a key of `only` that the state lacks; RangeError, TypeError for a wrong value
 */
export function choose(state: State, query: Query): Choosing {
  const { count, acquisition } = query;
  const only = query.only === undefined ? undefined : find(state, query.only);
  const drawn = draw(state, query, only);
  const excluded = new Set(query.exclude?.map((key) => state.keys.indexOf(key)));
  excluded.delete(-1);
  const warm = lastWarmStep(state, query.cooldown);
  const isCooling = (index: number): boolean => (state.columns.steps[index] as number) > warm; // never of NaN
  const held = new Set(query.held);
  const left = [...excluded, ...held];
  if (warm < Number.POSITIVE_INFINITY) for (let i = 0; i < state.size; i++) if (isCooling(i)) left.push(i);
  const exclude = left.length === 0 ? undefined : left;
  return {
    ...state.pool.select(count, { acquisition, candidates: drawn ?? only, exclude }),
    bar(index) {
      if (only?.includes(index) === false) return 'not among those to select from';
      if (drawn?.includes(index) === false) return 'not drawn as a candidate';
      if (excluded.has(index)) return 'excluded';
      if (held.has(index)) return 'in flight';
      return isCooling(index) ? 'cooling down' : undefined;
    },
  };
}

function find(state: State, keys: readonly string[]): Uint32Array {
  const indices = new Set<number>();
  for (const key of keys) {
    const index = state.keys.indexOf(key);
    if (index < 0) throw new DataError('unknown-id', `${quoteId(key)} is not in the state`, { id: key });
    indices.add(index);
  }
  return Uint32Array.from(indices).sort();
}

function draw(state: State, query: Query, only: Uint32Array | undefined): Uint32Array | undefined {
  const { candidates } = query;
  if (candidates === undefined) return undefined;
  const count = checkInteger('count', query.count, 0, Number.MAX_SAFE_INTEGER);
  const given = checkOptions('candidates', candidates, ['size', 'seed']);
  const seed = checkSeed('candidates.seed', given.seed);
  const all = only?.length ?? state.size;
  const size = checkInteger('candidates.size', given.size ?? 16 * count, 0, Number.MAX_SAFE_INTEGER);
  const drawn = drawCandidates(all, Math.min(size, all), seed);
  return only === undefined ? drawn : drawn.map((position) => only[position] as number);
}

/** Prompts of later steps than this one cool down. */
function lastWarmStep(state: State, cooldown = 0): number {
  checkInteger('cooldown', cooldown, 0, Number.MAX_SAFE_INTEGER);
  return cooldown === 0 ? Number.POSITIVE_INFINITY : (state.lastStep ?? 0) - cooldown;
}
