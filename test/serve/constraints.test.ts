import { expect, test } from 'vitest';
import { Session } from '../../src/serve/session.ts';
import { State } from '../../src/state/state.ts';
import { MemoryKeeper } from '../support/memory-keeper.ts';

const settings = { discount: 1, prior: { alpha: 1, beta: 1 } };

interface Answer {
  readonly ids: string[];
  readonly part: object;
  readonly held: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Sessions of a whole of so many prompts, in turn "math" and "code", and of shards of it. */
function toSessions(size: number, cuts: readonly number[]): { whole: Session; shards: Session[]; sizes: number[] } {
  const toState = (ids: readonly string[]): State => State.unseen(settings, ids);
  const all = toState(Array.from({ length: size }, (_, i) => `p${i}`));
  const ids = Array.from({ length: size }, (_, i) => all.keys.at(i));
  const labelled = (state: State): Session => {
    for (let i = 0; i < state.size; i++) state.label(i, Number(state.keys.at(i).slice(1)) % 2 ? 'math' : 'code');
    return new Session(state, new MemoryKeeper(), { saveEvery: 0 });
  };
  const edges = [0, ...cuts, size];
  const shards = edges.slice(1).map((end, i) => labelled(toState(ids.slice(edges[i], end))));
  const sizes = edges.slice(1).map((end, i) => end - (edges[i] as number));
  return { whole: labelled(all), shards, sizes };
}

const ask = (session: Session, request: object): Answer => session.answer(request as Record<string, unknown>) as Answer;

test('parts of a selection, merged and held, are the selection of the whole, round after round', () => {
  const { whole, shards, sizes } = toSessions(60, [11, 40]);
  for (let step = 0; step < 8; step++) {
    const limits = { count: 6, quotas: { math: 0.5, code: [1, 2] as unknown }, floor: 2 };
    const query = { ...limits, quotas: step % 2 ? { math: 0.5 } : { math: [1, 2], code: [0, 5] }, cooldown: 2 };
    const { cooldown, ...merged } = query;
    const wanted = ask(whole, { op: 'select', ...query, hold: true });
    let offset = 0;
    const parts = shards.map((shard, i) => {
      const place = { offset, of: 60, step: step - 1 };
      offset += sizes[i] as number;
      return ask(shard, { op: 'select', ...query, part: place }).part;
    });
    const answer = ask(shards[step % 3] as Session, {
      op: 'merge',
      parts: JSON.parse(JSON.stringify(parts)),
      ...merged,
    });
    expect(answer).toEqual({ id: null, ids: wanted.ids, scores: (wanted as unknown as { scores: number[] }).scores });
    expect(cooldown).toBe(2);
    const owner = (id: string): Session =>
      shards.find(
        (shard) => (ask(shard, { op: 'get', ids: [id] }) as unknown as { prompts: unknown[] }).prompts[0],
      ) as Session;
    for (const id of answer.ids) expect(ask(owner(id), { op: 'hold', ids: [id] }).error).toBeUndefined();
    for (const [i, id] of wanted.ids.entries()) {
      if (i % 3 === 2) continue; // stays in flight
      const observations = [{ id, step, successes: (i * 3) % 8, trials: 8 }];
      ask(whole, { op: 'observe', observations });
      ask(owner(id), { op: 'observe', observations });
    }
  }
});

test('hold puts prompts in flight, as select does', () => {
  const { whole } = toSessions(6, []);
  const { ids } = ask(whole, { op: 'select', count: 6 });
  expect(ask(whole, { op: 'hold', ids: ids.slice(0, 4), holdSteps: 1 }).held).toBe(4);
  expect(ask(whole, { op: 'select', count: 6 }).ids).toEqual(ids.slice(4));
  expect(ask(whole, { op: 'hold', ids: ids.slice(3, 5) }).held).toBe(5); // one anew, without a limit
  ask(whole, { op: 'observe', observations: [{ id: ids[5], step: 1, successes: 1, trials: 2 }] });
  ask(whole, { op: 'observe', observations: [{ id: ids[5], step: 2, successes: 1, trials: 2 }] });
  expect(ask(whole, { op: 'select', count: 6 }).ids.sort()).toEqual([...ids.slice(0, 3), ids[5]].sort());
});

test('what makes no sense is refused and changes nothing', () => {
  const { whole } = toSessions(6, []);
  const part = { offset: 0, of: 6 };
  const errorOf = (request: object): string => {
    const { error } = ask(whole, request);
    return `${error?.code}: ${error?.message}`;
  };
  expect(errorOf({ op: 'hold', ids: ['p1', 'nobody'] })).toMatch(/refused: prompt "nobody" is not in the state/);
  expect(errorOf({ op: 'hold', ids: ['p1'], holdSteps: 0 })).toMatch(/value: "holdSteps"/);
  expect(errorOf({ op: 'hold' })).toMatch(/value: "ids"/);
  expect(errorOf({ op: 'select', part, hold: true })).toMatch(/value: "part" selects nothing yet/);
  expect(errorOf({ op: 'select', part: { ...part, of: 5 } })).toMatch(/value: "part.of"/);
  expect(errorOf({ op: 'select', part: [] })).toMatch(/value: "part"/);
  expect(errorOf({ op: 'select', part: { ...part, size: 1 } })).toMatch(/value: "part"/);
  expect(errorOf({ op: 'select', quotas: { maths: 0.5 } })).toMatch(/value: .*code.*math.*maths/);
  expect(errorOf({ op: 'select', quotas: { math: 0.6, code: 0.6 } })).toMatch(
    /value: "quotas" expected shares of at most 1/,
  );
  expect(errorOf({ op: 'select', quotas: { math: 0.6, code: [1, 2] } })).toMatch(/value: "quotas.math" expected/);
  expect(errorOf({ op: 'select', quotas: { math: [3, 2] } })).toMatch(/value: "quotas.math\[1\]"/);
  expect(errorOf({ op: 'select', count: 3, quotas: { math: [2, 2], code: [2, 2] } })).toMatch(
    /value: "quotas".*at least/,
  );
  expect(errorOf({ op: 'select', quotas: [] })).toMatch(/value: "quotas"/);
  expect(errorOf({ op: 'select', count: 3, floor: 4 })).toMatch(/value: "floor"/);
  expect(errorOf({ op: 'select', floor: 1.5 })).toMatch(/value: "floor"/);
  expect(errorOf({ op: 'select', floor: '1' })).toMatch(/value: "floor"/);
  expect(errorOf({ op: 'select', maxVisits: 0 })).toMatch(/value: "maxVisits"/);
  const of = (query: object): object => ask(whole, { op: 'select', count: 2, part, ...query }).part;
  const merge = (parts: unknown, query: object = {}): string => errorOf({ op: 'merge', parts, count: 2, ...query });
  expect(merge(undefined)).toMatch(/value: "parts"/);
  expect(merge([])).toMatch(/value: "parts" expected at least one/);
  expect(merge([3])).toMatch(/value: "parts\[0\]"/);
  expect(merge([of({})], { count: 3 })).toMatch(/value: "parts\[0\]" was selected with the count 2/);
  expect(merge([of({})], { quotas: { math: 0.5 } })).toMatch(/value: .*the quotas null/);
  expect(merge([of({ floor: 1 })])).toMatch(/value: .*the floor 1/);
  expect(merge([of({}), of({})])).toMatch(/value: .*two parts have position 0/);
  expect(merge([of({ part: { offset: 2, of: 8 } })])).toMatch(/value: .*no part has position 0/);
  expect(merge([of({ part: { offset: 0, of: 8 } })])).toMatch(/value: .*no part has position 6/);
  expect(merge([of({ quotas: { maths: 0.5 } })], { quotas: { maths: 0.5 } })).toMatch(/value: .*"maths"/);
  expect(merge([of({})])).toBe('undefined: undefined');
  expect(ask(whole, { op: 'metrics' }).held).toBe(0);
});

test('parts of different selections are not merged', () => {
  const { shards } = toSessions(8, [4]);
  const partOf = (shard: number, query: object): object =>
    ask(shards[shard] as Session, { op: 'select', count: 2, ...query, part: { offset: 4 * shard, of: 8 } }).part;
  const merge = (first: object, second: object): string => {
    const parts = [partOf(0, first), partOf(1, second)];
    return ask(shards[0] as Session, { op: 'merge', parts, count: 2 }).error?.message ?? 'merged';
  };
  const bernoulli = { acquisition: { kind: 'bernoulli-variance' } };
  const drawn = { candidates: { seed: 1 } };
  for (const query of [bernoulli, drawn, { cooldown: 1 }, { maxVisits: 3 }]) {
    expect(merge(query, {})).toMatch(/^"parts\[1\]" is of the selection .*, and "parts\[0\]" of /);
    expect(merge(query, query)).toBe('merged');
  }
  expect(merge(drawn, { candidates: { seed: 2 } })).toMatch(/"seed":2.*"seed":1/);
  expect(merge(drawn, { candidates: { seed: 1, size: 8 } })).toBe('merged'); // 4 x count is the default
  expect(merge({}, { acquisition: { kind: 'weighted-mutual-information', eta: 3 } })).toBe('merged');
});

test('quotas that name no group are none, and of those that do the order counts', () => {
  const { whole } = toSessions(6, []);
  const merge = (quotas: object | undefined, merged: object | undefined): string => {
    const { part } = ask(whole, { op: 'select', count: 2, quotas, part: { offset: 0, of: 6 } });
    return ask(whole, { op: 'merge', parts: [part], count: 2, quotas: merged }).error?.message ?? 'merged';
  };
  expect(merge({}, undefined)).toBe('merged');
  expect(merge(undefined, {})).toBe('merged');
  const [math, code] = [{ math: 0.5 }, { code: 0.5 }];
  expect(merge({ ...math, ...code }, { ...math, ...code })).toBe('merged');
  expect(merge({ ...math, ...code }, { ...code, ...math })).toMatch(/"parts\[0\]" was selected with the quotas/);
});
