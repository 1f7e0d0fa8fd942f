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

test.each([10, 4_095, 4_096, 4_097, 10_000])(
  'a batch refused after %i observations, many of the same datapoints, is taken back whole',
  (length) => {
    const size = 50_000; // so large that the scores are kept
    const next = seeded(length);
    const pool = new PosteriorPool(size).set({ indices: [500], alpha: [2 ** 24], beta: [1] });
    const indices = Array.from({ length }, () => Math.floor(400 * next()));
    const batch = { indices, successes: indices.map(() => Math.floor(9 * next())), trials: 8 };
    for (let i = 0; i < 3; i++) pool.update(batch).select(5);
    const before = [pool.alpha, pool.beta].map((column) => Float32Array.from(column));
    const selected = pool.select(size);
    const refused = { indices: [...indices, 500], successes: [...batch.successes, 8], trials: 8 };
    expect(() => pool.update(refused)).toThrow(`"indices[${length}]"`);
    expect([pool.alpha, pool.beta].map((column) => Float32Array.from(column))).toEqual(before);
    expect(pool.select(size)).toEqual(selected);
  },
);

test('a selection where nearly all is excluded finds what is left, and nothing else', () => {
  const size = 70_000;
  const pool = new PosteriorPool(size);
  pool.update({ indices: [6, 7, 8, 8], successes: [3, 3, 3, 3], trials: 8 }); // 5 is the best, then 6 and 7, then 8
  for (let i = 0; i < 3; i++) pool.select(2);
  for (const left of [[0], [size - 1], [17, 40_000, size - 2], [5, 6, 7, 8]]) {
    const exclude = Uint32Array.from({ length: size }, (_, i) => i).filter((i) => !left.includes(i));
    for (const count of [1, left.length, left.length + 5]) {
      expect([...pool.select(count, { exclude }).indices]).toEqual(left.slice(0, count));
    }
  }
});

test('a selection that finds no memory leaves the scores as they were', () => {
  const pool = new PosteriorPool(20_000, { discount: 0.9 });
  pool.select(1);
  const before = pool.score();
  const { Instance } = WebAssembly;
  WebAssembly.Instance = class {
    constructor() {
      throw new RangeError('out of memory');
    }
  } as unknown as typeof Instance;
  try {
    expect(() => pool.select(5_000, { exclude: [0, 1, 2] })).toThrow(expect.objectContaining({ code: 'ERR_CAPACITY' }));
  } finally {
    WebAssembly.Instance = Instance;
  }
  expect(pool.score()).toEqual(before);
  expect([...pool.select(3).indices]).toEqual([0, 1, 2]);
});
