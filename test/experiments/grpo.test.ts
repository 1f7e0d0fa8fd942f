import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { train } from '../../experiments/grpo.ts';
import { PROMPTS, ROLLOUTS, SMOKE } from '../../experiments/protocol.ts';
import { heldOutOf, poolOf } from '../../experiments/setting.ts';
import { superviseStep } from '../../experiments/supervise.ts';
import { newPolicy } from '../../experiments/wasm.ts';

const policy = newPolicy();
policy.initialise(3);
for (let step = 0; step < SMOKE.supervised.steps; step++) superviseStep(policy, 3, step, SMOKE);
policy.forget();
const base = policy.save();
const pool = poolOf(3, 'A', SMOKE);
const heldOut = heldOutOf(3, SMOKE);
const start = { seed: 3, pool, heldOut, interval: PROMPTS * ROLLOUTS };

test('equal answers that are trained on once, with the sum of their weights, have the same gradient', () => {
  const [task] = pool;
  const wrong = [...task!.answer.slice(1)];
  const parts = [0.1, 0.2, -0.4].map((weight) => ({ task: task!, answer: task!.answer, weight }));
  policy.accumulate([...parts, { task: task!, answer: wrong, weight: 0.3 }]);
  const apart = policy.gradients.slice();
  policy.forget();
  policy.accumulate([
    { task: task!, answer: task!.answer, weight: -0.1 },
    { task: task!, answer: wrong, weight: 0.3 },
  ]);
  const together = policy.gradients.slice();
  policy.forget();
  const size = Math.hypot(...apart);
  expect(Math.hypot(...apart.map((gradient, i) => gradient - together[i]!)) / size).toBeLessThan(1e-5);
});

test('forty steps of GRPO raise the success rate, and spend what they may', () => {
  policy.load(base);
  const budget = 40 * PROMPTS * ROLLOUTS;
  const curve = train(policy, { ...start, arm: 'random', budget, interval: budget / 2 });
  expect(curve.rollouts).toEqual([0, budget / 2, budget]);
  expect(curve.rates[2]! - curve.rates[0]!).toBeGreaterThan(0.03);
  expect(curve.steps).toBe(40);
  expect(curve.groups).toEqual([320, 320, 320, 320]);
});

test('dynamic sampling goes on until a batch is full of mixed groups, and pays for all rollouts', () => {
  policy.load(base);
  const budget = 6 * PROMPTS * ROLLOUTS;
  const curve = train(policy, { ...start, arm: 'dynamic', budget });
  const groups = curve.groups.reduce((sum, count) => sum + count, 0);
  expect(groups * ROLLOUTS).toBe(curve.rollouts.at(-1));
  expect(curve.rollouts.at(-1)).toBe(budget);
  expect(curve.steps).toBeLessThan(6);
  expect(curve.mixed[0]!).toBeGreaterThanOrEqual((curve.steps - 1) * PROMPTS);
});

test('the kernel imports nothing, and its softmax is within 4e-7 of the exact one', () => {
  const bytes = readFileSync(new URL('../../build/policy.wasm', import.meta.url));
  const module = new WebAssembly.Module(bytes);
  expect(WebAssembly.Module.imports(module)).toEqual([]);
  const { exports } = new WebAssembly.Instance(module);
  const kernel = exports as unknown as {
    memory: WebAssembly.Memory;
    outputs: WebAssembly.Global;
    softmax(ptr: number, count: number): void;
  };
  const row = new Float32Array(kernel.memory.buffer, kernel.outputs.value, 4);
  let worst = 0;
  for (let i = 0; i < 80_000; i++) {
    const x = Math.fround(-i / 1000);
    row.set([0, x, 7, 7]);
    kernel.softmax(kernel.outputs.value, 2);
    const exact = Math.exp(x) / (1 + Math.exp(x));
    worst = Math.max(worst, Math.abs(row[1]! / exact - 1));
  }
  console.log(`softmax: worst relative error ${worst.toExponential(1)}`);
  expect(worst).toBeLessThan(4e-7);
});
