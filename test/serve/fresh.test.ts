import { expect, test } from 'vitest';
import { Session } from '../../src/serve/session.ts';
import { chooseBeside } from '../../src/state/choose/beside.ts';
import { choose } from '../../src/state/choose/choose.ts';
import { State } from '../../src/state/state.ts';
import type { Columns } from '../../src/state/table/columns.ts';
import { pickRows } from '../../src/state/table/columns.ts';
import { randomOf, toCase } from '../support/constrained.ts';
import { MemoryKeeper } from '../support/memory-keeper.ts';

/** The prompts of a state at these indices, as a state that shares its tables. */
function part({ settings, keys, columns, discounts, groups }: State, indices: readonly number[]): State {
  const picked = Uint32Array.from(indices);
  const rows: Columns = pickRows(columns, picked);
  return new State(settings, keys.pick(picked), rows, { discounts, groups });
}

test('prompts beside a state are selected as if they were in it, to the last tie', () => {
  let beside = 0;
  for (let seed = 1; seed <= 1500; seed++) {
    const { state, query, held } = toCase(seed, 14);
    const random = randomOf(seed + 1);
    const isFresh = Array.from({ length: state.size }, () => random(3) === 0);
    const all = Array.from({ length: state.size }, (_, i) => i);
    const [main, fresh] = [false, true].map((one) => all.filter((i) => isFresh[i] === one)) as [number[], number[]];
    const order = [...main, ...fresh];
    const both = [part(state, main), part(state, fresh)] as const;
    const outcome = (run: () => { indices: Uint32Array; scores: Float32Array } | undefined) => {
      try {
        const chosen = run();
        return chosen && { indices: [...chosen.indices], scores: [...chosen.scores] };
      } catch (error) {
        return (error as Error).constructor.name;
      }
    };
    const got = outcome(() => {
      const chosen = chooseBeside(...both, { ...query, held: { has: (index) => held.has(order[index] as number) } });
      return chosen && { indices: chosen.indices.map((index) => order[index] as number), scores: chosen.scores };
    });
    if (got === undefined) continue; // it says that the two must be merged first
    beside++;
    expect(got, `seed ${seed}`).toEqual(outcome(() => choose(state, query)));
    for (const one of [state, ...both]) one.dispose();
  }
  expect(beside).toBeGreaterThan(500);
});

const settings = { discount: 0.9, prior: { alpha: 1, beta: 1 } };
const start = (ids: readonly string[]) =>
  new Session(State.unseen(settings, ids), new MemoryKeeper(() => {}), { saveEvery: 0, clock: () => 0 });

test('a process answers as one whose state had all prompts from the start', () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = randomOf(seed);
    const known = Array.from({ length: 30 }, (_, i) => `known-${seed}-${i}`);
    const unknown = Array.from({ length: 20 }, (_, i) => `unknown-${seed}-${i}`);
    const one = start(known);
    // The other sorts what is new in at once: a query by position does.
    const other = start(known);
    const both = (request: object): object => {
      const answers = [one, other].map((session) => {
        if (session === other) session.answer({ op: 'get', positions: [0] });
        const answer = session.answer({ ...request }) as { seconds?: object; requests?: object };
        return { ...answer, seconds: undefined, requests: undefined };
      });
      expect(answers[0], `seed ${seed}: ${JSON.stringify(request)}`).toEqual(answers[1]);
      return answers[0] as object;
    };
    for (let step = 1; step <= 12; step++) {
      const some = [...known, ...unknown].filter(() => random(8) === 0);
      const observations = some.map((id) => ({ id, step, successes: random(9), trials: 8 }));
      both({ op: 'observe', observations });
      const acquisition = [undefined, { kind: 'inverse-evidence' }, { kind: 'random', seed: step }][random(3)];
      const candidates = random(4) === 0 ? { size: 20, seed: step } : undefined;
      const hold = random(2) === 0;
      both({
        op: 'select',
        count: random(12),
        acquisition,
        candidates,
        cooldown: random(3),
        hold,
        holdSteps: hold ? 2 : undefined,
      });
      both({ op: 'get', ids: [...known.slice(0, 5), ...unknown] });
      const ids = some.slice(0, 2);
      both({ op: 'hold', ids });
      if (random(2) === 0) both({ op: 'release', ids: some.slice(1, 3) });
      both({ op: 'metrics' });
    }
    both({ op: 'release', all: true });
    both({ op: 'get', positions: Array.from({ length: 30 }, (_, i) => i) });
  }
});
