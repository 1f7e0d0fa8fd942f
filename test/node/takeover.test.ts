import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Disk, disk } from '../../src/node/disk.ts';
import { type Lock, lock } from '../../src/node/lock.ts';
import { Store } from '../../src/node/store.ts';
import { Session } from '../../src/serve/session.ts';
import { State } from '../../src/state/state.ts';
import { folder } from '../support/cli.ts';

const held: Lock[] = [];
afterEach(() => {
  for (const { release } of held.splice(0)) release();
});

function open(path: string, breaksLock: boolean, calls: Disk = disk): Session {
  const own = lock(path, breaksLock);
  held.push(own);
  const { store, state } = Store.open(path, own, { disk: calls });
  const begun = state ?? State.unseen({ discount: 0.9, prior: { alpha: 1, beta: 1 } });
  if (state === undefined) store.begin(begun);
  return new Session(begun, store, { saveEvery: 0 });
}

const observe = (id: string, step: number) => ({
  op: 'observe',
  observations: [{ id, step, successes: 3, trials: 8 }],
});
const idsOf = (history: string): string[] =>
  readFileSync(history, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).id);

// The two calls by which a fold changes a history, each of which the holder before may make as its first after a stop.
test.each(['writeSync', 'ftruncateSync'] as const)(
  'a holder that was stopped just before %s of a history does not cut what the next holder wrote there',
  (name) => {
    const path = join(folder, `${name}.iws`);
    const history = `${path}.history`;
    let next: Session | undefined;
    let isArmed = false;
    const stopped = {
      ...disk,
      openSync: (...args: Parameters<Disk['openSync']>) => {
        isArmed ||= next === undefined && String(args[0]) === history && args[1] !== 'wx+';
        return disk.openSync(...args);
      },
      [name]: (...args: never[]) => {
        if (isArmed && next === undefined) {
          next = open(path, true);
          for (const [id, step] of [
            ['b', 2],
            ['c', 3],
          ] as const)
            next.answer(observe(id, step));
          next.save();
          next.answer(observe('d', 4));
          next.save();
        }
        return (disk[name] as (...args: never[]) => unknown)(...args);
      },
    } as unknown as Disk;
    const first = open(path, false, stopped);
    first.answer(observe('0', 0));
    first.save(); // the history is there
    first.answer(observe('a', 1));
    expect(first.answer({ op: 'save' })).toMatchObject({ error: { code: 'save' } });
    expect(next, 'the takeover happened').toBeDefined();
    expect(idsOf(history)).toEqual(['0', 'a', 'b', 'c', 'd']);
  },
);
