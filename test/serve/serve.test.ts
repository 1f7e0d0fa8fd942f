import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Session } from '../../src/serve/session.ts';
import { decodeState, encodeState } from '../../src/state/codec.ts';
import type { Settings } from '../../src/state/settings.ts';
import { State } from '../../src/state/state.ts';
import { folder, jsonl, program, visits } from '../support/cli.ts';
import { MemoryKeeper } from '../support/memory-keeper.ts';
import { outputHere, runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const state = at('pool.iws');
beforeEach(() => {
  for (const path of [state, at('other.iws')]) rmSync(path, { force: true });
});

type Answer = Record<string, unknown> & { readonly error?: { readonly code: string; readonly message: string } };

/** What serve answers to these lines. */
async function answers(lines: readonly (object | string)[], ...flags: string[]): Promise<Answer[]> {
  const input = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  const text = await outputHere(['serve', '--state', state, ...flags], input);
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
}

const observe = (...observations: object[]) => ({ op: 'observe', observations });

describe('insight-wasm serve', () => {
  test('observations leave the file that ingest of the same log leaves, but for the log', async () => {
    for (const discount of ['1', '0.8']) {
      rmSync(state, { force: true });
      const steps = [0, 1, 2].map((step) => observe(...visits.filter((visit) => visit.step === step)));
      expect(await answers(steps, '--discount', discount)).toEqual(
        [40, 80, 120].map((unsaved) => ({ id: null, observed: 40, unsaved })),
      );
      writeFileSync(at('log.jsonl'), jsonl(visits));
      rmSync(at('other.iws'), { force: true });
      await outputHere(['ingest', at('log.jsonl'), '--state', at('other.iws'), '--discount', discount]);
      const exports = [state, at('other.iws')].map((path) => outputHere(['state', 'export', '--state', path]));
      expect(await exports[0]).toBe(await exports[1]);
    }
  });

  test('a new state is in its file before anything is answered, with its settings', async () => {
    await answers([{ op: 'hello' }], '--discount', '0.9');
    expect(existsSync(state)).toBe(true);
    expect(await answers([{ op: 'hello' }])).toMatchObject([{ settings: { discount: 0.9 }, prompts: 0 }]);
  });

  test('a rule that a flag gives to a state without one is kept at once', async () => {
    writeFileSync(at('ids.jsonl'), '{"id":"a"}\n');
    await outputHere(['state', 'import', at('ids.jsonl'), '--state', state]);
    await answers([{ op: 'hello' }], '--threshold', '0.9');
    expect(await answers([{ op: 'hello' }])).toMatchObject([{ settings: { rule: { threshold: '0.9' } } }]);
  });

  test('an id that cannot be repeated is refused, and nothing else comes of it', async () => {
    const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
    const [refused, next] = await answers([
      `{"op":"observe","observations":[{"id":"a","successes":1,"trials":8}],"id":${deep}}`,
      { op: 'metrics', id: 2 },
    ]);
    expect(refused).toEqual({ id: null, error: { code: 'value', message: '"id" is nested too deeply' } });
    expect(next).toMatchObject({ id: 2, observations: 0 });
  });

  test('answers as the commands do, in order, with the id of the request', async () => {
    await answers([observe(...visits)]);
    const [selected, picked, told, saved] = await answers([
      { op: 'select', count: 5, id: 1 },
      {
        op: 'select',
        count: 3,
        acquisition: { kind: 'mutual-information', rollouts: 4 },
        candidates: { size: 20, seed: 1 },
        exclude: ['p1', 7],
        cooldown: 0,
        id: 'b',
      },
      { op: 'status', count: 5, id: { c: 1 } },
      { op: 'save', id: null },
    ]);
    const rows = (text: string) =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as { id: string; score: number });
    const own = rows(await outputHere(['select', '--state', state, '--count', '5', '--json']));
    expect(selected).toEqual({ id: 1, ids: own.map(({ id }) => id), scores: own.map(({ score }) => score) });
    writeFileSync(at('out.txt'), 'p1\n');
    const flags = ['--acquisition', 'mutual-information', '--rollouts', '4', '--candidates', '20', '--seed', '1'];
    const excluding = ['select', '--state', state, '--count', '3', ...flags, '--exclude', at('out.txt'), '--json'];
    const drawn = rows((await runHere(excluding)).stdout); // it warns of the unknown 7
    expect(picked).toMatchObject({ id: 'b', ids: drawn.map(({ id }) => id) });
    const status = JSON.parse(await outputHere(['status', '--state', state, '--count', '5', '--json'])) as object;
    expect(told).toEqual({ ...status, id: { c: 1 } });
    expect(saved).toEqual({ id: null, saves: 0 });
  });

  const wrong: readonly [line: object | string, code: string, message: string][] = [
    ['{"op":', 'json', 'JSON'],
    ['[]', 'json', 'the row expected an object, got an array'],
    [`${'['.repeat(1e5)}${']'.repeat(1e5)}`, 'json', 'got an array'],
    [
      {},
      'request',
      '"op" expected one of hello, select, merge, hold, observe, release, get, score, save, load, status, metrics, got',
    ],
    [{ op: '__proto__' }, 'request', '"op" expected one of'],
    [{ op: 'constructor' }, 'request', '"op" expected one of'],
    ['{"op":"save","__proto__":1}', 'request', '"__proto__" is no field of save, which has op, id, to'],
    [{ op: 'select', cont: 1 }, 'request', '"cont" is no field of select'],
    [{ op: 'select', count: -1 }, 'value', '"count" expected an integer in [0, 9007199254740991], got -1'],
    [{ op: 'select', count: null }, 'value', '"count" expected'],
    [{ op: 'select', acquisition: { kind: 'best' } }, 'value', '"acquisition.kind" expected one of'],
    [{ op: 'select', acquisition: 'random' }, 'value', '"acquisition" expected an object'],
    [{ op: 'select', candidates: { size: 4 } }, 'value', '"candidates.seed" expected'],
    [{ op: 'select', candidates: [0] }, 'value', '"candidates'],
    [{ op: 'select', candidates: { size: 0.5, seed: 1 } }, 'value', '"candidates.size" expected an integer'],
    [{ op: 'select', exclude: 'a' }, 'value', '"exclude" expected an array of ids, got "a"'],
    [{ op: 'select', only: [{}] }, 'value', 'only: "0" expected a string or an integer below 2^53, got an object'],
    [{ op: 'select', only: ['nobody'] }, 'refused', 'prompt "nobody" is not in the state'],
    [{ op: 'select', cooldown: 'x' }, 'value', '"cooldown" expected an integer'],
    [{ op: 'observe' }, 'value', '"observations" expected an array, got undefined'],
    [observe(1 as unknown as object), 'value', '"observations[0]" expected an object, got 1'],
    [
      { ...observe({ id: 'a', successes: 1, trials: 8 }, { successes: 1, trials: 8 }), atomic: true },
      'value',
      'observations[1]: "id" is missing',
    ],
    [observe({ id: 'a', successes: 9, trials: 8 }), 'value', '"observations[0].successes" expected a number in [0, 8]'],
    ['{"op":"observe","observations":[{"id":"a","successes":NaN,"trials":1}]}', 'json', 'JSON'],
    [
      observe({ id: 'a', successes: 1, trials: 0 }),
      'value',
      '"observations[0].trials" expected a number in (0, 65535]',
    ],
    [
      observe({ id: 'a', successes: 1, trials: 1, step: null }),
      'value',
      '"observations[0].step" expected a finite number',
    ],
    [observe({ id: '\ud800', successes: 1, trials: 1 }), 'refused', 'half of a surrogate pair is no text'],
    [
      {
        ...observe({ id: 'n', successes: 1, trials: 65535, step: 3 }, { id: 'n', successes: 1, trials: 1, step: 3 }),
        atomic: true,
      },
      'refused',
      '65,535 rollouts',
    ],
  ];

  test.each(wrong)('%j is answered with an error, changes nothing, and is survived', async (line, code, message) => {
    await answers([observe(...visits)], '--discount', '0.9');
    const before = readFileSync(state);
    const good = observe({ id: 'p0', successes: 5, trials: 8, step: 9 }, { id: 'n', successes: 1, trials: 8, step: 0 });
    await answers([good]);
    const wanted = readFileSync(state);
    writeFileSync(state, before);
    const [refused, alive, observed] = await answers([line, { op: 'metrics', id: 7 }, good]);
    expect(refused).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
    expect(alive).toMatchObject({ id: 7, prompts: 40, errors: 1, observations: 0 });
    expect(observed).toMatchObject({ observed: 2 });
    expect(readFileSync(state).equals(wanted)).toBe(true);
  });

  test('bytes that are no text, and a line of 65 MiB, are survived too', async () => {
    const input = Buffer.concat([
      Uint8Array.of(123, 255, 10),
      Buffer.alloc(65 * 1024 * 1024, 'x'),
      Buffer.from('\n\r\n \n{"op":"metrics"}'), // blank lines are no requests, and the last one needs no newline
    ]);
    const { status, stdout } = await runHere(['serve', '--state', state], input);
    expect(status).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Answer);
    expect(lines.map(({ error }) => error?.code)).toEqual(['json', 'too-long', undefined]);
  });

  test('saves every so many observations, and when told to', async () => {
    const at2 = (step: number) => visits.filter((visit) => visit.step === step).slice(0, 3);
    const steps = [observe(...at2(0)), observe(...at2(1)), { op: 'save' }, observe(...at2(2)), { op: 'metrics' }];
    expect((await answers(steps, '--save-every', '5')).slice(0, 4)).toMatchObject([
      { unsaved: 3 },
      { unsaved: 0 },
      { saves: 2 },
      { unsaved: 3 },
    ]);
    rmSync(state); // which is written once where there is none
    const told = await answers(steps, '--save-every', '0');
    expect(told).toMatchObject([
      { unsaved: 3 },
      { unsaved: 6 },
      { saves: 2 },
      { unsaved: 3 },
      { saves: 2, unsaved: 3 },
    ]);
    expect(JSON.parse(await outputHere(['status', '--state', state, '--json']))).toMatchObject({ step: 2 });
  });

  test('a save that fails is told, and loses nothing', () => {
    let fails = true;
    const saved: number[] = [];
    const save = (kept: State) => {
      if (fails) throw new Error('no space');
      saved.push(kept.size);
    };
    const session = new Session(State.unseen({ discount: 1, prior: { alpha: 1, beta: 1 } }), new MemoryKeeper(save), {
      saveEvery: 1,
    });
    const one = (id: string) => ({ op: 'observe', observations: [{ id, successes: 1, trials: 1 }] });
    expect(session.answer(one('a'))).toMatchObject({ observed: 1, unsaved: 1, warning: 'not saved: no space' });
    expect(session.answer({ op: 'save' })).toMatchObject({ error: { code: 'save', message: 'no space' } });
    fails = false;
    expect(session.answer(one('b'))).toMatchObject({ observed: 1, unsaved: 0 });
    expect(saved).toEqual([2]);
  });

  test('many new prompts, one request each, make the same state as one request', () => {
    const settings: Settings = { discount: 0.9, prior: { alpha: 1, beta: 1 } };
    const states: State[] = [];
    const observations = Array.from({ length: 4000 }, (_, i) => ({
      id: `n${(i * 7919) % 3000}`,
      successes: i % 3,
      trials: 4,
      step: i,
    }));
    const batches = [observations.map((observation) => [observation]), [observations]];
    for (const requests of batches) {
      const session = new Session(State.unseen(settings), new MemoryKeeper((saved) => states.push(saved)), {
        saveEvery: 0,
      });
      for (const part of requests)
        expect(session.answer({ op: 'observe', observations: part })).toHaveProperty('observed');
      session.save();
    }
    const [one, other] = states.map((saved) => Buffer.from(encodeState(saved)));
    expect(one?.equals(other as Buffer)).toBe(true);
  });

  test('a hold by steps that begins before any step is counted from the first one', () => {
    const settings: Settings = { discount: 1, prior: { alpha: 1, beta: 1 } };
    const session = new Session(State.unseen(settings, ['a', 'b', 'c']), new MemoryKeeper(), { saveEvery: 0 });
    const held = { op: 'select', count: 3, hold: true, holdSteps: 4 };
    const seen = (step: number) => observe({ id: 'a', successes: 1, trials: 2, step });
    const select = () => (session.answer({ op: 'select', count: 3 }) as { ids: string[] }).ids;
    expect(session.answer(held)).toMatchObject({ ids: { length: 3 } });
    session.answer(seen(1000));
    expect(select()).toEqual(['a']);
    session.answer(seen(1003));
    expect(select()).toEqual(['a']);
    session.answer(seen(1004));
    expect(select()).toHaveLength(3);
  });

  test('a repeated observation ends the hold of its prompt, unless more is to come', () => {
    const settings: Settings = { discount: 1, prior: { alpha: 1, beta: 1 } };
    const session = new Session(State.unseen(settings, ['a', 'b']), new MemoryKeeper(), { saveEvery: 0 });
    const seen = (more: boolean) => observe({ id: 'a', successes: 1, trials: 2, key: 'k', more });
    session.answer(seen(false));
    session.answer({ op: 'select', count: 2, hold: true });
    const held = () => (session.answer({ op: 'metrics' }) as { held: number }).held;
    expect(session.answer(seen(true))).toMatchObject({ observed: 0, skipped: [{ code: 'repeated' }] });
    expect(held()).toBe(2);
    expect(session.answer(seen(false))).toMatchObject({ observed: 0, skipped: [{ code: 'repeated' }] });
    expect(held()).toBe(1);
  });

  test('a request that is sent again ends its holds, also where one observation makes no sense', () => {
    const settings: Settings = { discount: 1, prior: { alpha: 1, beta: 1 } };
    const session = new Session(State.unseen(settings, ['a', 'b']), new MemoryKeeper(), { saveEvery: 0 });
    const request = observe({ id: 'a', successes: 1, trials: 2, key: 'k' }, { id: 'b', successes: 3, trials: 2 });
    expect(session.answer(request)).toMatchObject({ observed: 1, skipped: [{ at: 1, code: 'value' }] });
    session.answer({ op: 'hold', ids: ['a', 'b'] });
    expect(session.answer(request)).toMatchObject({
      observed: 0,
      skipped: [
        { at: 0, code: 'repeated' },
        { at: 1, code: 'value' },
      ],
    });
    expect(session.answer({ op: 'hello' })).toMatchObject({ held: 1, taken: 1 });
    expect(session.answer({ ...request, atomic: true })).toMatchObject({ error: { code: 'value' } });
  });

  test('hello and release count no hold that has ended', () => {
    const settings: Settings = { discount: 1, prior: { alpha: 1, beta: 1 } };
    let second = 0;
    const options = { saveEvery: 0, clock: () => second };
    const session = new Session(State.unseen(settings, ['a', 'b', 'c']), new MemoryKeeper(), options);
    session.answer({ op: 'hold', ids: ['a', 'b'], holdSeconds: 1 });
    session.answer({ op: 'hold', ids: ['c'] });
    second = 2;
    expect(session.answer({ op: 'hello' })).toMatchObject({ held: 1 });
    session.answer({ op: 'hold', ids: ['a', 'b'], holdSeconds: 1 });
    second = 4;
    expect(session.answer({ op: 'release', all: true })).toMatchObject({ released: 1, held: 0 });
  });

  test('status tells of the batch that select takes: without what is in flight', () => {
    const settings: Settings = { discount: 1, prior: { alpha: 1, beta: 1 } };
    let second = 0;
    const options = { saveEvery: 0, clock: () => second };
    const session = new Session(State.unseen(settings, ['a', 'b', 'c']), new MemoryKeeper(), options);
    session.answer({ op: 'hold', ids: ['a', 'b'], holdSeconds: 1 });
    expect(session.answer({ op: 'status', count: 3 })).toMatchObject({ selected: 1 });
    second = 2;
    expect(session.answer({ op: 'status', count: 3 })).toMatchObject({ selected: 3 });
  });

  test('one discount too many is refused of an unknown prompt too, and the state goes on', () => {
    const settings: Settings = { discount: 0.5, prior: { alpha: 1, beta: 1 } };
    const saved: Uint8Array[] = [];
    const keeper = new MemoryKeeper((state) => saved.push(encodeState(state)));
    const session = new Session(State.unseen(settings, ['a']), keeper, { saveEvery: 0 });
    const seen = (id: string, step: number) => ({ id, successes: 1, trials: 2, step, discount: step / 1024 });
    const most = Array.from({ length: 255 }, (_, step) => seen('a', step));
    expect(session.answer(observe(...most))).toMatchObject({ observed: 255 });
    expect(session.answer(observe(seen('n', 300)))).toMatchObject({
      error: { code: 'refused', message: expect.stringContaining('256 different discounts') },
    });
    expect(session.answer(observe(seen('m', 254), seen('n', 300)))).toMatchObject({
      observed: 1,
      skipped: [{ at: 1 }],
    });
    expect(session.answer({ op: 'select', count: 3 })).toMatchObject({ ids: expect.arrayContaining(['a', 'm']) });
    session.save();
    expect(decodeState(saved.at(-1) as Uint8Array).size).toBe(2);
  });

  test('whatever is asked, it answers, and a refused request changes nothing', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom('a', 'b', 1, 8), fc.array(fc.constantFrom('a', 'zz')));
    const observation = fc.record(
      {
        id: fc.oneof(fc.constantFrom('a', 'b', 'n', 'm'), value),
        successes: fc.oneof(fc.nat(4), value),
        trials: fc.oneof(fc.integer({ min: 1, max: 8 }), value),
        step: fc.oneof(fc.nat(3), value),
      },
      { requiredKeys: ['id', 'successes', 'trials'] },
    );
    const request = fc.record(
      {
        op: fc.constantFrom('select', 'status', 'observe', 'observe', 'save', 'metrics', 'no'),
        count: value,
        acquisition: value,
        observations: fc.oneof(fc.array(observation, { maxLength: 4 }), value),
        only: value,
      },
      { requiredKeys: ['op'] },
    );
    fc.assert(
      fc.property(fc.array(request, { maxLength: 12 }), (requests) => {
        const start = (saved: Uint8Array[]): Session =>
          new Session(
            State.unseen({ discount: 0.5, prior: { alpha: 1, beta: 1 } }, ['a', 'b']),
            new MemoryKeeper((state) => saved.push(encodeState(state))),
            { saveEvery: 0 },
          );
        const [all, accepted]: Uint8Array[][] = [[], []];
        const session = start(all as Uint8Array[]);
        const other = start(accepted as Uint8Array[]); // is asked only what the first has not refused
        for (const asked of [...requests, observe({ id: 'a', successes: 1, trials: 1, step: 99 })]) {
          const answer = session.answer(asked) as Answer;
          expect(answer).toHaveProperty('id');
          expect(answer.error?.code).not.toBe('internal');
          if (answer.error === undefined) other.answer(asked);
        }
        session.save();
        other.save();
        expect(all).toEqual(accepted);
      }),
      { numRuns: 500 },
    );
  });

  test('a refused request changes nothing of prompts that were added just before', () => {
    const seen = (step: number) => ({ id: 'n', successes: 1, trials: 2, step });
    const files = [true, false].map((isTried) => {
      let file: Uint8Array | undefined;
      const settings: Settings = { discount: 0.5, prior: { alpha: 1, beta: 1 } };
      const save = (saved: State) => {
        file = encodeState(saved);
      };
      const session = new Session(State.unseen(settings), new MemoryKeeper(save), { saveEvery: 0 });
      session.answer(observe(seen(1)));
      const group = observe(seen(3), { ...seen(3), trials: 65535 });
      if (isTried)
        expect(session.answer({ ...group, atomic: true })).toMatchObject({
          error: { code: 'refused' },
        });
      session.answer(observe(seen(4)));
      session.save();
      return file;
    });
    expect(files[0]).toEqual(files[1]);
  });

  function start(...flags: string[]): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, [program, 'serve', '--state', state, ...flags]);
  }

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('on %s it saves, and lets go of the lock', async (signal) => {
    const child = start('--save-every', '0');
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    child.stdin.write(`${JSON.stringify(observe(...visits))}\n`);
    expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ unsaved: 120 });
    expect(decodeState(readFileSync(state)).size).toBe(0);
    child.kill(signal);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(existsSync(`${state}.lock`)).toBe(false);
    expect(JSON.parse(await outputHere(['status', '--state', state, '--json']))).toMatchObject({
      prompts: 40,
      step: 2,
    });
  });

  test('when nobody reads its answers any more it saves too', async () => {
    const child = start('--save-every', '0');
    child.stdout.destroy();
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify(observe(...visits))}\n`);
    await once(child, 'close');
    expect(statSync(state).size).toBeGreaterThan(1000);
    expect(existsSync(`${state}.lock`)).toBe(false);
  });

  test('a wrong command line is refused', async () => {
    expect(await runHere(['serve'])).toMatchObject({ status: 2 });
    expect(await runHere(['serve', '--state', state, '--save-every', 'x'])).toMatchObject({ status: 2 });
    expect(await runHere(['serve', '--state', state, '--discount', '2'])).toMatchObject({ status: 2 });
    await answers([observe(...visits)]);
    expect(await runHere(['serve', '--state', state, '--discount', '0.5'])).toMatchObject({ status: 1 });
  });
});
