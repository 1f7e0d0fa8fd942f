import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeState, encodeState, toViews } from '../../src/state/codec.ts';
import { Importer } from '../../src/state/importer.ts';
import { encodeSections } from '../../src/state/sections.ts';
import type { Settings } from '../../src/state/settings.ts';
import { State } from '../../src/state/state.ts';
import { KeyTable } from '../../src/state/table/keys.ts';
import { folder, jsonl, root, visits } from '../support/cli.ts';
import { runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const settings: Settings = { discount: 0.9, prior: { alpha: 1, beta: 2 } };

const keys = fc.uniqueArray(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', '__proto__', '')));
const states = keys.map((names) => {
  const state = State.unseen(settings, names);
  state.observe(
    names.map((_, index) => ({ index, step: index % 3, isRollout: true, successes: index % 2, trials: 1 })),
  );
  return state;
});

const example = (): State => {
  const state = State.unseen(settings, ['a', 'b', 'c']).forLogs([], { threshold: '0.5', reward: 'acc' });
  state.ledger.take([{ path: '/log.jsonl', bytes: 7, sha256: 'f00' }]);
  state.observe([{ index: 1, step: 4, isRollout: true, successes: 3, trials: 8 }]);
  return state;
};

describe('the bytes of a state', () => {
  test('of any state are read as the same state', () => {
    fc.assert(
      fc.property(states, (state) => {
        const copy = decodeState(encodeState(state));
        expect(copy.settings).toEqual(settings);
        expect(copy.columns).toEqual(state.columns);
        expect(copy.pool.toBytes()).toEqual(state.pool.toBytes());
        for (let i = 0; i < state.size; i++) expect(copy.keys.at(i)).toBe(state.keys.at(i));
        expect(encodeState(copy)).toEqual(encodeState(state));
      }),
    );
  });

  test('keep the rule and the logs', () => {
    const { rule, ledger } = decodeState(encodeState(example()));
    expect(rule).toEqual({ threshold: '0.5', reward: 'acc' });
    expect(ledger.logs).toEqual([{ path: '/log.jsonl', bytes: 7, sha256: 'f00' }]);
  });

  test('do not depend on what was kept beside them first', () => {
    const [keyed, seen, more] = [{ id: 'key' }, { trl: [1] }, { trl: [1], 'nemo-gym': [2] }];
    const one = example().keeping({ keyed }).keeping({ isWarm: true, isMixed: true }).keeping({ seen: more });
    const other = example()
      .keeping({ isMixed: true, seen })
      .keeping({ seen: { 'nemo-gym': [2], ...seen }, isWarm: true })
      .keeping({ keyed });
    expect(encodeState(one)).toEqual(encodeState(other));
    expect(decodeState(encodeState(one)).extra).toEqual({ keyed, seen: more, isWarm: true, isMixed: true });
  });

  test('with any byte changed are refused', () => {
    const bytes = encodeState(example());
    for (let i = 0; i < bytes.length; i++) {
      for (const flip of [1, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[i] = (damaged[i] as number) ^ flip;
        expect(() => decodeState(damaged), `byte ${i}`).toThrow(
          /^(not a state|made by|truncated|bytes behind|damaged)/,
        );
      }
    }
  });

  test('cut anywhere, or with bytes behind, are refused', () => {
    const bytes = encodeState(example());
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeState(bytes.subarray(0, length))).toThrow(length < 8 ? /^not a state/ : /^truncated/);
    }
    expect(() => decodeState(Buffer.concat([bytes, new Uint8Array(8)]))).toThrow(/^bytes behind the end/);
  });

  test('of random damage are refused', () => {
    const bytes = encodeState(example());
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1 }),
        (hits) => {
          const damaged = bytes.slice();
          for (const [i, value] of hits) damaged[i] = (damaged[i] as number) ^ value;
          fc.pre(!Buffer.from(damaged).equals(bytes));
          expect(() => decodeState(damaged)).toThrow(/^(not a state|made by|truncated|bytes behind|damaged)/);
        },
      ),
    );
  });

  test('of anything with a right checksum are a state or refused', () => {
    const good = example();
    const { columns, keys: table } = good;
    const meta = (value: unknown) => Buffer.from(JSON.stringify(value));
    const sections = [
      meta({ ...settings, logs: [] }),
      columns.settledAlpha,
      columns.settledBeta,
      columns.successes,
      columns.trials,
      columns.visits,
      columns.steps,
      table.hashes,
      table.offsets,
      table.bytes,
      columns.settledSteps,
      columns.discounts,
      Float64Array.of(0.5),
      new Uint8Array(16),
    ];
    expect(decodeState(encodeSections(sections)).size).toBe(3);
    const wrong: [section: number, value: ArrayBufferView][] = [
      [0, Buffer.from('{')],
      [0, meta(null)],
      [0, meta({ ...settings, discount: 2, logs: [] })],
      [0, meta({ ...settings, prior: { alpha: 0, beta: 1 }, logs: [] })],
      [0, meta({ ...settings, logs: [{ path: 1 }] })],
      [0, meta({ ...settings, rule: {}, logs: [] })],
      [1, Float32Array.of(1, 1)],
      [1, Float32Array.of(1, 1, Number.NaN)],
      [2, Float32Array.of(1, 1, 0)],
      [3, Float64Array.of(9, 0, 0)],
      [3, Float64Array.of(Number.NaN, 0, 0)],
      [3, Float64Array.of(-1, 0, 0)],
      [4, Float64Array.of(0, Number.POSITIVE_INFINITY, 0)],
      [6, Float64Array.of(1, 1, Number.POSITIVE_INFINITY)],
      [7, table.hashes.slice().reverse()],
      [7, Float64Array.of(...table.hashes.subarray(0, 2), table.hashes[1] as number)],
      [8, Uint32Array.of(0, 2, 1, 3)],
      [8, Uint32Array.of(0, 1, 2, 4)],
      [8, Uint32Array.of(0, 1)],
      [0, meta({ ...settings, logs: [], taken: -1 })],
      [10, Float64Array.of(1, 1, Number.NEGATIVE_INFINITY)],
      [11, Uint8Array.of(0, 2, 0)],
      [12, Float64Array.of(1.5)],
      [12, new Float64Array(256)],
      [13, new Uint8Array(15)],
    ];
    for (const [section, value] of wrong) {
      const crafted = encodeSections(sections.map((known, i) => (i === section ? value : known)));
      expect(() => decodeState(crafted), `section ${section}`).toThrow(/^damaged: /);
    }
    expect(() => decodeState(encodeSections(sections.slice(1)))).toThrow('damaged: 13 sections');
  });

  test('of a newer release, of something else and of nothing are told apart', async () => {
    const bytes = encodeState(example());
    bytes[8] = 3;
    const cases: [Uint8Array, string][] = [
      [bytes, 'made by a newer release, or damaged: version 3, this one reads 2'],
      [Buffer.from('{"id":1}\n'), 'not a state of insight-wasm: the first bytes are not its mark'],
      [new Uint8Array(), 'not a state of insight-wasm'],
    ];
    const path = at('wrong.iws');
    writeFileSync(at('one.jsonl'), jsonl(visits));
    for (const [content, reason] of cases) {
      writeFileSync(path, content);
      for (const args of [
        ['select'],
        ['status'],
        ['explain', 'a'],
        ['state', 'show'],
        ['ingest', at('one.jsonl')],
        ['serve'],
      ]) {
        const { status, stdout, stderr } = await runHere([...args, '--state', path]);
        const answer = args[0] === 'serve' ? `{"id":null,"error":{"code":"damaged","message":"${path}: ${reason}` : '';
        expect({ status, stdout: stdout.slice(0, answer.length || 1) }).toEqual({ status: 1, stdout: answer });
        expect(stderr).toContain(`wrong.iws: ${reason}`);
      }
      expect(readFileSync(path).equals(Buffer.from(content))).toBe(true);
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
    expect((await runHere(['status', '--state', at('no.iws')])).stderr).toContain(
      'no.iws: no such file; insight-wasm ingest',
    );
  });

  test('of version 1, which 0.1.0 writes, are read', () => {
    const path = join(root, 'test/fixtures/version-1.iws');
    const { settings: kept, columns, keys: table, rule, ledger } = decodeState(readFileSync(path));
    expect(kept).toEqual({ discount: 0.9, prior: { alpha: 1, beta: 1 } });
    expect({ rule, logs: ledger.logs.length }).toEqual({ rule: { threshold: '0.5' }, logs: 1 });
    const index = table.indexOf('p7');
    const own = visits.filter(({ id }) => id === 'p7');
    expect({ ...own.at(-1), id: 'p7' }).toMatchObject({
      successes: columns.successes[index],
      trials: columns.trials[index],
      step: columns.steps[index],
    });
    expect([...columns.visits]).toEqual(new Array(40).fill(3));
    const now = State.unseen(kept, new Set(visits.map(({ id }) => id)));
    now.observe(visits.map(({ id, ...visit }) => ({ ...visit, index: now.keys.indexOf(id), isRollout: false })));
    expect(decodeState(readFileSync(path)).pool.toBytes()).toEqual(now.pool.toBytes());
  });
});

