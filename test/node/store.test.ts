import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Disk, disk } from '../../src/node/disk.ts';
import { type Lock, lock } from '../../src/node/lock.ts';
import { loadState } from '../../src/node/state-file.ts';
import { Store, type StoreOptions } from '../../src/node/store.ts';
import { Session } from '../../src/serve/session.ts';
import { encodeState } from '../../src/state/codec.ts';
import { type Entry, replayEntries } from '../../src/state/journal.ts';
import { State } from '../../src/state/state.ts';
import { folder } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const path = at('pool.iws');
const [journal, history] = [`${path}.journal`, `${path}.history`];
const settings = { discount: 0.9, prior: { alpha: 1, beta: 1 } };
const left = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith('pool.iws'))
    .sort();
const held: Lock[] = [];

beforeEach(() => {
  for (const { release } of held.splice(0)) release();
  for (const name of left()) rmSync(at(name), { recursive: true });
});

/** A session on the files, as serve has one. */
function open(options: StoreOptions = {}, saveEvery = 0, breaksLock = false) {
  const own = lock(path, breaksLock);
  held.push(own);
  const { store, state } = Store.open(path, own, options);
  if (state === undefined) store.begin(State.unseen(settings));
  const session = new Session(state ?? State.unseen(settings), store, { saveEvery });
  return { own, store, session };
}

