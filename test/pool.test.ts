import { describe, expect, test } from 'vitest';
import { referenceEngine } from '../src/reference.ts';
import { ACQUISITIONS, anyPosterior, ENTRIES, sameBytes, seeded } from './support/engines.ts';

describe.each(ENTRIES)('PosteriorPool on the $name engine', ({ entry }) => {
  const { PosteriorPool, score } = entry;

  test('a new pool is at the prior everywhere', () => {
    const pool = new PosteriorPool(5, { prior: { alpha: 0.1, beta: 2 } });
    expect(pool.prior).toEqual({ alpha: Math.fround(0.1), beta: 2 });
    expect([...(pool.alpha as Float32Array)]).toEqual(new Array(5).fill(Math.fround(0.1)));
    expect(pool.get(4)).toEqual({
      alpha: Math.fround(0.1),
      beta: 2,
      mean: Math.fround(0.1) / (Math.fround(0.1) + 2),
      evidence: Math.fround(0.1) + 2,
    });
  });

  test('an update adds successes to alpha and failures to beta', () => {
    const pool = new PosteriorPool(3).update({ indices: [2, 0], successes: [3, 0], trials: [8, 4] });
    expect([pool.get(0), pool.get(1), pool.get(2)]).toMatchObject([
      { alpha: 1, beta: 5 },
      { alpha: 1, beta: 1 },
      { alpha: 4, beta: 6 },
    ]);
  });

  test('the same index twice in a batch is two updates, in order', () => {
    const options = { discount: 0.5, prior: { alpha: 3, beta: 1 } };
    const together = new PosteriorPool(1, options).update({ indices: [0, 0], successes: [8, 0], trials: 8 });
    const apart = new PosteriorPool(1, options)
      .update({ indices: [0], successes: [8], trials: 8 })
      .update({ indices: [0], successes: [0], trials: 8 });
    expect(together.get(0)).toEqual(apart.get(0));
    expect(together.get(0).alpha).toBe(0.5 * (0.5 * 3 + 1.5 + 8) + 1.5);
  });

  test('the views are live, also across large batches', () => {
    const pool = new PosteriorPool(10_000);
    const { alpha } = pool;
    const indices = Uint32Array.from({ length: 10_000 }, (_, i) => i);
    pool.update({ indices, successes: new Uint8Array(10_000).fill(1), trials: 1 });
    expect(alpha[0]).toBe(2);
    expect(alpha[9_999]).toBe(2);
    expect(pool.alpha).toBe(alpha);
  });

  test('a fresh pool is one tie, which the lowest indices win', () => {
    const pool = new PosteriorPool(1_000);
    expect([...pool.select(4).indices]).toEqual([0, 1, 2, 3]);
    expect([...pool.select(4, { exclude: [3, 0, 0, 999] }).indices]).toEqual([1, 2, 4, 5]);
  });

  test.each([0, 1, 7, 1_000, 5_000])('of 1,000 datapoints %i are selected exactly as a full sort would', (count) => {
    const pool = new PosteriorPool(1_000);
    const random = seeded(count);
    pool.set({ alpha: Array.from(pool.alpha, () => 1 + Math.floor(random() * 4)), beta: new Array(1_000).fill(2) });
    for (const acquisition of ACQUISITIONS) {
      const scores = pool.score({ acquisition });
      const order = Array.from(scores.keys()).sort((i, j) => scores[j]! - scores[i]! || i - j);
      const { indices, scores: best } = pool.select(count, { acquisition });
      expect([...indices]).toEqual(order.slice(0, count));
      expect([...best]).toEqual(order.slice(0, count).map((i) => scores[i]));
    }
  });

  test('size, prior and discount cannot be changed from outside', () => {
    const pool = new PosteriorPool(3, { discount: -0 }) as { size: number; discount: number; prior: { alpha: number } };
    expect(Object.is(pool.discount, 0)).toBe(true);
    expect(() => (pool.size = 4)).toThrow(TypeError);
    expect(() => (pool.discount = 1)).toThrow(TypeError);
    expect(() => (pool.prior.alpha = 2)).toThrow(TypeError);
    expect([pool.size, pool.prior.alpha]).toEqual([3, 1]);
  });

  test('an empty pool works', () => {
    const pool = new PosteriorPool(0);
    expect(pool.select(3).indices).toHaveLength(0);
    expect(pool.score()).toHaveLength(0);
    expect(pool.update({ indices: [], successes: [], trials: 8 })).toBe(pool);
    expect(pool.select(3, { candidates: { seed: 1 } }).indices).toHaveLength(0);
    expect(PosteriorPool.fromBytes(pool.toBytes()).size).toBe(0);
    expect(() => pool.get(0)).toThrow(RangeError);
  });

  test('candidates are scored and selected among themselves', () => {
    const pool = new PosteriorPool(100_000, { discount: 0.9 });
    const random = seeded(3);
    pool.set({
      alpha: Array.from(pool.alpha, () => anyPosterior(random)),
      beta: Array.from(pool.beta, () => anyPosterior(random)),
    });
    const candidates = Uint32Array.from({ length: 20_000 }, (_, i) => 5 * i + 3);
    for (const acquisition of ACQUISITIONS) {
      const all = pool.score({ acquisition });
      const some = pool.score({ acquisition, candidates });
      expect(
        sameBytes(
          some,
          Float32Array.from(candidates, (i) => all[i]!),
        ),
      ).toBe(true);
      const order = [...candidates].sort((i, j) => all[j]! - all[i]! || i - j);
      expect([...pool.select(300, { acquisition, candidates }).indices]).toEqual(order.slice(0, 300));
      const exclude = order.slice(0, 50);
      expect([...pool.select(300, { acquisition, candidates, exclude }).indices]).toEqual(order.slice(50, 350));
    }
  });

  test('more than the built-in heap holds can be selected', () => {
    const pool = new PosteriorPool(50_000);
    const random = seeded(4);
    pool.set({
      alpha: Array.from(pool.alpha, () => 1 + 9 * random()),
      beta: Array.from(pool.beta, () => 1 + 9 * random()),
    });
    const acquisition = { kind: 'expected-difficulty' } as const;
    const scores = pool.score({ acquisition });
    const order = Array.from(scores.keys()).sort((i, j) => scores[j]! - scores[i]! || i - j);
    expect([...pool.select(50_000, { acquisition }).indices]).toEqual(order);
    const exclude = order.slice(100, 30_000);
    expect([...pool.select(50_000, { acquisition, exclude }).indices]).toEqual([
      ...order.slice(0, 100),
      ...order.slice(30_000),
    ]);
    const candidates = Uint32Array.from(scores.keys());
    expect([...pool.select(20_000, { acquisition, candidates }).indices]).toEqual(order.slice(0, 20_000));
  });

  test('score writes into out and returns it', () => {
    const pool = new PosteriorPool(9);
    const out = new Float32Array(9);
    expect(pool.score({ out })).toBe(out);
    expect(out[8]).toBe(pool.score()[8]);
    expect(new Set(pool.score()).size).toBe(1);
  });

  test('a result is not touched by later calls', () => {
    const pool = new PosteriorPool(20);
    const first = pool.select(5);
    const scores = pool.score();
    const copies = [Uint32Array.from(first.indices), Float32Array.from(first.scores), Float32Array.from(scores)];
    pool.update({ indices: [0, 1], successes: [4, 8], trials: 8 }).select(20);
    expect([first.indices, first.scores, scores]).toEqual(copies);
  });

  test('set and reset write whole columns or single posteriors', () => {
    const pool = new PosteriorPool(3, { prior: { alpha: 2, beta: 3 } });
    pool.set({ alpha: [4, 5, 6], beta: [7, 8, 9] });
    pool.set({ indices: [1, 1], alpha: [10, 11], beta: [12, 13] });
    expect([...(pool.alpha as Float32Array)]).toEqual([4, 11, 6]);
    pool.reset([0]);
    expect([...(pool.beta as Float32Array)]).toEqual([3, 13, 9]);
    pool.reset();
    expect([...(pool.alpha as Float32Array)]).toEqual([2, 2, 2]);
  });

  test('inputs may be any array-like and are read once', () => {
    const pool = new PosteriorPool(10);
    let reads = 0;
    const watched = new Proxy([1, 2, 3], {
      get(target, key, receiver) {
        if (key !== 'length') reads++;
        return Reflect.get(target, key, receiver);
      },
    });
    pool.update({ indices: watched, successes: new Uint8Array([1, 2, 3]), trials: { length: 3, 0: 4, 1: 5, 2: 6 } });
    expect(reads).toBe(3);
    expect(pool.get(3)).toMatchObject({ alpha: 4, beta: 4 });
  });

  test('after dispose every call says so', () => {
    const pool = new PosteriorPool(3);
    pool.dispose();
    pool.dispose();
    const calls: (() => unknown)[] = [
      () => pool.alpha,
      () => pool.beta,
      () => pool.get(0),
      () => pool.update({ indices: [0], successes: [0], trials: 1 }),
      () => pool.score(),
      () => pool.select(1),
      () => pool.set({ alpha: [1, 1, 1], beta: [1, 1, 1] }),
      () => pool.reset(),
      () => pool.toBytes(),
    ];
    for (const call of calls)
      expect(call).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED', name: 'DisposedError' }));
    expect(pool.size).toBe(3);
  });

  test('the runtime can dispose of a pool by itself', () => {
    const symbol = (Symbol as { dispose?: symbol }).dispose;
    expect(symbol).toBeDefined();
    const pool = new PosteriorPool(1);
    (Reflect.get(pool, symbol!) as () => void).call(pool);
    expect(() => pool.get(0)).toThrow(expect.objectContaining({ code: 'ERR_DISPOSED' }));
  });

  test('another engine can be passed to each door', () => {
    const pool = new PosteriorPool(3, { engine: referenceEngine });
    expect(PosteriorPool.fromBytes(pool.toBytes(), { engine: referenceEngine }).select(1).indices[0]).toBe(0);
    expect(score([1], [1], { engine: referenceEngine })).toEqual(score([1], [1]));
    expect(entry.topK(Float32Array.of(1, 2), 1, { engine: referenceEngine }).indices[0]).toBe(1);
  });

  test('a pool that cannot be had is a CapacityError at construction', () => {
    expect(() => new PosteriorPool(2 ** 32 - 1)).toThrow(
      expect.objectContaining({ code: 'ERR_CAPACITY', name: 'CapacityError' }),
    );
  });
});
