import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadState } from '../../src/node/state-file.ts';
import { folder } from '../support/cli.ts';
import { startServe } from '../support/serve-process.ts';

test('who reads a state while serve observes and folds sees all that was answered, and never goes back', async () => {
  const state = join(folder, 'read.iws');
  const { ask, end } = startServe(state, ['--save-every', '3', '--discount', '0.9']);
  await ask({ op: 'observe', observations: [{ id: 'p0', step: 0, successes: 1, trials: 2 }] });
  let answered = 1;
  let isOver = false;
  const writing = (async () => {
    for (let step = 1; step <= 400; step++) {
      const observations = [{ id: `p${step % 50}`, step, successes: 1, trials: 2 }];
      const answer = await ask({ op: 'observe', observations });
      answered += answer?.observed ?? 0;
    }
    isOver = true;
  })();
  let before = 0;
  let reads = 0;
  while (!isOver) {
    const least = answered;
    const { taken } = loadState(state);
    expect(taken).toBeGreaterThanOrEqual(Math.max(least, before));
    before = taken;
    reads++;
    await new Promise(setImmediate);
  }
  await writing;
  expect(reads).toBeGreaterThan(10);
  expect(await end()).toBe(0);
  expect(loadState(state).taken).toBe(401);
});
