import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as core from '../src/index.ts';
import * as reference from '../src/reference.ts';
import { ENTRIES, sameBytes, seeded } from './support/engines.ts';

// Counts are real numbers: sums of rewards. Integers are bit-exact against the golden updates: golden.test.ts.

const reward = fc.double({ min: 0, max: 1, noNaN: true });
const trials = fc.oneof(fc.integer({ min: 1, max: 16 }), fc.double({ min: 0.01, max: 100, noNaN: true }));

describe.each(ENTRIES)('real-valued counts on the $name engine', ({ entry }) => {
  const { PosteriorPool } = entry;

  test('an update is Eq. 6 in float64 of counts rounded to float32, rounded once', () => {
    const lambda = fc.double({ min: 0, max: 1, noNaN: true });
    const observation = fc.record({ share: reward, K: trials, at: lambda, own: fc.option(lambda, { nil: undefined }) });
    fc.assert(
      fc.property(lambda, fc.array(observation, { maxLength: 20 }), (discount, steps) => {
        const pool = new PosteriorPool(1, { discount, prior: { alpha: 0.3, beta: 2 } });
        let [alpha, beta] = [Math.fround(0.3), 2];
        const alpha0 = alpha;
        for (const { share, K, own } of steps) {
          const most = Math.fround(K);
          const S = Math.min(Math.fround(share * K), most);
          const d = own ?? discount;
          pool.update({ indices: [0], successes: [S], trials: K, discount: own });
          alpha = Math.fround(d * alpha + (1 - d) * alpha0 + S);
          beta = Math.fround(d * beta + (1 - d) * 2 + (most - S));
          expect(pool.get(0)).toMatchObject({ alpha, beta });
        }
      }),
    );
  });

  test('a batch with the discount 1 adds more of the same visit: two halves are the whole', () => {
    const [halves, whole] = [1, 2].map(() => new PosteriorPool(2, { discount: 0.8, prior: { alpha: 2, beta: 3 } }));
    halves!.update({ indices: [1], successes: [2.5], trials: 4 });
    halves!.update({ indices: [1], successes: [0.25], trials: 4, discount: 1 });
    whole!.update({ indices: [1], successes: [2.75], trials: 8 });
    expect(sameBytes(halves!.toBytes(), whole!.toBytes())).toBe(true);
  });

  test('a discount of a batch is that of the batch alone, and scores follow', () => {
    const pool = new PosteriorPool(100).update({ indices: [3, 4], successes: [8, 1], trials: 8 });
    pool.select(5);
    pool.update({ indices: [3], successes: [0.5], trials: 1, discount: 0.5 });
    expect(pool.get(3)).toMatchObject({ alpha: 5 + 0.5, beta: 1.5 });
    pool.update({ indices: [3], successes: [1], trials: 1 });
    expect(pool.get(3)).toMatchObject({ alpha: 6.5, beta: 1.5 });
    expect(pool.score()).toEqual(entry.score(pool.alpha, pool.beta));
    expect(pool.discount).toBe(1);
  });

  test('the edges: nothing of a fraction, all of 65,535, and what rounds to that', () => {
    const pool = new PosteriorPool(3);
    pool.update({ indices: [0, 1, 2], successes: [0, 65_535, 1e-40], trials: [1e-38, 65_535.001, 0.125] });
    expect(pool.get(0)).toMatchObject({ alpha: 1, beta: 1 });
    expect(pool.get(1)).toMatchObject({ alpha: 65_536, beta: 1 });
    expect(pool.get(2)).toMatchObject({ alpha: 1, beta: 1.125 });
    pool.update({ indices: [0], successes: [0.1], trials: [Math.fround(0.1)] }); // equal once rounded
    expect(pool.get(0).beta).toBe(1);
  });

  test('a batch of arrays of any class gives the same posteriors, also one that calls the pool while it is read', () => {
    const indices = [5, 1, 5, 7];
    const successes = [1, 0.5, 2, 3];
    const want = new PosteriorPool(9).update({ indices, successes, trials: 4 }).toBytes();
    const make: readonly ((values: number[]) => ArrayLike<number>)[] = [
      (values) => Float64Array.from(values),
      (values) => ({ ...values, length: values.length }),
    ];
    for (const like of make) {
      const pool = new PosteriorPool(9).update({ indices: like(indices), successes: like(successes), trials: 4 });
      expect(sameBytes(pool.toBytes(), want)).toBe(true);
    }
    const pool = new PosteriorPool(9);
    const calling = new Proxy(successes, {
      get(target, key) {
        pool.select(3, { candidates: [2, 3, 8] });
        pool.update({ indices: Uint32Array.of(8), successes: Float32Array.of(0.5), trials: 1, discount: 1 });
        return Reflect.get(target, key);
      },
    });
    pool.update({ indices: Uint32Array.from(indices), successes: calling, trials: 4 }).reset([8]);
    expect(sameBytes(pool.toBytes(), want)).toBe(true);
  });
});

test('the engines agree to the bit on 10^5 real-valued updates', () => {
  const random = seeded(9);
  const size = 100_000;
  const trialsOf = Float32Array.from({ length: size }, () => 0.1 + 30 * random());
  const batch = {
    indices: Uint32Array.from(trialsOf, () => Math.floor(random() * 5_000)),
    successes: trialsOf.map((most) => most * random()),
    trials: trialsOf,
    discount: 0.93,
  };
  const [a, b] = [core, reference].map(({ PosteriorPool }) => new PosteriorPool(5_000).update(batch).toBytes());
  expect(sameBytes(a!, b!)).toBe(true);
});
