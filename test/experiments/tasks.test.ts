import { describe, expect, test } from 'vitest';
import { drawDemonstration, followed } from '../../experiments/demonstrations.ts';
import { COUNTED, SMOKE } from '../../experiments/protocol.ts';
import { heldOutOf, poolOf } from '../../experiments/setting.ts';
import { Stream, shuffled } from '../../experiments/streams.ts';
import { drawTrainingTask, END, heldOutTasks, obey, promptOf, type Task } from '../../experiments/tasks.ts';

const keyOf = ({ permutation, map, digits }: Task) => `${permutation} ${map} ${digits.join('')}`;

describe('a task', () => {
  test.each([
    ['reverse', 0, 4, [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]],
    ['rotate', 1, 4, [1, 2, 3, 4, 5], [2, 3, 4, 5, 1]],
    ['swap pairs', 2, 4, [1, 2, 3, 4, 5], [2, 1, 4, 3, 5]],
    ['interleave the halves', 3, 4, [1, 2, 3, 4, 5], [1, 4, 2, 5, 3]],
    ['+1', 4, 0, [0, 5, 9], [1, 6, 0]],
    ['9-x', 4, 1, [0, 5, 9], [9, 4, 0]],
    ['parity', 4, 2, [0, 5, 9], [0, 1, 1]],
    ['x3', 4, 3, [0, 5, 9], [0, 5, 7]],
    ['reverse, then +1', 0, 0, [1, 2, 9], [0, 3, 2]],
  ])('obeys %s', (_, permutation, map, digits, answer) => {
    expect(obey(permutation, map, digits)).toEqual(answer);
  });

  test('is read as two instructions, digits and a separator, at places that tell its length', () => {
    const [task] = heldOutTasks([3], 1, new Stream('evaluation', 1));
    const { tokens, positions } = promptOf(task!);
    expect(tokens).toEqual([12 + task!.permutation, 16 + task!.map, ...task!.digits, 11]);
    expect(positions).toEqual([38, 39, 0, 1, 2, 13]);
  });

  test('that is held out is never trained on', () => {
    const stream = new Stream('pool', 7);
    const heldOut = new Set(heldOutTasks([3, 4], 20, new Stream('evaluation', 7)).map(keyOf));
    for (let i = 0; i < 4000; i++) expect(heldOut.has(keyOf(drawTrainingTask([3, 4], stream)))).toBe(false);
  });
});

test('a demonstration follows its instructions as often as it should, and is never held out', () => {
  const stream = new Stream('demonstrations', 1);
  let expected = 0;
  let right = 0;
  for (let i = 0; i < 4000; i++) {
    const { task, answer } = drawDemonstration([5, 6], stream);
    const share = followed(task);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    expected += share;
    if (answer.join() === task.answer.join()) right++;
    expect(answer.at(-1)).toBe(END);
  }
  // Leaving an instruction out gives the right answer now and then.
  expect(right / expected).toBeGreaterThan(0.97);
  expect(right / expected).toBeLessThan(1.1);
});

test('pools have the share out of reach that their regime says, and a seed fixes them', () => {
  for (const regime of ['A', 'B', 'D'] as const) {
    const { pool, far } = COUNTED.regimes[regime];
    const tasks = poolOf(9, regime, COUNTED);
    expect(tasks).toHaveLength(pool);
    expect(tasks.filter(({ digits }) => digits.length > 8).length / pool).toBeCloseTo(far, 1);
    expect(poolOf(9, regime, COUNTED)).toEqual(tasks);
    expect(poolOf(10, regime, COUNTED)).not.toEqual(tasks);
  }
  expect(heldOutOf(9, COUNTED)).toHaveLength(768);
  expect(heldOutOf(1, SMOKE)).toHaveLength(32);
});

test('an order is a permutation, another for each epoch', () => {
  const orders = [0, 1].map((epoch) => shuffled(100, new Stream('shuffle', 3, epoch)));
  for (const order of orders)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect(orders[0]).not.toEqual(orders[1]);
});
