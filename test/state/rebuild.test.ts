import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
});
