import { describe, expect, test } from 'vitest';
import { calibrate, fit as fitVisits, replay, simulate } from '../../src/evaluate.ts';
import { Visits } from '../../src/logs.ts';

const visits = new Visits();
visits.add({ id: 'a', isRollout: false, step: undefined, successes: [0, 1, 4], trials: [8, 8, 8] });
const simulation = { prompts: 2, steps: 2, batch: 1, rollouts: 4, seed: 1 };
const uniform = { alpha: 1, beta: 1 };

/** Options as JavaScript may give them. */
function refuses(call: (options: never) => unknown, options: unknown, type: typeof TypeError | typeof RangeError) {
  expect(() => call(options as never), JSON.stringify(options)).toThrow(type);
}

describe('bad options are refused at the doors of insight-wasm/evaluate', () => {
  test('fit', () => {
    const call = (options: never) => fitVisits(visits, options);
    refuses(call, { priors: uniform }, TypeError);
    refuses(call, { prior: { alpha: Number.NaN, beta: 1 } }, RangeError);
    refuses(call, { prior: { alpha: 1 } }, TypeError);
  });

  test('calibrate', () => {
    const call = (belief: never) => calibrate(visits, belief);
    refuses(call, { discount: 1.5, prior: uniform }, RangeError);
    refuses(call, { discount: '1', prior: uniform }, TypeError);
    refuses(call, { discount: 1, prior: { alpha: 0, beta: 1 } }, RangeError);
  });

  test('replay', () => {
    const call = (options: never) => replay(visits, options);
    refuses(call, { round: 2 }, TypeError);
    for (const name of ['count', 'rounds', 'candidates', 'seeds', 'rollouts']) {
      refuses(call, { [name]: 0 }, RangeError);
      refuses(call, { [name]: 1.5 }, RangeError);
      refuses(call, { [name]: '2' }, TypeError);
    }
    refuses(call, { discount: Number.NaN }, RangeError);
    refuses(call, { prior: { alpha: 1, beta: -1 } }, RangeError);
  });

  test('shares of a success, which the likelihood does not have', () => {
    const shares = new Visits();
    shares.add({ id: 'a', isRollout: false, step: undefined, successes: [2.5], trials: [4] });
    expect(() => fitVisits(shares)).toThrow('expected whole successes, got 2.5');
    expect(() => replay(shares)).toThrow('expected whole successes, got 2.5');
  });

  test('simulate, before its first step is asked for', () => {
    refuses(simulate, { ...simulation, prompt: 3 }, TypeError);
    refuses(simulate, { ...simulation, seed: -1 }, RangeError);
    for (const name of ['prompts', 'steps', 'batch', 'rollouts']) {
      refuses(simulate, { ...simulation, [name]: 0 }, RangeError);
      refuses(simulate, { ...simulation, [name]: undefined }, TypeError);
    }
    expect([...simulate(simulation)]).toHaveLength(2);
  });
});