const seen = (id: string, step: number, successes = 3, trials = 8) => ({ id, step, successes, trials });
const observe = (...observations: object[]) => ({ op: 'observe', observations });
const rows = (file: string): Entry[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
const bits = (state: State): Uint8Array => state.pool.toBytes();

describe('the journal of a state', () => {
  test('is synced, and its folder when it is new, before an observation is answered', () => {
    const calls: string[] = [];
    const names = new Map<number, string>();
    const recording: Disk = {
      ...disk,
      openSync: ((name: string, flags: string) => {
        const file = disk.openSync(name, flags);
        names.set(file, name.startsWith(`${path}.journal`) ? 'journal' : name === folder ? 'folder' : name);
        return file;
      }) as Disk['openSync'],
      fsyncSync(file) {
        calls.push(`sync ${names.get(file)}`);
        disk.fsyncSync(file);
        calls.push('synced');
      },
      writeSync: ((file: number, ...rest: [Uint8Array]) => {
        calls.push(`write ${names.get(file)}`);
        return disk.writeSync(file, ...rest);
      }) as Disk['writeSync'],
      renameSync(from, to) {
        calls.push(`rename ${to === journal ? 'journal' : to}`);
        disk.renameSync(from, to);
      },
    };
    const { session } = open({ disk: recording });
    for (const step of [1, 2]) {
      expect(session.answer(observe(seen('a', step)))).toMatchObject({ observed: 1 });
      calls.push('answer');
    }
    expect(calls).toEqual([
      ...[
        'write journal',
        'write journal',
        'sync journal',
        'synced',
        'rename journal',
        'sync folder',
        'synced',
        'answer',
      ],
      ...['write journal', 'sync journal', 'synced', 'answer'],
    ]);
    calls.length = 0;
    const { session: other } = open({ disk: recording, sync: 'os' }, 0, true);
    calls.length = 0;
    other.answer(observe(seen('a', 3)));
    expect(calls).toEqual(['write journal']);
  });

  test('keeps what was answered when the process ends at once', () => {
    const { session, own } = open();
    const sent = [
      observe(seen('a', 1), seen('new', 1)),
      observe(seen('b', 2), { ...seen('a', 2), key: 'k', discount: 0.5 }),
    ];
    for (const request of sent) session.answer(request);
    own.release();
    expect(left()).toEqual(['pool.iws.journal']);
    const expected = replayEntries(
      State.unseen(settings),
      sent.flatMap(({ observations }) => observations as Entry[]),
    );
    const { session: next, store } = open();
    expect(store.unsaved).toBe(4);
    expect(next.answer({ op: 'hello' })).toMatchObject({ recovered: 4, held: 0, taken: 4 });
    expect(next.answer(observe({ ...seen('a', 2), key: 'k' }))).toMatchObject({
      observed: 0,
      skipped: [{ at: 0, code: 'repeated' }],
    });
    expect(bits(loadState(path))).toEqual(bits(expected));
  });

  test('cut anywhere in its last line is what was answered before it; damaged before that it is refused', () => {
    const { session, own } = open();
    session.answer(observe(seen('a', 1)));
    const whole = readFileSync(journal).length;
    session.answer(observe(seen('a', 2), seen('b', 2)));
    own.release();
    const bytes = readFileSync(journal);
    for (let end = whole; end < bytes.length; end++) {
      writeFileSync(journal, bytes.subarray(0, end));
      expect(loadState(path).taken).toBe(1);
      writeFileSync(journal, Buffer.concat([bytes.subarray(0, end), Buffer.alloc(bytes.length - end)]));
      expect(loadState(path).taken).toBe(1);
    }
    for (let i = 0; i < whole - 1; i++) {
      const damaged = Buffer.from(bytes);
      damaged[i] = (damaged[i] as number) ^ 1;
      writeFileSync(journal, damaged);
      expect(() => loadState(path), `byte ${i}`).toThrow(/damaged/);
    }
  });

  test('of another state than the one beside it is refused, and named', () => {
    const first = open();
    first.session.answer(observe(seen('a', 1)));
    first.session.save();
    const before = readFileSync(path);
    first.session.answer(observe(seen('a', 2)));
    first.session.save();
    first.session.answer(observe(seen('a', 3)));
    first.own.release();
    writeFileSync(path, before);
    expect(() => loadState(path)).toThrow(
      `${journal}: its 1 observations go on from another state than the one beside it`,
    );
  });

  test('is folded by ingest and state import too, and nothing is left of it', async () => {
    const { session, own } = open();
    session.answer(observe(seen('a', 1)));
    own.release();
    writeFileSync(at('one.jsonl'), '{"id":"b","step":1,"successes":1,"trials":2}\n');
    await outputHere(['ingest', at('one.jsonl'), '--state', path, '--new-prompts']);
    expect(left()).toEqual(['pool.iws', 'pool.iws.history']);
    expect(loadState(path).taken).toBe(1);
  });

  test('whenever a write, a sync or a rename fails, what was answered is there, and nothing is there twice', () => {
    const calls = ['writeSync', 'fsyncSync', 'renameSync', 'openSync', 'ftruncateSync', 'rmSync'] as const;
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...calls, undefined), { minLength: 30, maxLength: 80 }),
        fc.array(fc.constantFrom('observe', 'observe', 'save', 'restart'), { minLength: 4, maxLength: 12 }),
        (failures, operations) => {
          for (const name of left()) rmSync(at(name), { recursive: true });
          const plan = [...failures];
          const failing = { ...disk } as Record<string, unknown>;
          for (const name of calls) {
            failing[name] = (...args: unknown[]) => {
              if (plan.length > 0 && plan[0] === name) {
                plan.shift();
                throw Object.assign(new Error(`no ${name}`), { code: 'EIO' });
              }
              if (plan[0] === undefined) plan.shift();
              return (disk[name] as (...args: unknown[]) => unknown)(...args);
            };
          }
          const options = { disk: failing as unknown as Disk };
          const answered = new Map<string, number>();
          let doubtful = 0;
          const begin = () => {
            for (;;) {
              try {
                return open(options);
              } catch {
                for (const { release } of held.splice(0)) release();
              }
            }
          };
          let now = begin();
          operations.forEach((operation, i) => {
            if (operation === 'restart') {
              now.own.release();
              now = begin();
            } else if (operation === 'save') {
              now.session.answer({ op: 'save' });
            } else {
              const request = observe({ ...seen('a', i), key: `k${i}` }, { ...seen(`n${i}`, i), key: `l${i}` });
              const answer = now.session.answer(request) as { observed?: number };
              if (answer.observed === 2) answered.set(`k${i}`, i);
              else doubtful++;
            }
          });
          now.own.release();
          const state = existsSync(path) || existsSync(journal) ? loadState(path) : State.unseen(settings);
          for (const key of answered.keys()) expect(state.recent.has(key), key).toBe(true);
          expect(state.taken).toBeGreaterThanOrEqual(2 * answered.size);
          expect(state.taken).toBeLessThanOrEqual(2 * (answered.size + doubtful));
          const index = state.keys.indexOf('a');
          if (index >= 0) expect(state.columns.visits[index]).toBe(state.taken / 2);
        },
      ),
      { numRuns: 120 },
    );
  });
});

