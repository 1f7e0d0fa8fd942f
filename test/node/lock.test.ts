import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Holder, thisProcess } from '../../src/node/holder.ts';
import { lock } from '../../src/node/lock.ts';
import { openState, saveState, withLock } from '../../src/node/prompt-file.ts';
import { folder, jsonl, program, visits } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

const at = (name: string): string => join(folder, name);
const path = at('locked.iws');
const held = `${path}.lock`;
const ended = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const hold = (change: Partial<Holder>, file = held) =>
  writeFileSync(file, JSON.stringify({ ...thisProcess(), ...change }));
/** Lets the lock look as if its holder had not been heard of for so many seconds. */
const age = (seconds: number): void => {
  const then = Date.now() / 1000 - seconds;
  utimesSync(held, then, then);
};
const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith('locked.iws'));

beforeEach(() => {
  for (const name of left()) rmSync(at(name), { recursive: true });
});

describe('the lock of a state', () => {
  test('says who holds it, and is let go of', () => {
    const { release, nonce } = lock(path);
    expect(JSON.parse(readFileSync(held, 'utf8'))).toEqual(JSON.parse(JSON.stringify({ ...thisProcess(), nonce })));
    release();
    release();
    expect(left()).toEqual([]);
  });

  const other = { boot: 'another', namespace: 'pid:[1]', host: 'elsewhere' };

  test('of a living process, of one that cannot be seen or of someone unknown is refused, naming the holder', () => {
    const cases: [() => void, string][] = [
      [() => hold({ pid: process.ppid, start: undefined }), `process ${process.ppid} on ${hostname()}`],
      [() => hold({ pid: 1, ...other }), 'process 1 on elsewhere, seen'],
      [() => writeFileSync(held, '{"pid":'), 'someone unknown, seen'],
    ];
    for (const [make, who] of cases) {
      make();
      expect(() => lock(path)).toThrow(`in use by ${who}`);
      expect(() => lock(path)).toThrow(`if that is wrong, delete ${held}`);
      expect(left()).toEqual(['locked.iws.lock']);
      rmSync(held);
    }
  });

  test('of a process that is no more is taken over, also if the one who began to do so is no more', () => {
    hold({ pid: ended() });
    lock(path).release();
    hold({ pid: ended() });
    hold({ pid: ended() }, `${held}.takeover`);
    lock(path).release();
    expect(left()).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('of a process whose pid another one has now is taken over', () => {
    hold({ pid: process.ppid, start: '1' });
    lock(path).release();
    hold({ start: '1' }); // a container that was started again, in which this process has the pid of the one before
    lock(path).release();
    hold({});
    expect(() => lock(path), 'this very process holds it').toThrow('in use');
  });

  test('of a process that cannot be seen is taken over only when it has not been heard of for 30 seconds', () => {
    const unseen: Partial<Holder>[] = [
      { boot: 'another' }, // a machine with the same name, on a shared disk
      { namespace: 'pid:[1]', pid: ended() }, // a container beside this one: its pid means nothing here
      { ...other, pid: process.pid },
    ];
    for (const holder of unseen) {
      hold(holder);
      age(25);
      expect(() => lock(path)).toThrow(
        /seen 2\d s ago from another container or machine: it counts as dead after 30 s/,
      );
      age(35);
      lock(path).release();
    }
    hold({ pid: process.ppid, start: undefined });
    age(1e6);
    expect(() => lock(path), 'a stopped process is alive').toThrow('in use');
  });

  test('that was broken or deleted is noticed before anything is written, and not let go of for the new holder', () => {
    const first = lock(path);
    first.check();
    const second = lock(path, true);
    expect(() => first.check()).toThrow('another process has taken over its lock');
    first.release();
    second.check();
    second.release();
    expect(() => second.check()).toThrow('taken over');
    const third = lock(path);
    rmSync(held);
    expect(() => third.check()).toThrow('taken over');
    third.release();
    expect(left()).toEqual([]);
  });

  test('that is no plain file is refused at once', () => {
    symlinkSync('nowhere', held);
    expect(() => lock(path)).toThrow('is a symbolic link, and no plain file');
    rmSync(held);
    mkdirSync(held);
    expect(() => lock(path)).toThrow('is a directory');
    rmSync(held, { recursive: true });
    if (process.platform !== 'win32') {
      spawnSync('mkfifo', [held]);
      expect(() => lock(path)).toThrow('is no plain file');
      spawnSync('mkfifo', [path]);
      rmSync(held);
    }
    expect(left().filter((name) => name !== 'locked.iws')).toEqual([]);
  });

  test('tries of processes that were killed are cleared away when they are old', () => {
    const [old, young] = [`${held}.${randomUUID()}`, `${held}.${randomUUID()}`] as const;
    for (const name of [old, young]) writeFileSync(name, '');
    utimesSync(old, 1e9, 1e9);
    lock(path).release();
    expect([old, young].filter(existsSync)).toEqual([young]);
  });

  test('that withLock holds lets a relative path be saved more than once', async () => {
    const there = relative(process.cwd(), at('relative.iws'));
    await withLock(there, () => {
      for (const id of ['a', 'b']) saveState(there, openState(there).add([id]));
    });
    expect(openState(there).size).toBe(2);
  });

  test('of a dead process goes to one of many who want it', async () => {
    for (let round = 0; round < 3; round++) {
      hold({ pid: ended() });
      const log = at('race.jsonl');
      writeFileSync(log, jsonl(visits));
      const children = Array.from({ length: 4 }, () =>
        spawn(process.execPath, [program, 'serve', '--state', path], { stdio: ['pipe', 'pipe', 'ignore'] }),
      );
      const codes = children.map(async (child) => (await once(child, 'close'))[0] as number);
      // The one that holds the lock answers; the others end.
      const answers = children.map(async (child) => {
        child.stdin.on('error', () => {}).write('{"op":"metrics"}\n');
        for await (const text of child.stdout) return !String(text).includes('"error":{"code":"locked"');
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
    hold({ pid: process.ppid, start: undefined });
    for (const args of [['ingest', at('one.jsonl')], ['state', 'import', at('one.jsonl'), '--id', 'id'], ['serve']]) {
      const { status, stderr } = await runHere([...args, '--state', path]);
      expect(status).toBe(1);
      expect(stderr).toContain('locked.iws: in use by process');
    }
    for (const args of [['select'], ['status'], ['state', 'export']]) await outputHere([...args, '--state', path]);
    rmSync(held);
  });
});
