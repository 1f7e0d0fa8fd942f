import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { loadState } from '../../src/node/state-file.ts';
import { folder } from '../support/cli.ts';
import { startServe } from '../support/serve-process.ts';

/** A container of its own: the process has pid 1 there, and sees no other one; the host name is the same. */
const CONTAINER = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
const isMissing = spawnSync(CONTAINER[0] as string, [...CONTAINER.slice(1), 'true']).status !== 0;
if (isMissing) {
  if (process.env.REQUIRE_ALL) throw new Error('unshare, which REQUIRE_ALL demands, cannot make a PID namespace');
  console.warn('SKIPPED: two writers in PID namespaces, for want of unshare');
}

const observe = (id: string, step: number) => ({
  op: 'observe',
  observations: [{ id, step, successes: 1, trials: 2 }],
});
const pidOf = (state: string): number => {
  // The holder names its pid inside of the namespace; from here it is the child of the child of unshare.
  const { start } = JSON.parse(readFileSync(`${state}.lock`, 'utf8')) as { start: string };
  const pid = readdirSync('/proc').find((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      return stat.includes('(node)') && stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] === start;
    } catch {
      return false;
    }
  });
  return Number(pid);
};

describe.skipIf(isMissing)('two writers in containers of one host name', () => {
  test('the second is refused while the first lives, also from a third container', async () => {
    const state = join(folder, 'one.iws');
    const first = startServe(state, [], CONTAINER);
    expect(await first.ask(observe('a', 1))).toMatchObject({ observed: 1 });
    for (const wrap of [[], CONTAINER]) {
      const second = startServe(state, [], wrap);
      expect(await second.ask({ op: 'hello' })).toMatchObject({ error: { code: 'locked' } });
      expect(await second.end()).toBe(1);
    }
    await sleep(35_000); // longer than a dead holder is waited for: the lock is kept fresh
    expect(await startServe(state).ask({ op: 'hello' })).toMatchObject({ error: { code: 'locked' } });
    expect(await first.ask(observe('a', 2))).toMatchObject({ observed: 1 });
    expect(await first.end()).toBe(0);
    expect(loadState(state).taken).toBe(2);
  });

  test('a first one that is stopped is taken over after 30 seconds, and writes nothing when it goes on', async () => {
    const state = join(folder, 'stopped.iws');
    const first = startServe(state, [], CONTAINER);
    expect(await first.ask(observe('a', 1))).toMatchObject({ observed: 1 });
    const pid = pidOf(state);
    process.kill(pid, 'SIGSTOP');
    expect(await startServe(state).ask({ op: 'hello' })).toMatchObject({ error: { code: 'locked' } });
    await sleep(35_000);
    const second = startServe(state);
    expect(await second.ask(observe('b', 2))).toMatchObject({ observed: 1 });
    const unanswered = first.ask(observe('a', 3));
    process.kill(pid, 'SIGCONT');
    expect(await unanswered).toMatchObject({ error: { code: 'save', message: expect.stringContaining('taken over') } });
    expect(await second.ask(observe('b', 4))).toMatchObject({ observed: 1 });
    expect(await first.ask({ op: 'save' })).toMatchObject({ error: { code: 'save' } });
    await first.end();
    expect(await second.ask(observe('b', 5))).toMatchObject({ observed: 1 });
    expect(await second.end()).toBe(0);
    const { taken, keys, columns } = loadState(state);
    expect(taken).toBe(4);
    expect(columns.visits[keys.indexOf('a')]).toBe(1);
    expect(readdirSync(folder).filter((name) => /^stopped.*\.(lock|new|journal)/.test(name))).toEqual([]);
  });

  test('a first one in this namespace that is stopped is alive, until its lock is broken', async () => {
    const state = join(folder, 'broken.iws');
    const first = startServe(state);
    expect(await first.ask(observe('a', 1))).toMatchObject({ observed: 1 });
    first.child.kill('SIGSTOP');
    await sleep(32_000);
    expect(await startServe(state).ask({ op: 'hello' })).toMatchObject({ error: { code: 'locked' } });
    const second = startServe(state, ['--break-lock']);
    expect(await second.ask(observe('b', 2))).toMatchObject({ observed: 1 });
    const unanswered = first.ask(observe('a', 3));
    first.child.kill('SIGCONT');
    expect(await unanswered).toMatchObject({ error: { code: 'save' } });
    await first.end();
    expect(await second.end()).toBe(0);
    expect(loadState(state).taken).toBe(2);
  });
});