test('a process that ends before any one of its calls of the system leaves what it has answered, once', () => {
  const names = Object.keys(disk) as (keyof Disk)[];
  for (let most = 0; ; most++) {
    for (const name of left()) rmSync(at(name), { recursive: true });
    let calls = 0;
    const ending = Object.fromEntries(
      names.map((name) => [
        name,
        (...args: unknown[]) => {
          if (calls++ >= most) throw new Error('ended');
          return (disk[name] as (...args: unknown[]) => unknown)(...args);
        },
      ]),
    ) as unknown as Disk;
    const answered: string[] = [];
    const { session, own } = open({ disk: ending }, 4);
    for (let step = 0; step < 9; step++) {
      const key = `k${step}`;
      const answer = session.answer(observe({ ...seen(`p${step % 4}`, step), key })) as { observed?: number };
      if (answer.observed === 1 && calls <= most) answered.push(key);
      if (step === 6) session.answer({ op: 'save' });
    }
    own.release();
    const { own: next, session: after } = open();
    expect(left().filter((name) => name.includes('.new.'))).toEqual([]);
    const { taken } = after.answer({ op: 'hello' }) as { taken: number };
    expect(taken, `${most} calls`).toBeGreaterThanOrEqual(answered.length);
    expect(taken, `${most} calls`).toBeLessThanOrEqual(answered.length + 1); // one may be kept and not answered
    for (const key of answered) {
      expect(after.answer(observe({ ...seen('p0', 0), key }))).toMatchObject({ skipped: [{ code: 'repeated' }] });
    }
    after.save();
    next.release();
    if (taken > 0) {
      expect(rows(history).map(({ key }) => key)).toEqual(Array.from({ length: taken }, (_, i) => `k${i}`));
    }
    if (calls <= most) break;
  }
});

