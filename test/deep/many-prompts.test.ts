import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openState, saveState } from '../../src/node.ts';
import { PromptState } from '../../src/state.ts';

const folder = mkdtempSync(join(tmpdir(), 'insight-many-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** More than a Map or a Set can have. */
const SIZE = 2 ** 24 + 200_000;

function* ids(from: number, to: number): Generator<string> {
  for (let i = from; i < to; i++) yield `p${i}`;
}

test('more than 2^24 prompts are added, ingested, selected, saved, opened and exported', async () => {
  const path = join(folder, 'many.iws');
  const state = new PromptState({ discount: 0.9 }).add(ids(0, SIZE));
  expect(state.size).toBe(SIZE);
  const chosen = state.select(256).map(({ id }) => id);
  expect(new Set(chosen).size).toBe(256);
  state.observe(chosen.map((id) => ({ id, successes: 8, trials: 8, step: 1 })));
  const [next] = state.select(1);
  expect(chosen).not.toContain(next?.id);
  const log = new Blob(
    Array.from({ length: 1000 }, (_, i) => `{"id":"p${SIZE - 500 + i}","step":2,"successes":1,"trials":8}\n`),
  );
  await state.ingest([log]);
  expect(state.size).toBe(SIZE + 500);
  saveState(path, state);
  state.dispose();
  const again = openState(path);
  expect(again.size).toBe(SIZE + 500);
  expect([again.get(chosen[0] as string).visits, again.get(`p${SIZE + 499}`).step]).toEqual([1, 2]);
  let visits = 0;
  let before = '';
  for (const { id, visits: seen } of again.export()) {
    if (id === before) expect.fail(`${id} is there twice`);
    before = id;
    visits += seen;
  }
  expect(visits).toBe(256 + 1000);
  expect(again.select(256).map(({ id }) => id)).toEqual(state.select(256).map(({ id }) => id));
}, 600_000);
