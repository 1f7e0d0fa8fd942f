import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lock } from '../../src/node/lock.ts';
import { decodeState, encodeState } from '../../src/state/codec.ts';
import { KeyTable } from '../../src/state/keys.ts';
import { encodeSections } from '../../src/state/sections.ts';
import type { Settings } from '../../src/state/settings.ts';
import { State } from '../../src/state/state.ts';
import { folder, jsonl, program, visits } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

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
      [3, Uint32Array.of(9, 0, 0)],
      [6, Float64Array.of(1, 1, Number.POSITIVE_INFINITY)],
      [7, table.hashes.slice().reverse()],
      [7, Float64Array.of(...table.hashes.subarray(0, 2), table.hashes[1] as number)],
      [8, Uint32Array.of(0, 2, 1, 3)],
      [8, Uint32Array.of(0, 1, 2, 4)],
      [8, Uint32Array.of(0, 1)],
    ];
    for (const [section, value] of wrong) {
      const crafted = encodeSections(sections.map((known, i) => (i === section ? value : known)));
      expect(() => decodeState(crafted), `section ${section}`).toThrow(/^damaged: /);
    }
    expect(() => decodeState(encodeSections(sections.slice(1)))).toThrow('damaged: 9 sections');
  });

  test('of a newer release, of something else and of nothing are told apart', async () => {
    const bytes = encodeState(example());
    bytes[8] = 2;
    const cases: [Uint8Array, string][] = [
      [bytes, 'made by a newer release, or damaged: version 2, this one reads 1'],
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
        expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
        expect(stderr).toContain(`wrong.iws: ${reason}`);
      }
      expect(readFileSync(path).equals(Buffer.from(content))).toBe(true);
      expect(existsSync(`${path}.lock`)).toBe(false);
    }
    expect((await runHere(['status', '--state', at('no.iws')])).stderr).toContain(
      'no.iws: no such file; insight-wasm ingest',
    );
  });
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
        const { keys: merged, from } = mine.merge(theirs);
        expect(merged).toEqual(KeyTable.from(names));
        from.forEach((was, i) => {
          expect(merged.at(i)).toBe(was < half ? mine.at(was) : theirs.at(was - half));
        });
      }),
    );
  });
});

describe('the lock of a state', () => {
  const path = at('locked.iws');
  const held = `${path}.lock`;
  const hold = (pid: number, host = hostname()) => writeFileSync(held, JSON.stringify({ pid, host }));
  const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid;

  test('is taken and let go of', () => {
    const unlock = lock(path);
    expect(JSON.parse(readFileSync(held, 'utf8'))).toEqual({ pid: process.pid, host: hostname() });
    unlock();
    expect(readdirSync(folder).filter((name) => name.startsWith('locked.iws'))).toEqual([]);
  });

  test('of a living process, of another host or of someone unknown is refused, naming the holder', () => {
    const cases: [() => void, string][] = [
      [() => hold(process.ppid), `process ${process.ppid} on ${hostname()}`],
      [() => hold(1, 'elsewhere'), 'process 1 on elsewhere'],
      [() => writeFileSync(held, '{"pid":'), 'someone unknown'],
    ];
    for (const [make, who] of cases) {
      make();
      expect(() => lock(path)).toThrow(`in use by ${who}`);
      expect(() => lock(path)).toThrow(`if that is wrong, delete ${held}`);
      rmSync(held);
    }
  });

  test('of a process that is no more is taken over, also if the one who began to do so is no more', () => {
    hold(ended());
    lock(path)();
    hold(ended());
    writeFileSync(`${held}.takeover`, JSON.stringify({ pid: ended(), host: hostname() }));
    lock(path)();
    expect(readdirSync(folder).filter((name) => name.startsWith('locked.iws'))).toEqual([]);
  });

  test('of a dead process goes to one of many who want it', async () => {
    for (let round = 0; round < 3; round++) {
      hold(ended());
      const log = at('race.jsonl');
      writeFileSync(log, jsonl(visits));
      const children = Array.from({ length: 4 }, () =>
        spawn(process.execPath, [program, 'serve', '--state', path], { stdio: ['pipe', 'pipe', 'ignore'] }),
      );
      const codes = children.map(async (child) => (await once(child, 'close'))[0] as number);
      // The one that holds the lock answers; the others end.
      const answers = children.map(async (child) => {
        child.stdin.on('error', () => {}).write('{"op":"metrics"}\n');
        for await (const _ of child.stdout) return true;
        return false;
      });
      const first = await Promise.race(
        answers.map(async (answer, i) => ((await answer) ? i : new Promise<number>(() => {}))),
      );
      const losers = await Promise.all(codes.filter((_, i) => i !== first));
      expect(losers).toEqual([1, 1, 1]);
      children[first]?.stdin.end();
      expect(await codes[first]).toBe(0);
      expect(existsSync(held)).toBe(false);
    }
  });

  test('keeps ingest and import out, but not select, status and export', async () => {
    writeFileSync(at('one.jsonl'), jsonl(visits));
    await outputHere(['ingest', at('one.jsonl'), '--state', path]);
    hold(process.ppid);
    for (const args of [['ingest', at('one.jsonl')], ['state', 'import', at('one.jsonl'), '--id', 'id'], ['serve']]) {
      const { status, stderr } = await runHere([...args, '--state', path]);
      expect(status).toBe(1);
      expect(stderr).toContain('locked.iws: in use by process');
    }
    for (const args of [['select'], ['status'], ['state', 'export']]) await outputHere([...args, '--state', path]);
    rmSync(held);
  });
});
