import { beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../experiments/policy.ts';
import { Stream } from '../../experiments/streams.ts';
import { drawTrainingTask, END, type Task, toTask } from '../../experiments/tasks.ts';
import { newPolicy } from '../../experiments/wasm.ts';
import { chancesAfter, lossOf } from './reference.ts';

const LENGTHS = [3, 4, 5, 8, 10];

let policy: Policy;
let tasks: Task[];

beforeAll(() => {
  policy = newPolicy();
  policy.initialise(1);
  const stream = new Stream('pool', 1);
  tasks = Array.from({ length: 60 }, () => drawTrainingTask(LENGTHS, stream));
  // Away from the start, where most gradients are alike.
  for (let step = 0; step < 20; step++) {
    policy.accumulate(tasks.map((task) => ({ task, answer: task.answer, weight: 0.002 })));
    policy.step({ rate: 2e-3, clip: 1 });
  }
});

describe('success rates', () => {
  test('are those of the plain model, whatever the place in a pass', () => {
    const weights = Float64Array.from(policy.weights);
    const rates = policy.rates(tasks);
    tasks.forEach((task, at) => {
      expect(rates[at]! / Math.exp(-lossOf(weights, task, task.answer))).toBeCloseTo(1, 4);
    });
    const alone = tasks.map((task) => policy.rates([task])[0]);
    expect([...rates]).toEqual(alone);
  });

  test('of all answers of a small task sum to 1', () => {
    const { permutation, map } = toTask(1, 2, []);
    const digits = [7];
    const answers: number[][] = [[END]];
    for (let a = 0; a < 16; a++) {
      if (a === END) continue;
      for (let b = 0; b < 16; b++) answers.push([a, b]);
    }
    const rates = policy.rates(answers.map((answer) => ({ permutation, map, digits, answer })));
    expect(rates.reduce((sum, rate) => sum + rate, 0)).toBeCloseTo(1, 5);
  });
});

describe('gradients', () => {
  test('are the finite differences of the plain model, for every kind of parameter', () => {
    const weights = Float64Array.from(policy.weights);
    const batch = tasks.slice(0, 6).map((task, at) => ({
      task,
      answer: at % 3 === 0 ? [at % 10, 11, END].slice(0, 2 + (at % 2)) : task.answer,
      weight: at % 4 === 1 ? -0.7 : 1 + at / 10,
    }));
    policy.accumulate(batch);
    const gradients = policy.gradients.slice();
    policy.forget();
    const loss = () => batch.reduce((sum, { task, answer, weight }) => sum + weight * lossOf(weights, task, answer), 0);
    const stream = new Stream('evaluation', 3);
    const h = 1e-6;
    // Along 40 random directions, each over a stretch of the parameters, so that all kinds of them are met.
    const stretch = Math.ceil(weights.length / 40);
    const before = weights.slice();
    for (let part = 0; part < 40; part++) {
      const from = part * stretch;
      const direction = Array.from({ length: Math.min(stretch, weights.length - from) }, () => stream.fraction() - 0.5);
      const along = (t: number) => {
        weights.set(before);
        direction.forEach((d, i) => {
          weights[from + i]! += t * d;
        });
        return loss();
      };
      const numeric = (along(h) - along(-h)) / (2 * h);
      const analytic = direction.reduce((sum, d, i) => sum + d * gradients[from + i]!, 0);
      const scale = Math.hypot(...gradients.subarray(from, from + stretch)) + 1e-3;
      expect(Math.abs(analytic - numeric) / scale, `part ${part}`).toBeLessThan(5e-5);
    }
  }, 60_000);

  test('are 0 after a step, which moves the weights by Adam', () => {
    policy.accumulate([{ task: tasks[0]!, answer: tasks[0]!.answer, weight: 1 }]);
    const saved = policy.save();
    policy.step({ rate: 1e-3, clip: 1 });
    expect(policy.gradients.every((gradient) => gradient === 0)).toBe(true);
    policy.load(saved);
  });
});

describe('samples', () => {
  test('follow the exact distribution, token by token', () => {
    const task = toTask(0, 3, [4, 9, 1]);
    const stream = new Stream('answers', 5);
    const counts = new Map<string, number>();
    const rounds = 250;
    for (let round = 0; round < rounds; round++) {
      const [answers] = policy.sample([task], 64, () => stream.word());
      for (const answer of answers!) {
        for (let g = 0; g < Math.min(2, answer.length); g++) {
          const prefix = answer.slice(0, g + 1).join(',');
          counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
        }
      }
    }
    const weights = Float64Array.from(policy.weights);
    const all = 64 * rounds;
    let chiSquare = 0;
    let cells = 0;
    const compare = (prefix: number[], total: number) => {
      if (total < 400) return;
      const chances = chancesAfter(weights, task, prefix).at(-1)!;
      chances.forEach((chance, token) => {
        const seen = counts.get([...prefix, token].join(',')) ?? 0;
        if (chance * total < 5) return;
        chiSquare += (seen - chance * total) ** 2 / (chance * total);
        cells++;
      });
    };
    compare([], all);
    for (let token = 0; token < 16; token++) if (token !== END) compare([token], counts.get(`${token}`) ?? 0);
    expect(cells).toBeGreaterThan(30);
    expect(chiSquare / cells).toBeLessThan(1.6);
    expect(chiSquare / cells).toBeGreaterThan(0.5);
  });

  test('do not depend on the other tasks of the pass, and end with END or one token beyond the digits', () => {
    const word = (at: number, rollout: number, place: number) =>
      Math.imul(at * 97 + rollout * 31 + place + 1, 2654435761) >>> 0;
    const together = policy.sample(tasks, 8, word);
    tasks.forEach((task, at) => {
      const [alone] = policy.sample([task], 8, (_, rollout, place) => word(at, rollout, place));
      expect(together[at]).toEqual(alone);
      for (const answer of alone!) {
        const end = answer.indexOf(END);
        expect(answer).toHaveLength(end < 0 ? task.digits.length + 1 : end + 1);
      }
    });
  });
});

test('a checkpoint holds all that training depends on', () => {
  const train = () => {
    policy.accumulate(tasks.map((task) => ({ task, answer: task.answer, weight: 0.01 })));
    policy.step({ rate: 1e-3, clip: 1 });
  };
  const saved = policy.save();
  train();
  train();
  const digest = policy.digest();
  train();
  policy.load(saved);
  train();
  const other = newPolicy();
  other.load(policy.save());
  policy = other;
  train();
  expect(policy.digest()).toBe(digest);
  expect(() => policy.load(saved.subarray(1))).toThrow('a checkpoint of another policy');
});
