import { describe, expect, test } from 'vitest';
import { choose } from '../../src/state/choose/choose.ts';
import { mergeParts, toPart } from '../../src/state/choose/parts.ts';
import { type Query, toPlan } from '../../src/state/choose/query.ts';
import { bestOfEach, longestUnseen } from '../../src/state/choose/rows.ts';
import { byScore, walkAll } from '../../src/state/choose/walk.ts';
import { State } from '../../src/state/state.ts';
import { randomOf } from '../support/constrained.ts';

/** Large enough that a selection looks at the best few first. */
function toLarge(size: number, seed: number): State {
  const state = State.unseen(
    { discount: 0.9, prior: { alpha: 1, beta: 1 } },
    Array.from({ length: size }, (_, i) => `p${i}`),
  );
  const random = randomOf(seed);
  for (let index = 0; index < size; index++) {
    state.label(index, ['', 'math', 'code', 'rare'][random(20) === 0 ? 3 : random(3)] as string);
    if (random(3) > 0) state.take({ index, step: random(50), successes: random(9), trials: 8, isRollout: false });
  }
  return state;
}

describe('a selection out of a large state', () => {
  const state = toLarge(20_000, 1);
  const all = (query: Query): string[] => {
    const plan = toPlan(state, query);
    return walkAll(bestOfEach(state, plan), longestUnseen(state, plan), plan)
      .taken.sort(byScore)
      .map(({ position }) => state.keys.at(position));
  };
  const chosen = (query: Query): string[] => Array.from(choose(state, query).indices, (index) => state.keys.at(index));
  const orError = (body: () => string[]): string[] | string => {
    try {
      return body();
    } catch (error) {
      return (error as Error).message;
    }
  };
  const acquisition = { kind: 'non-degenerate' } as const;
  const order = Array.from(state.pool.select(state.size, { acquisition }).indices);
  const queries: [string, Omit<Query, 'count'>][] = [
    ['quotas', { quotas: { math: 0.5, code: 0.3 } }],
    ['a quota of a rare group', { quotas: { rare: 0.9 } }],
    ['bounds', { quotas: { math: [0, 10], rare: [60, 80] } }],
    ['a quota of none', { quotas: { math: [0, 0], code: [0, 0], '': [0, 0] } }],
    ['a floor', { floor: 0.25 }],
    ['a floor and quotas', { floor: 40, quotas: { rare: 0.5, code: [0, 3].length / 10 } }],
    ['a cooldown', { cooldown: 10 }],
    ['the best in flight', { held: new Set(order.slice(0, 300)) }],
    ['the best 10,000 in flight', { held: new Set(order.slice(0, 10_000)) }],
    ['all but 5 excluded', { exclude: order.slice(5).map((index) => state.keys.at(index)) }],
    ['a Set excluded', { exclude: new Set(order.slice(0, 99).map((index) => state.keys.at(index))) }],
    ['few visits', { maxVisits: 1 }],
    ['nothing', {}],
  ];

  test.each(queries)('with %s is that out of all its prompts, at every count', (_, query) => {
    for (const count of [0, 1, 7, 100, 256, 3000]) {
      const asked = { acquisition, ...query, count };
      expect(
        orError(() => chosen(asked)),
        `${count}`,
      ).toEqual(orError(() => all(asked)));
    }
  });

  test.each(queries)('with %s is that of its only part', (_, query) => {
    for (const count of [0, 1, 100, 256]) {
      const asked = { acquisition, ...query, count };
      const merged = (): string[] => {
        const part = toPart(state, asked, { offset: 0, of: state.size });
        return mergeParts([part], { count, quotas: query.quotas, floor: query.floor }).ids;
      };
      expect(orError(merged), `${count}`).toEqual(orError(() => chosen(asked)));
    }
  });

  test('asks whether an id is excluded of few prompts only', () => {
    let asked = 0;
    const exclude = new (class extends Set<string> {
      override has(id: string): boolean {
        asked++;
        return super.has(id);
      }
    })(['p1', 'p2']);
    choose(state, { count: 100, exclude });
    expect(asked).toBeLessThanOrEqual(200);
  });
});
