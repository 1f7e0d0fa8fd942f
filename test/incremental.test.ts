import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Acquisition, PosteriorPool } from '../src/index.ts';
import { seeded } from './support/engines.ts';
import { Model, step } from './support/model.ts';

const RULES: readonly Acquisition[] = [
  { kind: 'weighted-mutual-information' },
  { kind: 'expected-difficulty' },
  { kind: 'inverse-evidence' },
  { kind: 'random', seed: 3 },
  { kind: 'mutual-information', precision: 'fast' },
];

test('random sequences of commands do what a naive model does', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom(1, 63, 64, 65, 1_000, 5_000),
      fc.constantFrom(1, 0.9),
      fc.nat(RULES.length - 1),
      (seed, size, discount, first) => {
        const rules = [...RULES.slice(first), ...RULES.slice(0, first)];
        const next = seeded(seed);
        const model = new Model(size, discount);
        let pool = new PosteriorPool(size, { discount, prior: model.prior });
        for (let i = 0; i < 60; i++) {
          if (next() < 0.05) pool = PosteriorPool.fromBytes(pool.toBytes());
          expect(step(pool, model, rules, next), `command ${i}`).toBeUndefined();
        }
      },
    ),
    { numRuns: Number(process.env.MODEL_RUNS ?? 60) },
  );
});

test('a selection in a steady loop stays exact over many blocks', () => {
  const size = 300_000;
  const next = seeded(11);
  const pool = new PosteriorPool(size, { discount: 0.9 });
  pool.set({
    alpha: Array.from({ length: size }, () => 1 + 40 * next()),
    beta: Array.from({ length: size }, () => 1 + 40 * next()),
  });
  for (let i = 0; i < 30; i++) {
    const { indices } = pool.select(256);
    const scores = pool.score();
    const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
    expect(Array.from(indices)).toEqual(order.slice(0, 256));
    pool.update({ indices, successes: Array.from(indices, () => Math.floor(9 * next())), trials: 8 });
  }
});

test.each([4_096, 4_097, 65_536, 65_537, 80_000])('a selection of %i without the excluded is exact', (count) => {
  const size = 90_000;
  const next = seeded(count);
  const pool = new PosteriorPool(size);
  pool.update({
    indices: Array.from({ length: size }, () => Math.floor(size * next())),
    successes: Array.from({ length: size }, () => Math.floor(4 * next())),
    trials: 3,
  });
  const exclude = Array.from({ length: 9_000 }, () => Math.floor(size * next()));
  const out = new Set(exclude);
  const scores = pool.score();
  const order = Array.from(scores.keys())
    .filter((i) => !out.has(i))
    .sort((a, b) => scores[b]! - scores[a]! || a - b);
  for (let i = 0; i < 2; i++) {
    expect(pool.select(count, { exclude }).indices).toEqual(Uint32Array.from(order.slice(0, count)));
  }
  expect(pool.score()).toEqual(scores);
});

test('a refused batch leaves scores and index as they were', () => {
  const pool = new PosteriorPool(1_000).set({ indices: [500], alpha: [2 ** 24], beta: [1] });
  for (let i = 0; i < 3; i++) pool.select(5);
  const before = pool.select(1_000);
  expect(() => pool.update({ indices: [3, 4, 500], successes: [1, 1, 8], trials: 8 })).toThrow(RangeError);
  expect(pool.select(1_000)).toEqual(before);
});
