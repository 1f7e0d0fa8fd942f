import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lock } from '../../src/node/lock.ts';
import { loadState } from '../../src/node/state-file.ts';
import { Store } from '../../src/node/store.ts';
import { State } from '../../src/state/state.ts';
import { folder } from '../support/cli.ts';
import { runHere } from '../support/run.ts';

const settings = { discount: 0.9, prior: { alpha: 1, beta: 1 } };

/** A journal of three answers, of which the second was torn: of two, two and one observations. */
function tear(path: string, sync: 'os' | 'always'): void {
  const own = lock(path);
  const { store } = Store.open(path, own, { sync });
  store.begin(State.unseen(settings));
  const seen = (id: string) => ({ id, step: 1, successes: 3, trials: 8 });
  for (const ids of [['a', 'b'], ['c', 'd'], ['e']]) store.append(ids.map(seen));
  own.release();
  const bytes = readFileSync(`${path}.journal`);
  bytes.fill(0, bytes.indexOf('"c"'), bytes.indexOf('"d"')); // a page that never reached the disk
  writeFileSync(`${path}.journal`, bytes);
}

test('a journal of --sync os that a power cut has torn opens with what came before, and serve says so', async () => {
  const path = join(folder, 'torn-os.iws');
  tear(path, 'os');
  expect(loadState(path).taken).toBe(2);
  const { stderr, status } = await runHere(['serve', '--state', path, '--sync', 'os'], '{"op":"hello"}\n');
  expect(stderr).toContain('1 or more observations are lost: a power cut has torn the journal');
  expect(status).toBe(0);
  const again = await runHere(['serve', '--state', path], '{"op":"get","ids":["a","b","c","e"]}\n');
  expect(again.stderr).toBe('');
  expect(JSON.parse(again.stdout).prompts.map((prompt: object | null) => prompt !== null)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('a journal that was synced before it was answered is refused if it is torn before its last line', () => {
  const path = join(folder, 'torn-always.iws');
  tear(path, 'always');
  expect(() => loadState(path)).toThrow('damaged: line 3 of the journal');
});
