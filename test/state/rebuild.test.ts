import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PromptState } from '../../src/state.ts';
import { lines, write } from '../support/logs.ts';
import { outputHere, runHere } from '../support/run.ts';

const rebuild = (state: string, ...flags: string[]) => runHere(['state', 'rebuild', '--state', state, ...flags]);
const exported = async (state: string): Promise<unknown[]> =>
  (await outputHere(['state', 'export', '--state', state]))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('state rebuild', () => {
  test('counts by a threshold that is given, also what was counted in part', async () => {
    const folder = write({ 'a.jsonl': lines([0.2, 0.4, 0.6, 0.8].map((score) => ({ id: 'p', step: 1, score }))) });
    const state = join(folder, 'pool.iws');
    await outputHere(['ingest', join(folder, 'a.jsonl'), '--state', state, '--reward-scale', '0,1']);
    expect(await rebuild(state, '--threshold', '0.7')).toMatchObject({ status: 0 });
    expect(await exported(state)).toMatchObject([{ alpha: 2, beta: 4 }]);
    expect(await outputHere(['state', 'show', '--state', state])).not.toContain('--reward-scale');
  });

  test('refuses logs that were read in different ways', async () => {
    const row = (id: string) => lines([{ id, score: 1 }]);
    const folder = write({ 'a.jsonl': row('a'), 'r/step_3.jsonl': row('b'), 'b.jsonl': row('c') });
    const state = join(folder, 'pool.iws');
    const ingest = (name: string, ...flags: string[]) =>
      outputHere(['ingest', join(folder, name), '--state', state, ...flags]);
    await ingest('a.jsonl');
    await ingest('b.jsonl');
    expect(await rebuild(state)).toMatchObject({ status: 0 });
    await ingest('r', '--step-from-path');
    await ingest('r');
    expect(await rebuild(state)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('read in different ways'),
    });
  });

  test.each<[string, (state: PromptState) => unknown, string]>([
    ['prompts', (state) => state.add(['b']), 'through the library'],
    ['visits', (state) => state.observe([{ id: 'a', successes: 1, trials: 4 }]), 'through the library'],
    ['logs', (state) => state.ingest([new File([lines([{ id: 'a', score: 0 }])], 'b.jsonl')]), 'through the library'],
    ['posteriors', (state) => state.import([{ id: 'b', alpha: 2, beta: 3 }]), 'were imported'],
  ])('refuses %s that came through the library', async (_, add, reason) => {
    const folder = write({ 'a.jsonl': lines([{ id: 'a', score: 1 }]) });
    const path = join(folder, 'pool.iws');
    await outputHere(['ingest', join(folder, 'a.jsonl'), '--state', path]);
    const state = PromptState.fromBytes(readFileSync(path));
    state.add([]).import([]).observe([]);
    expect(Buffer.from(state.toBytes()).equals(readFileSync(path))).toBe(true); // nothing came
    await add(state);
    writeFileSync(path, state.toBytes());
    expect(await rebuild(path)).toMatchObject({ status: 1, stderr: expect.stringContaining(reason) });
  });
});