describe('the history of a state', () => {
  test('has what the state has, in order, and replayed gives the same bits', () => {
    const { session, own } = open();
    for (let step = 0; step < 30; step++) {
      session.answer(
        observe(seen('abcd'[step % 4] as string, step - (step % 3)), seen(`n${step % 5}`, step, 0.25, 1.5)),
      );
      if (step % 7 === 0) session.save();
    }
    session.save();
    own.release();
    expect(left()).toEqual(['pool.iws', 'pool.iws.history']);
    const kept = rows(history);
    expect(kept.map((row) => (row as unknown as { n: number }).n)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    const replayed = replayEntries(State.unseen(settings), kept);
    expect(bits(loadState(path))).toEqual(bits(replayed));
  });

  test('loses what a crash had left there before the state had it, and what a checkpoint does not know', () => {
    const { session, own } = open();
    session.answer(observe(seen('a', 1), seen('b', 1)));
    session.save();
    session.answer({ op: 'save', to: at('checkpoint.iws') });
    writeFileSync(history, `${readFileSync(history, 'utf8')}{"n":2,"id":"z"}\n{"n":3,"id`);
    session.answer(observe(seen('c', 2)));
    session.save();
    expect(rows(history).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    session.answer(observe(seen('d', 3)));
    expect(session.answer({ op: 'load', from: at('checkpoint.iws') })).toMatchObject({ taken: 2, step: 1 });
    expect(rows(history).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(existsSync(journal)).toBe(false);
    session.answer(observe(seen('d', 2)));
    own.release();
    const { taken, keys, columns } = loadState(path);
    expect(taken).toBe(3);
    expect(columns.visits[keys.indexOf('d')]).toBe(1);
    expect(keys.indexOf('c')).toBe(-1);
  });

  test('off is none, and bounded keeps the last', () => {
    const { session, own } = open({ history: 0 });
    session.answer(observe(seen('a', 1)));
    session.save();
    own.release();
    expect(left()).toEqual(['pool.iws']);
    const bounded = open({ history: 1000 }, 5);
    for (let step = 2; step < 200; step++) bounded.session.answer(observe(seen('b', step)));
    const kept = rows(history);
    expect(kept.length).toBeGreaterThan(15);
    expect(readFileSync(history).length).toBeLessThanOrEqual(2000);
    expect((kept.at(-1) as { n?: number }).n).toBe(loadState(path).taken - 1 - bounded.store.unsaved);
  });
});

test('a state of many prompts is still written on its own after a save cut such a writing short', async () => {
  const { store } = open();
  const state = State.unseen(
    settings,
    Array.from({ length: 60_000 }, (_, i) => `p${i}`),
  );
  const next = (step: number): void => {
    const entry = seen('p0', step);
    state.take({ ...entry, index: state.keys.indexOf('p0'), isRollout: false });
    state.taken++;
    store.append([entry]);
  };
  next(1);
  store.fold(state, false);
  store.fold(state, true);
  expect(store.saves).toBe(1);
  next(2);
  store.fold(state, false);
  await vi.waitFor(() => expect(store.saves).toBe(2), 5000);
  expect(store.unsaved).toBe(0);
});

test('a copy is not written over the files of a state that is in use', () => {
  const other = at('other.iws');
  const files = [journal, history, `${path}.lock`, `${other}.journal`, other];
  const { session } = open();
  session.answer(observe(seen('a', 1)));
  session.save();
  session.answer(observe(seen('a', 2)));
  const own = lock(other);
  writeFileSync(other, 'a state');
  writeFileSync(`${other}.journal`, 'a journal');
  const before = files.map((file) => readFileSync(file));
  for (const to of files) expect(session.answer({ op: 'save', to }), to).toMatchObject({ error: { code: 'save' } });
  own.release();
  expect(session.answer({ op: 'save', to: other })).toMatchObject({ error: { code: 'save' } });
  expect(files.map((file) => readFileSync(file))).toEqual(before);
  for (const name of [other, `${other}.journal`]) rmSync(name);
  expect(session.answer({ op: 'save', to: other })).toMatchObject({ to: other, taken: 2 });
});

describe('a checkpoint that is loaded', () => {
  test('and is what FILE has takes back all of the journal, or nothing if that fails', () => {
    const copy = at('copy.iws');
    let fails = false;
    const failing: Disk = {
      ...disk,
      renameSync(from, to) {
        if (fails) throw new Error('no rename');
        disk.renameSync(from, to);
      },
    };
    const { session, store } = open({ disk: failing });
    session.answer(observe(seen('a', 1)));
    session.save();
    session.answer({ op: 'save', to: copy });
    session.answer(observe(seen('b', 2)));
    fails = true;
    expect(session.answer({ op: 'load', from: copy })).toMatchObject({ error: { code: 'load' } });
    expect(loadState(path).taken).toBe(2);
    fails = false;
    session.answer(observe(seen('c', 3)));
    expect(loadState(path).taken).toBe(3);
    expect(session.answer({ op: 'load', from: copy })).toMatchObject({ taken: 1 });
    expect(store.unsaved).toBe(0);
    expect(loadState(path).taken).toBe(1);
    session.answer(observe(seen('d', 3)));
    session.save();
    expect(rows(history).map(({ id }) => id)).toEqual(['a', 'd']);
    expect(existsSync(journal)).toBe(false);
  });

  test('is refused where it cannot be written, also where there is no FILE yet', () => {
    const copy = at('copy.iws');
    let fails = false;
    const failing: Disk = {
      ...disk,
      writeSync: ((...args: Parameters<Disk['writeSync']>) => {
        if (fails) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
        return disk.writeSync(...args);
      }) as Disk['writeSync'],
    };
    const { session } = open({ disk: failing });
    session.answer({ op: 'save', to: copy });
    session.answer(observe(seen('a', 1)));
    fails = true;
    expect(session.answer({ op: 'load', from: copy })).toMatchObject({ error: { code: 'load' } });
    fails = false;
    expect(session.answer({ op: 'hello' })).toMatchObject({ taken: 1 });
    session.answer(observe(seen('b', 2)));
    session.save();
    expect(loadState(path).taken).toBe(2);
  });

  test.each([true, false])(
    'is what a process and the disk agree on when a folder cannot be synced (is FILE: %s)',
    (isFile) => {
      const copy = at('copy.iws');
      let most = Number.POSITIVE_INFINITY;
      const failing: Disk = {
        ...disk,
        fsyncSync(file) {
          if (most-- <= 0 && fstatSync(file).isDirectory()) throw Object.assign(new Error('no sync'), { code: 'EIO' });
          disk.fsyncSync(file);
        },
      };
      for (let calls = 0; calls < 8; calls++) {
        for (const name of left()) rmSync(at(name), { recursive: true });
        rmSync(copy, { force: true });
        for (const { release } of held.splice(0)) release();
        const { session } = open({ disk: failing });
        session.answer(observe(seen('a', 1)));
        session.save();
        session.answer({ op: 'save', to: copy });
        session.answer(observe(seen('b', 2)));
        if (!isFile) session.save();
        session.answer(observe(seen('c', 3)));
        most = calls;
        const answer = session.answer({ op: 'load', from: copy }) as { error?: object; taken?: number };
        most = Number.POSITIVE_INFINITY;
        const { taken } = session.answer({ op: 'hello' }) as { taken: number };
        expect(taken).toBe(answer.error === undefined ? 1 : 3);
        expect(loadState(path).taken, `${calls} syncs`).toBe(taken); // as it is if the process ends now
        session.answer(observe(seen('d', 4)));
        expect(loadState(path).taken, `${calls} syncs`).toBe(taken + 1);
      }
    },
  );

  test('leaves in the history what it has and FILE had not', () => {
    const copy = at('copy.iws');
    const { session } = open();
    session.answer(observe(seen('a', 1), seen('b', 2)));
    session.answer({ op: 'save', to: copy });
    session.answer(observe(seen('c', 3)));
    expect(session.answer({ op: 'load', from: copy })).toMatchObject({ taken: 2 });
    session.answer(observe(seen('d', 4)));
    session.save();
    expect(rows(history).map(({ id }) => id)).toEqual(['a', 'b', 'd']);
  });

  test('may not have a journal with more', async () => {
    const other = at('other.iws');
    writeFileSync(other, encodeState(State.unseen(settings, ['a'])));
    const own = lock(other);
    const { store } = Store.open(other, own);
    store.append([seen('a', 1)]);
    own.release();
    const { session } = open();
    expect(session.answer({ op: 'load', from: other })).toMatchObject({
      error: { code: 'load', message: expect.stringContaining('the journal beside it has 1 observations more') },
    });
    await outputHere(['state', 'compact', '--state', other]);
    expect(session.answer({ op: 'load', from: other })).toMatchObject({ prompts: 1, taken: 1 });
  });

  test('has the rule of the state, and another one is refused', () => {
    const [plain, ruled] = [at('plain.iws'), at('ruled.iws')];
    const state = State.unseen(settings, ['a']);
    writeFileSync(plain, encodeState(state));
    writeFileSync(ruled, encodeState(state.forLogs([], { threshold: '0.5' })));
    writeFileSync(path, encodeState(state.forLogs([], { threshold: '0.9' })));
    const { session } = open();
    expect(session.answer({ op: 'load', from: ruled })).toMatchObject({
      error: { code: 'load', message: expect.stringContaining('threshold 0.9 does not fit the state') },
    });
    expect(session.answer({ op: 'load', from: plain })).toMatchObject({ prompts: 1 });
    expect(session.answer({ op: 'hello' })).toMatchObject({ settings: { rule: { threshold: '0.9' } } });
    expect(loadState(path).rule).toEqual({ threshold: '0.9' });
  });
});

describe('what is no state', () => {
  test('a pipe, a device or a folder is refused at once, and a link to a file that is not there yet stays one', async () => {
    spawnSync('mkfifo', [path]);
    const log = at('one.jsonl');
    writeFileSync(log, '{"id":"a","step":1,"score":1}\n');
    for (const args of [['status'], ['select'], ['state', 'log'], ['serve'], ['ingest', log]]) {
      const { status, stderr } = await runHere([...args, '--state', path]);
      expect({ status, stderr }).toEqual({ status: 1, stderr: `insight-wasm: ${path}: is no plain file\n` });
    }
    rmSync(path);
    mkdirSync(path);
    expect((await runHere(['ingest', log, '--state', path])).stderr).toContain('is a directory');
    rmSync(path, { recursive: true });
    symlinkSync('pool.iws.target', path);
    await outputHere(['ingest', log, '--state', path]);
    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(left()).toEqual(['pool.iws', 'pool.iws.target']);
    rmSync(path);
    symlinkSync('pool.iws', path); // to itself
    expect((await runHere(['ingest', log, '--state', path])).status).toBe(1);
  });

  test('a link in place of the journal is refused, and what it leads to is not touched', async () => {
    writeFileSync(at('victim'), 'mine');
    symlinkSync(at('victim'), journal);
    const { status, stderr } = await runHere(['serve', '--state', path], `${JSON.stringify(observe(seen('a', 1)))}\n`);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `insight-wasm: ${journal}: is a symbolic link, and no plain file\n`,
    });
    expect(readFileSync(at('victim'), 'utf8')).toBe('mine');
  });
});

describe('two holders', () => {
  test('one that was stopped before it answered, wrote or replaced a file does no harm when it goes on', () => {
    const first = open();
    first.session.answer(observe(seen('a', 1)));
    const second = open({}, 0, true);
    expect(first.session.answer(observe(seen('a', 2)))).toMatchObject({
      error: { code: 'save', message: expect.stringContaining('another process has taken over its lock') },
    });
    expect(first.session.answer({ op: 'save' })).toMatchObject({ error: { code: 'save' } });
    expect(second.session.answer(observe(seen('b', 3)))).toMatchObject({ observed: 1 });
    expect(first.session.answer({ op: 'save' })).toMatchObject({ error: { code: 'save' } });
    second.session.save();
    const { taken, keys, columns } = loadState(path);
    expect(taken).toBe(2);
    expect(columns.visits[keys.indexOf('a')]).toBe(1);
    expect(left().filter((name) => name.includes('.new.'))).toEqual([]);
  });

  test.each(['fsyncSync', 'renameSync', 'writeSync'] as const)(
    'a takeover just before %s of a fold is noticed',
    (name) => {
      let takes: (() => void) | undefined;
      const paused = {
        ...disk,
        [name]: (...args: []) => {
          const take = takes;
          takes = undefined;
          take?.();
          return (disk[name] as (...args: unknown[]) => unknown)(...args);
        },
      } as unknown as Disk;
      const first = open({ disk: paused });
      first.session.answer(observe(seen('a', 1)));
      let second: ReturnType<typeof open> | undefined;
      takes = () => {
        second = open({}, 0, true);
        second.session.answer(observe(seen('b', 2)));
        second.session.save();
      };
      expect(first.session.answer({ op: 'save' })).toMatchObject({ error: { code: 'save' } });
      const { taken, keys, columns } = loadState(path);
      expect(taken).toBe(2);
      for (const id of ['a', 'b']) expect(columns.visits[keys.indexOf(id)]).toBe(1);
      second?.session.answer(observe(seen('c', 3)));
      second?.own.release();
      expect(loadState(path).taken).toBe(3);
    },
  );

  test('a journal that a new holder has put in place of one that is removed stays', () => {
    const steps: (() => void)[] = [];
    const paused = {
      ...disk,
      renameSync: (from: string, to: string) => {
        const [before, after] = from === journal ? steps.splice(0) : [];
        before?.();
        disk.renameSync(from, to);
        after?.();
      },
    } as Disk;
    const first = open({ disk: paused });
    first.session.answer(observe(seen('a', 1)));
    let second: ReturnType<typeof open> | undefined;
    steps.push(
      () => {
        second = open({}, 0, true);
        second.session.answer(observe(seen('b', 2)));
      },
      () => {
        second?.session.answer({ op: 'save' });
        expect(second?.session.answer(observe(seen('c', 3)))).toMatchObject({ observed: 1 });
      },
    );
    first.session.answer({ op: 'save' });
    expect(steps).toEqual([]);
    const { taken, keys } = loadState(path);
    expect(taken).toBe(3);
    for (const id of ['a', 'b', 'c']) expect(keys.indexOf(id), id).toBeGreaterThanOrEqual(0);
    expect(left()).toEqual(['pool.iws', 'pool.iws.history', 'pool.iws.journal', 'pool.iws.lock']);
  });

  test('what is refused because the lock was taken over is taken out of the journal again', () => {
    let takes: (() => void) | undefined;
    const paused: Disk = {
      ...disk,
      fsyncSync(file) {
        disk.fsyncSync(file);
        takes?.();
      },
    };
    const { session } = open({ disk: paused });
    session.answer(observe(seen('a', 1)));
    const whole = readFileSync(journal);
    takes = () => held.push(lock(path, true));
    expect(session.answer(observe(seen('a', 2)))).toMatchObject({ error: { code: 'save' } });
    takes = undefined;
    expect(readFileSync(journal)).toEqual(whole);
    expect(session.answer(observe(seen('a', 2)))).toMatchObject({ error: { code: 'save' } });
    expect(readFileSync(journal)).toEqual(whole);
  });

  test('a holder that has lost its lock writes nothing to the journal', () => {
    let writes = 0;
    const counting = {
      ...disk,
      writeSync: (...args: []) => {
        writes++;
        return (disk.writeSync as (...args: unknown[]) => number)(...args);
      },
    } as unknown as Disk;
    const { session } = open({ disk: counting });
    session.answer(observe(seen('a', 1)));
    writes = 0;
    held.push(lock(path, true));
    expect(session.answer(observe(seen('a', 2)))).toMatchObject({ error: { code: 'save' } });
    expect(writes).toBe(0);
  });

  test('a new holder removes what the one before was about to put in place, however new it is', () => {
    for (const name of [path, journal, history]) {
      const next = `${name}.new.${randomUUID()}`;
      writeFileSync(next, '');
      utimesSync(next, 4e9, 4e9); // newer than any time of this process
    }
    writeFileSync(`${path}.new.7`, 'of someone else');
    open();
    expect(left()).toEqual(['pool.iws.lock', 'pool.iws.new.7']);
  });

  test('a file that someone else has put in place of the state is left as it is', () => {
    const { session } = open();
    session.answer(observe(seen('a', 1)));
    session.save();
    const other = encodeState(State.unseen(settings, ['z']));
    session.answer(observe(seen('a', 2)));
    writeFileSync(path, other);
    expect(session.answer({ op: 'save' })).toMatchObject({
      error: { message: expect.stringContaining('was replaced or written by someone else') },
    });
    expect(Buffer.from(other).equals(readFileSync(path))).toBe(true);
  });
});

test('insight-wasm fit on a history is fit on the logs', async () => {
  const log = at('log.jsonl');
  const { session, own } = open();
  const visits = Array.from({ length: 400 }, (_, i) => seen(`p${i % 40}`, Math.floor(i / 40), (i * i) % 9));
  writeFileSync(log, visits.map((row) => `${JSON.stringify(row)}\n`).join(''));
  for (let i = 0; i < visits.length; i += 8) session.answer(observe(...visits.slice(i, i + 8)));
  session.save();
  own.release();
  const [kept, read] = [await runHere(['fit', history, '--json']), await runHere(['fit', log, '--json'])];
  expect(kept).toEqual(read);
  expect(kept.status).toBe(0);
});
