import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';
import { DataError, PromptState, type SelectQuery } from '../../src/state.ts';
import { jsonl, root } from '../support/cli.ts';

const log = (rows: readonly object[], name = 'log.jsonl') => new File([jsonl(rows as Record<string, unknown>[])], name);

describe('a pool by id', () => {
  test('has the posteriors and choices of a pool by index', () => {
    const visit = fc.record({ at: fc.nat(5), successes: fc.nat(8), step: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 20 }), fc.constantFrom(1, 0.7), (visits, discount) => {
        const state = new PromptState({ discount, prior: { alpha: 0.5, beta: 2 } }).add(['a', 'b', 'c', 'd', 'e', 'f']);
        const ids = [...state.ids()];
        const pool = new PosteriorPool(6, { discount, prior: { alpha: 0.5, beta: 2 } });
        // One step each, so that every visit is one.
        for (const [step, { at, successes }] of visits.entries()) {
          state.observe([{ id: ids[at] as string, successes, trials: 8, step }]);
          pool.update({ indices: [at], successes: [successes], trials: 8 });
        }
        for (const [at, id] of ids.entries()) expect(state.get(id)).toMatchObject(pool.get(at));
        const { indices, scores } = pool.select(4);
        expect(state.select(4).map(({ id, score }) => [id, score])).toEqual(
          Array.from(indices, (index, i) => [ids[index], scores[i]]),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('keeps all of it in its bytes, and in its exports', () => {
    const state = new PromptState({ discount: 0.9 }).add(['x', 'y']);
    state.observe([{ id: 'x', successes: 1, trials: 4, step: 3 }]);
    const bytes = state.toBytes();
    const copy = PromptState.fromBytes(bytes);
    expect([...copy.export()]).toEqual([...state.export()]);
    expect([copy.discount, copy.prior, copy.lastStep, copy.size]).toEqual([0.9, { alpha: 1, beta: 1 }, 3, 2]);
    const moved = new PromptState({ discount: 0.9 }).import(state.export());
    expect([...moved.export()]).toEqual([...state.export()]);
    copy.observe([{ id: 'x', successes: 1, trials: 4, step: 3 }]); // the same visit, still open
    expect(copy.get('x')).toMatchObject({ visits: 1, alpha: 3, beta: 7 });
    expect(state.get('x')).toMatchObject({ alpha: 2 }); // the copy shares nothing
    expect(bytes).toEqual(state.toBytes());
  });

  test('says why a prompt is chosen, and what the next batch wastes', () => {
    const state = new PromptState().add(['x', 'y', 'z']);
    state.observe([{ id: 'x', successes: 0, trials: 400 }]);
    expect(state.explain('x', 2)).toMatchObject({ id: 'x', chosen: false, rank: 3 });
    expect(state.status(2)).toMatchObject({ prompts: 3, hopeless: 1 / 3, unseen: 2 / 3, selected: 2 });
    expect(state.select(9, { only: new Set(['x']) }).map(({ id }) => id)).toEqual(['x']);
    expect(state.select(9, { exclude: ['y', 'nobody'], only: ['x', 'y'] }).map(({ id }) => id)).toEqual(['x']);
    state.dispose();
    expect(state.select(1)).toHaveLength(1);
  });

  test('opens a state of the command', () => {
    const state = PromptState.fromBytes(readFileSync(join(root, 'test/fixtures/pool.iws')));
    expect([state.size, state.discount, state.lastStep]).toEqual([56, 0.9, 6]);
  });
});

describe('logs', () => {
  const rows = [
    { id: 'a', step: 1, score: 1 },
    { id: 'b', step: 1, score: 0 },
    { id: 'a', step: 2, score: 1 },
  ];

  test('are taken once, also when they have grown', async () => {
    const state = new PromptState({ discount: 0.5 });
    await state.ingest([log(rows.slice(0, 2))]);
    const [again] = await state.ingest([log(rows)]);
    expect(again).toMatchObject({ rows: 1 });
    const whole = new PromptState({ discount: 0.5 });
    await whole.ingest([log(rows)]);
    expect(state.toBytes()).toEqual(whole.toBytes());
    const [copy] = await state.ingest([log(rows, 'copy.jsonl')]);
    expect(copy).toMatchObject({ rows: 0 });
    expect([...state.export()]).toEqual([...whole.export()]);
  });

  test('are refused, and nothing is lost, if the state was changed while they were read', async () => {
    const state = new PromptState();
    const log = new File([jsonl([{ id: 'a', step: 1, successes: 1, trials: 2 }])], 'log.jsonl');
    const ingested = state.ingest([log]);
    state.observe([{ id: 'b', successes: 1, trials: 2 }]);
    await expect(ingested).rejects.toThrow(/changed while logs were read/);
    expect([...state.ids()]).toEqual(['b']);
    await state.ingest([log]);
    expect(state.size).toBe(2);
  });

  test('that cannot be read leave the state as it was', async () => {
    const state = new PromptState({ discount: 0.5 });
    await state.ingest([log(rows)]);
    const before = state.toBytes();
    const bad = [
      [log([...rows.slice(0, 1), { id: 'a' }], 'bad.jsonl')],
      [log([{ id: 'a', score: 1 }], 'no step.jsonl')],
      [log(rows.slice(1))],
      [log([{ id: 'n', step: 9, score: 1 }], 'good.jsonl'), log([{}], 'bad.jsonl')],
    ];
    for (const files of bad) await expect(state.ingest(files)).rejects.toThrow(DataError);
    await expect(state.ingest([log([{ id: 'a', step: 9, score: 1 }])], { threshold: 0.7 })).rejects.toMatchObject({
      code: 'settings',
      field: 'threshold',
    });
    expect(state.toBytes()).toEqual(before);
  });

  test('are read by the names that the first of them had', async () => {
    const state = new PromptState();
    await state.ingest([log([{ key: 'a', won: 1 }])], { mapping: { id: 'key', reward: 'won' }, threshold: 1 });
    await state.ingest([log([{ key: 'a', won: 0.9 }], '2.jsonl')]);
    expect(state.get('a')).toMatchObject({ alpha: 2, beta: 2 });
  });
});

describe('wrong values', () => {
  const state = new PromptState().add(['a']);
  const before = state.toBytes();

  test.each<[string, () => unknown, RegExp]>([
    ['discount', () => new PromptState({ discount: 2 }), /"discount" expected a number in \[0, 1\], got 2/],
    ['prior', () => new PromptState({ prior: { alpha: 0, beta: 1 } }), /"prior\.alpha" expected a number in/],
    ['an unknown id', () => state.get('b'), /prompt "b" is not in the state/],
    ['an unknown id to explain', () => state.explain('b', 1), /prompt "b" is not in the state/],
    ['an unknown id of only', () => state.select(1, { only: ['b'] }), /prompt "b" is not in the state/],
    ['a count', () => state.select(-1), /"count" expected an integer/],
    ['trials', () => state.observe([{ id: 'a', successes: 1, trials: 0 }]), /"visits\[0\]\.trials" expected a number/],
    ['successes', () => state.observe([{ id: 'a', successes: 3, trials: 2 }]), /"visits\[0\]\.successes" expected/],
    ['a step', () => state.observe([{ id: 'a', successes: 1, trials: 2, step: Number.NaN }]), /"visits\[0\]\.step"/],
    [
      'an id',
      () => state.observe([{ id: 7 as never, successes: 1, trials: 2 }]),
      /"visits\[0\]\.id" expected a string/,
    ],
    ['a number to add', () => state.add(['b', 2 as never]), /^"ids\[1\]" expected a string, got 2/],
    ['a string to add', () => state.add('abc'), /^"ids" expected ids, got "abc"/],
    ['nothing to add', () => state.add(null as never), /^"ids" expected ids, got null/],
    ['a number of only', () => state.select(1, { only: [1 as never] }), /^"only\[0\]" expected a string, got 1/],
    ['a string of only', () => state.select(1, { only: 'a' as never }), /^"only" expected an array or a Set of ids/],
    ['null of only', () => state.select(1, { only: null as never }), /^"only" expected an array or a Set of ids/],
    ['a number of exclude', () => state.select(1, { exclude: ['b', 1 as never] }), /^"exclude\[1\]" expected a string/],
    [
      'a Set of numbers',
      () => state.select(1, { exclude: new Set([1 as never]) }),
      /^"exclude\[0\]" expected a string/,
    ],
    ['half an id', () => state.add(['\ud800']), /half of a surrogate pair is no text/],
    ['a prompt that is there', () => state.import([{ id: 'a', alpha: 1, beta: 1 }]), /is in the state, and keeps/],
    ['bytes', () => PromptState.fromBytes(new Uint8Array(9)), /not a state of insight-wasm/],
    ['cut bytes', () => PromptState.fromBytes(before.subarray(0, -8)), /truncated/],
  ])('%s is refused, and the state stays as it was', (_, call, message) => {
    expect(call).toThrow(message);
    expect(state.toBytes()).toEqual(before);
  });

  test('of a batch with a new prompt leave no discount of it', () => {
    const state = new PromptState({ discount: 0.5 }).add(['a']);
    const before = state.toBytes();
    const seen = (id: string, trials: number, discount: number) => ({ id, step: 1, successes: 1, trials, discount });
    expect(() => state.observe([seen('n', 2, 0.25), seen('a', 65_535, 0.5), seen('a', 1, 0.5)])).toThrow(DataError);
    expect(state.toBytes()).toEqual(before);
  });

  test('of a batch leave nothing of it', () => {
    const discounted = new PromptState({ discount: 0.5 }).add(['a', 'b']);
    discounted.observe([{ id: 'b', successes: 1, trials: 2, step: 5 }]);
    const kept = discounted.toBytes();
    const good = { id: 'a', successes: 1, trials: 2, step: 9 };
    const most = { id: 'b', successes: 1, trials: 65_535, step: 5 };
    expect(() => discounted.observe([good, most])).toThrow('prompt "b" has more than 65,535 rollouts at step 5');
    expect(() => discounted.observe([good, { id: 'new', successes: 1, trials: 0 }])).toThrow(RangeError);
    expect(discounted.toBytes()).toEqual(kept);
  });
});

test('a posterior that no state holds is not imported, and the state can be read', () => {
  const state = new PromptState({ discount: 0.5 }).add(['a']);
  const before = state.toBytes();
  const open = { alpha: 16e6, beta: 1, successes: 8e6, trials: 8e6 };
  const few = { alpha: 16777000, beta: 1, successes: 60_000, trials: 60_000 };
  for (const [counts, discount] of [
    [open, 0.5],
    [few, 0.5],
    [few, 1],
  ] as const) {
    const alpha = discount * counts.alpha + (1 - discount) + counts.successes;
    const row = { id: 'b', alpha: Math.fround(Math.min(alpha, 2 ** 24)), beta: 1, visits: 2, step: 1 };
    expect(() => state.import([{ ...row, open: { ...counts, discount } }])).toThrow(DataError);
    expect(state.toBytes()).toEqual(before);
  }
  // The posterior is one of the library, and yet what is open does not fit behind what is settled.
  const row = { id: 'b', alpha: Math.fround(0.5 * 16777000 + 0.5 + 60_000), beta: 1, visits: 2, step: 1 };
  expect(() => state.import([{ ...row, open: few }])).toThrow('would leave its range');
});

test('an import that does not fit leaves the state as it was', () => {
  const labelled = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ id: `p${from + i}`, group: `g${from + i}` }));
  const state = new PromptState().import(labelled(0, 65_534)).add(['a']);
  expect(() => state.import([{ id: 'a', group: 'new' }, ...labelled(70_000, 70_001)])).toThrow(
    '65535 different groups',
  );
  expect(state.get('a').group).toBeUndefined();
  expect(state.import([{ id: 'a', group: 'last' }]).get('a').group).toBe('last');

  const visited = (from: number, to: number) =>
    new PromptState({ discount: 0.5 }).observe(
      Array.from({ length: to - from }, (_, i) => ({
        id: `p${from + i}`,
        step: 1,
        successes: 1,
        trials: 2,
        discount: (from + i) / 1024,
      })),
    );
  const some = visited(0, 250);
  const before = some.toBytes();
  expect(() => some.import(visited(250, 258).export())).toThrow('256 different discounts');
  expect(some.toBytes()).toEqual(before);
  some.import(visited(600, 605).export()); // there is room for them
  expect(some.size).toBe(255);
});

describe('explain says why', () => {
  const state = new PromptState().import([
    { id: 'm', group: 'math' },
    { id: 'c', group: 'code' },
    { id: 'd', group: 'code' },
  ]);
  state.observe(['c', 'd'].map((id) => ({ id, step: 1, successes: 1, trials: 2 })));
  const why = (id: string, count: number, query: SelectQuery) => state.explain(id, count, query).why;
  const ids = ['c', 'd'];
  const [first, second] = [...state.ids()].filter((id) => ids.includes(id)) as [string, string];

  test('a full group keeps a prompt out of slots that are all of the floor', () => {
    const query: SelectQuery = { floor: 1, quotas: { math: [0, 0] } };
    expect(state.select(1, query)).toMatchObject([{ id: first }]);
    expect(why('m', 1, query)).toBe('its group "math" is full: 0 of it are selected');
  });

  test('the floor takes what the quotas allow, and may pass one over that was not seen for longer', () => {
    const only = 'number 1 of the 1 selected, taken for the floor: no other';
    expect(why(first, 1, { floor: 1, quotas: { math: [0, 0] } })).toBe(
      `${only} that the quotas allow was not seen for longer`,
    );
    expect(why('m', 1, { floor: 1 })).toBe(`${only} was not seen for longer`);
  });

  test('the groups that no quota names are counted together, and named so', () => {
    const four = new PromptState().import(['math', 'code', 'x', 'y'].map((id) => ({ id, group: id })));
    four.observe(['code', 'x', 'y'].map((id) => ({ id, successes: 1, trials: 2 })));
    const query = { acquisition: { kind: 'inverse-evidence' } } as const;
    const whys = (quotas: SelectQuery['quotas'], count: number): string[] =>
      ['x', 'y'].map((id) => four.explain(id, count, { ...query, quotas }).why);
    expect(whys({ math: 1 / 3, code: 1 / 3 }, 3)).toContain(
      'number 2 of the 3 selected, taken for the quota: the slots left were for the groups that no quota names',
    );
    four.observe([{ id: 'math', successes: 2, trials: 4 }]);
    expect(whys({ math: 0.5, code: 0 }, 2)).toContain(
      'the groups that no quota names have their share, 1, and the slots left are for other groups',
    );
  });

  test('a tie of the floor goes by the order of the keys', () => {
    const query: SelectQuery = { floor: 1, only: ids };
    expect(state.select(1, query)).toMatchObject([{ id: first }]);
    expect(why(second, 1, query)).toBe(
      'all slots are for prompts that were not seen for longer, or as long, and come first in the order of the keys',
    );
  });
});
