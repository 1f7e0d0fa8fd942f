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

test('100,000,000 datapoints take at most 14 bytes each, and a selection of 2,000,000 of them 8 bytes each', () => {
  const size = 100_000_000;
  const count = 2_000_000;
  pool = new PosteriorPool(size, { discount: 0.9 });
  expect((pool.alpha as Float32Array).buffer.byteLength / size).toBeLessThanOrEqual(14);
  const indices = Uint32Array.from({ length: 1_000_000 }, (_, i) => 97 * i);
  pool.update({ indices, successes: indices.map((index) => index % 9), trials: 8 });
  const acquisition = { kind: 'inverse-evidence' } as const; // one tie of 99 million, and one of a million
  const first = pool.select(count, { acquisition });
  expect(first.indices).toHaveLength(count);
  let index = 0;
  for (const got of first.indices) {
    while (index % 97 === 0 && index < 97_000_000) index++;
    if (got !== index++) expect.fail(`index ${got}`);
  }
  expect(new Set(first.scores)).toEqual(new Set([0.5]));
  for (let step = 0; step < 20; step++) {
    const best = pool.select(256, { acquisition });
    expect(best.scores[0]).toBe(0.5);
    pool.update({ indices: best.indices, successes: best.indices.map((i) => i % 9), trials: 8 });
  }
  expect(pool.select(1, { acquisition }).indices[0]).toBeGreaterThan(5_000);
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
