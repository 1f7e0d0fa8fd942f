import { PosteriorPool } from '../../src/index.ts';
import { choose } from '../../src/state/choose/choose.ts';
import { mergeParts, type PromptPart, toPart } from '../../src/state/choose/parts.ts';
import type { Place, Query } from '../../src/state/choose/query.ts';
import type { Quotas } from '../../src/state/choose/quotas.ts';
import { decodeState, encodeState } from '../../src/state/codec.ts';
import { State } from '../../src/state/state.ts';
import { PromptState } from '../../src/state.ts';
import type { Acquisition } from '../../src/types.ts';

/** Random numbers that are the same each time: xorshift32. */
export function randomOf(seed: number): (below: number) => number {
  let x = (Math.imul(seed, 0x9e3779b9) ^ 0x5bd1e995) | 1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

export interface Case {
  readonly state: State;
  readonly query: Query;
  readonly held: ReadonlySet<number>;
}

const LABELS = ['', 'math', 'code', 'chat'];

/** A small state, full of ties, and a query with whatever constraints. */
export function toCase(seed: number, most = 9): Case {
  const random = randomOf(seed);
  const size = random(most) + 1;
  const some = <T>(values: readonly T[]): T => values[random(values.length)] as T;
  const state = State.unseen(
    { discount: some([1, 0.5]), prior: { alpha: 1, beta: 1 } },
    Array.from({ length: size }, (_, i) => `${seed}-${i}`),
  );
  for (let index = 0; index < size; index++) {
    state.label(index, LABELS[random(LABELS.length)] as string);
    for (let visits = random(3); visits > 0; visits--) {
      const step = state.settings.discount === 1 && random(6) === 0 ? undefined : random(4);
      state.take({ index, step, successes: random(3), trials: 2, isRollout: false });
    }
  }
  const count = random(size + 2);
  const known = LABELS.filter((label) => state.groups.numberOf(label) >= 0);
  const ids = (): string[] => Array.from({ length: random(4) }, () => state.keys.at(random(size)));
  const held = new Set(random(3) === 0 ? [random(size), random(size)] : []);
  const acquisitions: Acquisition[] = [
    { kind: 'non-degenerate', rollouts: 2 },
    { kind: 'inverse-evidence' },
    { kind: 'expected-difficulty', target: 0.5 },
    { kind: 'expected-difficulty', target: 0.5, seed: random(9) },
    { kind: 'random', seed: random(9) },
  ];
  const query: Query = {
    count,
    acquisition: some(acquisitions),
    quotas: toQuotas(random, known, count),
    floor: some([undefined, 0, random(count + 1), 0.25, 0.5]),
    candidates: random(4) === 0 ? { size: random(size + 2), seed: random(9) } : undefined,
    exclude: random(3) === 0 ? ids() : undefined,
    only: random(6) === 0 ? ids() : undefined,
    cooldown: some([undefined, 0, 1, 2]),
    maxVisits: some([undefined, undefined, 1, 2]),
    held,
  };
  return { state, query, held };
}

function toQuotas(random: (below: number) => number, known: readonly string[], count: number): Quotas | undefined {
  const kind = random(3);
  const names = known.filter(() => random(2) === 0);
  if (kind === 0) return undefined;
  if (kind === 1) return Object.fromEntries(names.map((name) => [name, random(5) / (4 * names.length)]));
  return Object.fromEntries(
    names.map((name) => {
      const least = random(3);
      return [name, [least, least + random(count + 1)] as const];
    }),
  );
}

/** Largest remainder, in whole quarters of shares so that nothing is rounded. */
function slotsOf(shares: readonly number[], count: number, parts: number): number[] {
  const units = shares.map((share) => Math.round(share * parts) * count);
  const slots = units.map((unit) => Math.floor(unit / parts));
  let left = count - slots.reduce((sum, one) => sum + one, 0);
  const byRemainder = [...units.keys()].sort((a, b) => ((units[b] as number) % parts) - ((units[a] as number) % parts));
  for (const i of byRemainder) if (left-- > 0) slots[i] = (slots[i] as number) + 1;
  return slots;
}

/**
 * What must be selected, by the definition: of all sets that the quotas allow, the one whose floor is best in the order
 * of the unseen and whose rest is best in the order of scores. By trying all sets; undefined if there is none.
 */
export function bruteForce({ state, query, held }: Case): string[] | undefined {
  const { columns } = state;
  const count = query.count;
  const { discount, prior } = state.settings;
  const pool = new PosteriorPool(state.size, { discount, prior });
  pool.set({
    alpha: Array.from(state.pool.alpha as ArrayLike<number>),
    beta: Array.from(state.pool.beta as ArrayLike<number>),
  });
  const scores = pool.score({ acquisition: query.acquisition });
  const only = query.only && [...new Set(query.only)].map((id) => state.keys.indexOf(id)).sort((a, b) => a - b);
  const all = only ?? [...Array(state.size).keys()];
  const drawn =
    query.candidates === undefined
      ? all
      : [
          ...new PosteriorPool(all.length).select(all.length, {
            acquisition: { kind: 'inverse-evidence' },
            candidates: { size: query.candidates.size ?? 4 * count, seed: query.candidates.seed },
          }).indices,
        ].map((at) => all[at] as number);
  const last = Math.max(0, ...[...columns.steps].filter((step) => !Number.isNaN(step)));
  const free = drawn.filter((i) => {
    const cools = query.cooldown && (columns.steps[i] as number) > last - query.cooldown;
    const isOld = query.maxVisits !== undefined && (columns.visits[i] as number) >= query.maxVisits;
    return !(cools || isOld || held.has(i) || (query.exclude as string[])?.includes(state.keys.at(i)));
  });
  const quotas = Object.entries(query.quotas ?? {}) as [string, number | [number, number]][];
  const names = quotas.map(([name]) => name);
  const groupOf = (i: number): number => {
    const at = names.indexOf(state.groupOf(i));
    return at < 0 ? names.length : at;
  };
  let bounds: [number, number][];
  if (quotas.length > 0 && quotas.every(([, quota]) => typeof quota === 'number')) {
    const shares = quotas.map(([, share]) => share as number);
    const parts = 4 * names.length;
    const rest = parts - shares.reduce((sum, share) => sum + Math.round(share * parts), 0);
    bounds = slotsOf([...shares, rest / parts], count, parts).map((least) => [least, count]);
  } else bounds = [...quotas.map(([, pair]) => pair as [number, number]), [0, count]];
  const available = bounds.map((_, group) => free.filter((i) => groupOf(i) === group).length);
  const least = bounds.map(([low], g) => Math.min(low, available[g] as number));
  const most = bounds.map(([, high], g) => Math.min(high, available[g] as number));
  const total = (values: number[]): number => values.reduce((sum, value) => sum + value, 0);
  if (total(least) > count) return undefined;
  const size = Math.min(count, total(most));
  const floor = Math.min(
    size,
    query.floor === undefined ? 0 : query.floor < 1 ? Math.round(query.floor * count) : query.floor,
  );

  const age = (i: number): number => {
    if (columns.visits[i] === 0) return -3;
    return Number.isNaN(columns.steps[i]) ? -2 : (columns.steps[i] as number);
  };
  const byAge = [...free].sort((a, b) => age(a) - age(b) || a - b);
  const byScore = [...free].sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const allowed: Set<number>[] = [];
  const extend = (at: number, chosen: number[]): void => {
    if (chosen.length === size) {
      const counts = bounds.map((_, group) => chosen.filter((i) => groupOf(i) === group).length);
      if (counts.every((n, g) => n >= (least[g] as number) && n <= (most[g] as number))) allowed.push(new Set(chosen));
      return;
    }
    if (free.length - at < size - chosen.length) return;
    extend(at + 1, [...chosen, free[at] as number]);
    extend(at + 1, chosen);
  };
  extend(0, []);
  const firsts = (order: number[], sets: Set<number>[], taken: Set<number>, until: number): Set<number>[] => {
    let left = sets;
    for (const i of order) {
      if (taken.size >= until) break;
      if (taken.has(i)) continue;
      const having = left.filter((set) => set.has(i));
      if (having.length === 0) continue;
      left = having;
      taken.add(i);
    }
    return left;
  };
  const taken = new Set<number>();
  firsts(byScore, firsts(byAge, allowed, taken, floor), taken, size);
  return byScore.filter((i) => taken.has(i)).map((i) => state.keys.at(i));
}

/** What the library selects; undefined if it says that the quotas cannot be met. */
export function selected({ state, query }: Case): string[] | undefined {
  return orNothing(() => Array.from(choose(state, query).indices, (index) => state.keys.at(index)));
}

function orNothing(body: () => string[]): string[] | undefined {
  try {
    return body();
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('at least')) return undefined;
    throw error;
  }
}

/** What parts of the whole, cut at these positions, make together. */
export function mergedOf({ state, query, held }: Case, cuts: readonly number[]): string[] | undefined {
  const edges = [0, ...[...cuts].sort((a, b) => a - b), state.size];
  const exported = [...PromptState.fromBytes(encodeState(state)).export()];
  const parts = edges.slice(1).map((end, i): PromptPart => {
    const offset = edges[i] as number;
    const { discount, prior } = state.settings;
    const shard = decodeState(new PromptState({ discount, prior }).import(exported.slice(offset, end)).toBytes());
    const place: Place = { offset, of: state.size, step: state.lastStep };
    const inShard = { has: (index: number): boolean => held.has(offset + index) };
    return JSON.parse(JSON.stringify(toPart(shard, { ...query, held: inShard }, place))) as PromptPart;
  });
  const { count, quotas, floor } = query;
  return orNothing(() => mergeParts(parts, { count, quotas, floor }).ids);
}