test('version 1 of an imported posterior takes more of its step without a discount, as version 2 does', () => {
  const importer = new Importer({ discount: 0.5, prior: { alpha: 1, beta: 1 } });
  importer.add('a', { alpha: 3, beta: 5, step: 7 });
  const state = importer.end(State.unseen({ discount: 0.5, prior: { alpha: 1, beta: 1 } }));
  const sections = toViews(state).slice(0, 10);
  for (const i of [3, 4]) sections[i] = Uint32Array.from(sections[i] as Float64Array);
  const bytes = encodeSections(sections);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(8, 1, true);
  const [old, now] = [decodeState(bytes), decodeState(encodeState(state))];
  for (const one of [old, now]) one.take({ index: 0, step: 7, isRollout: false, successes: 1, trials: 2 });
  expect(old.pool.toBytes()).toEqual(now.pool.toBytes());
});

describe('the keys of a state', () => {
  test('are found by key, in order of the first 48 bits of their SHA-256', () => {
    fc.assert(
      fc.property(keys, fc.string(), (names, other) => {
        const table = KeyTable.from(names);
        const order = Array.from({ length: table.size }, (_, i) => table.at(i));
        const hash = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 12);
        expect(order).toEqual([...names].sort((a, b) => (hash(a) < hash(b) ? -1 : 1)));
        order.forEach((key, i) => {
          expect(table.indexOf(key)).toBe(i);
        });
        if (!names.includes(other)) expect(table.indexOf(other)).toBe(-1);
      }),
    );
  });

  test('merged are those of one table', () => {
    fc.assert(
      fc.property(keys, fc.nat(), (names, cut) => {
        const half = names.length === 0 ? 0 : cut % names.length;
        const [mine, theirs] = [KeyTable.from(names.slice(0, half)), KeyTable.from(names.slice(half))];
        const { keys: merged, ranks } = mine.merge(theirs);
        expect(merged).toEqual(KeyTable.from(names));
        ranks.forEach((rank, i) => {
          expect(merged.at(rank + i)).toBe(theirs.at(i));
        });
      }),
    );
  });
});
