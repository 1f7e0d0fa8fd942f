import { afterEach, expect, test } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';

let pool: PosteriorPool | undefined;
afterEach(() => pool?.dispose());

test('5,000,000 datapoints take at most 14 bytes each of Wasm memory', () => {
  pool = new PosteriorPool(5_000_000);
  const bytes = (pool.alpha as Float32Array).buffer.byteLength / pool.size;
  console.log(`${bytes.toFixed(3)} bytes a datapoint`);
  expect(bytes).toBeLessThanOrEqual(14);
});

test('the last of 200,000,000 datapoints is updated and selected: addresses beyond 2^31', () => {
  const size = 200_000_000;
  const last = size - 1;
  pool = new PosteriorPool(size, { prior: { alpha: 1, beta: 3 } });
  pool.update({ indices: [last, last], successes: [1, 1], trials: 1 });
  expect(pool.get(last)).toMatchObject({ alpha: 3, beta: 3 });
  const acquisition = { kind: 'expected-difficulty' } as const;
  const { indices, scores } = pool.select(3, { acquisition });
  expect([...indices]).toEqual([last, 0, 1]);
  expect([...scores]).toEqual([0, -0.25, -0.25]);
  expect([...pool.select(2, { acquisition, candidates: [5, last] }).indices]).toEqual([last, 5]);
  expect([...pool.select(1, { acquisition, exclude: [last] }).indices]).toEqual([0]);
  const [score] = pool.score({ candidates: [last] });
  expect(score).toBe(pool.score({ candidates: [last - 1, last] })[1]);
});

test('candidate sets of more than 2^24 are drawn', () => {
  pool = new PosteriorPool(20_000_000);
  const { indices } = pool.select(5, { candidates: { size: 17_000_000, seed: 1 } });
  expect(indices).toHaveLength(5);
  expect(pool.select(3, { candidates: { size: 17_000_000, seed: 1 } }).indices).toEqual(indices.slice(0, 3));
});

test('pools that would need more than 4 GiB are refused at construction', () => {
  expect(() => new PosteriorPool(360_000_000)).toThrow(expect.objectContaining({ code: 'ERR_CAPACITY' }));
});
