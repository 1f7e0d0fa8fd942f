import { describe, expect, test } from 'vitest';
import type { Acquisition, Batch, PoolOptions, Posteriors, ScoreOptions, SelectOptions } from '../src/index.ts';
import { ENTRIES, sameBytes } from './support/engines.ts';

// What no compiler lets through is handed over by this cast: JavaScript callers have no compiler.
const wrong = <T>(value: unknown): T => value as T;

/** A good array with one bad value at the start, in the middle, at the end. */
const placed = (length: number, good: (i: number) => number, value: unknown): [number, ArrayLike<number>][] =>
  [0, length >> 1, length - 1].map((at) => {
    const values: unknown[] = Array.from({ length }, (_, i) => good(i));
    values[at] = value;
    return [at, values as number[]];
  });

describe.each(ENTRIES)('bad input on the $name engine', ({ entry }) => {
  const { PosteriorPool, score, topK } = entry;
  const SIZE = 10_000;
  const fresh = () => {
    const pool = new PosteriorPool(SIZE, { discount: 0.9, prior: { alpha: 0.5, beta: 2 } });
    return pool.update({ indices: [0, 5, 9_999], successes: [1, 2, 3], trials: 8 });
  };
  const pool = fresh();
  const before = pool.toBytes();
  const refuses = (call: () => unknown, kind: typeof RangeError | typeof TypeError, message?: string): void => {
    expect(call).toThrow(kind);
    if (message !== undefined) expect(call).toThrow(message);
    expect(sameBytes(pool.toBytes(), before)).toBe(true);
  };

  const N = 9_000; // more than two stages
  const good: Batch = {
    indices: Array.from({ length: N }, (_, i) => i),
    successes: new Array(N).fill(2),
    trials: new Array(N).fill(8),
  };

  const badIndex: [unknown, typeof RangeError | typeof TypeError][] = [
    [-1, RangeError],
    [SIZE, RangeError],
    [0.5, RangeError],
    [2 ** 32, RangeError],
    [Number.NaN, RangeError],
    [Infinity, RangeError],
    ['1', TypeError],
    [null, TypeError],
    [undefined, TypeError],
    [1n, TypeError],
  ];

  test.each(badIndex)('update refuses the index %s at every position and writes nothing', (value, kind) => {
    for (const [at, indices] of placed(N, (i) => i, value)) {
      refuses(() => pool.update({ ...good, indices }), kind, `"indices[${at}]" expected an integer in [0, 9999]`);
    }
  });

  test.each<[unknown, typeof RangeError | typeof TypeError]>([
    [9, RangeError],
    [8.000001, RangeError],
    [-1, RangeError],
    [-1e-30, RangeError],
    [Number.NaN, RangeError],
    [Infinity, RangeError],
    ['3', TypeError],
    [null, TypeError],
  ])('update refuses %s successes of 8 at every position and writes nothing', (value, kind) => {
    for (const [at, successes] of placed(N, () => 2, value)) {
      refuses(() => pool.update({ ...good, successes }), kind, `"successes[${at}]" expected a number in [0, 8]`);
    }
  });

  test.each<[unknown, typeof RangeError | typeof TypeError]>([
    [0, RangeError],
    [-1, RangeError],
    [1e-50, RangeError], // 0 as float32
    [65_536, RangeError],
    [65_535.01, RangeError],
    [Number.NaN, RangeError],
    ['8', TypeError],
  ])('update refuses %s trials at every position and writes nothing', (value, kind) => {
    for (const [at, trials] of placed(N, () => 8, value)) {
      refuses(() => pool.update({ ...good, trials }), kind, `"trials[${at}]" expected a number in (0, 65535]`);
    }
    if (kind === RangeError)
      refuses(() => pool.update({ ...good, trials: value as number }), kind, '"trials" expected');
  });

  test('update refuses arrays of unequal length, no arrays and unknown keys', () => {
    refuses(() => pool.update({ ...good, successes: [1] }), RangeError, '"successes.length" expected 9000, got 1');
    refuses(() => pool.update({ ...good, trials: [1] }), RangeError, '"trials.length"');
    refuses(() => pool.update({ ...good, indices: wrong('123') }), TypeError, '"indices" expected an array of numbers');
    refuses(() => pool.update({ ...good, indices: wrong({ length: -1 }) }), TypeError);
    refuses(() => pool.update({ ...good, trials: wrong('8') }), TypeError);
    refuses(() => pool.update({ ...good, step: 1 } as Batch), TypeError, 'got "step"');
    for (const discount of [-0.1, 1.1, Number.NaN])
      refuses(() => pool.update({ ...good, discount }), RangeError, '"discount"');
    refuses(() => pool.update({ ...good, discount: wrong('1') }), TypeError, '"discount"');
    refuses(() => pool.update(wrong(undefined)), TypeError);
    refuses(() => pool.update(wrong([])), TypeError);
  });

  test('an update that would leave the domain is refused as a whole, judged in order', () => {
    const most = new PosteriorPool(3).set({ alpha: [1, 2 ** 24 - 100, 1], beta: [1, 1, 2 ** 24] });
    const bytes = most.toBytes();
    const indices = new Array(5_000).fill(1);
    const successes = indices.map((_, i) => (i === 4_500 ? 102 : 0));
    expect(() => most.update({ indices: [0, ...indices], successes: [1, ...successes], trials: 200 })).toThrow(
      '"indices[4501]" expected an update that stays in [0.001, 16777216], got 102 of 200 for datapoint 1',
    );
    expect(() => most.update({ indices: [0, 2, 0], successes: [1, 0, 1], trials: 1 })).not.toThrow(); // 2^24 + 1 rounds to 2^24
    expect(() => most.update({ indices: [2], successes: [0], trials: 2 })).toThrow(RangeError);
    most.reset([0]).set({ indices: [2], alpha: [1], beta: [2 ** 24] });
    expect(sameBytes(most.toBytes(), bytes)).toBe(true);
    expect(() => most.update({ indices: [1], successes: [100], trials: 100 })).not.toThrow();
  });

  test.each<[unknown, typeof RangeError | typeof TypeError]>([
    [0, RangeError],
    [0.00099, RangeError],
    [2 ** 24 + 2, RangeError],
    [-1, RangeError],
    [Number.NaN, RangeError],
    [Infinity, RangeError],
    ['1', TypeError],
    [null, TypeError],
  ])('set and score refuse the posterior %s at every position', (value, kind) => {
    for (const [at, column] of placed(SIZE, () => 1, value)) {
      const ones = new Float32Array(SIZE).fill(1);
      refuses(
        () => pool.set({ alpha: column, beta: ones }),
        kind,
        `"alpha[${at}]" expected a number in [0.001, 16777216]`,
      );
      refuses(() => pool.set({ alpha: ones, beta: column }), kind, `"beta[${at}]"`);
      const out = new Float32Array(SIZE).fill(-7);
      refuses(() => score(ones, column, { out }), kind, `"beta[${at}]"`);
      expect(out.every((x) => x === -7)).toBe(true);
    }
  });

  test('set and reset refuse wrong lengths and indices', () => {
    refuses(() => pool.set({ alpha: [1], beta: [1] }), RangeError, '"alpha.length" expected 10000, got 1');
    refuses(
      () => pool.set({ indices: [1, 2], alpha: [1, 1], beta: [1] }),
      RangeError,
      '"beta.length" expected 2, got 1',
    );
    refuses(() => pool.set(wrong<Posteriors>({ indices: [1], alpha: [1] })), TypeError);
    refuses(() => pool.set({ indices: [SIZE], alpha: [1], beta: [1] }), RangeError, '"indices[0]"');
    refuses(() => pool.reset([3, -1]), RangeError, '"indices[1]"');
    refuses(() => pool.reset(wrong(3)), TypeError);
    refuses(() => pool.get(SIZE), RangeError);
    refuses(() => pool.get(wrong('0')), TypeError);
  });

  test.each(badIndex)('candidates and exclude refuse the index %s at every position', (value, kind) => {
    for (const [at, indices] of placed(N, (i) => i, value)) {
      refuses(() => pool.select(1, { candidates: indices }), kind, `"candidates[${at}]"`);
      refuses(() => pool.score({ candidates: indices }), kind, `"candidates[${at}]"`);
      refuses(() => pool.select(1, { exclude: indices }), kind, `"exclude[${at}]"`);
    }
  });

  test('candidates must rise strictly', () => {
    refuses(() => pool.select(1, { candidates: [1, 1] }), RangeError, '"candidates[1]" expected more than 1');
    refuses(() => pool.score({ candidates: [5, 2] }), RangeError, '"candidates[1]"');
  });

  test('candidate sets need a seed and a size', () => {
    const sets: unknown[] = [
      {},
      { size: 3 },
      { seed: -1 },
      { seed: 0.5 },
      { seed: 2 ** 53 },
      { seed: '1' },
      { seed: 1, size: -1 },
      { seed: 1, of: SIZE - 1 },
      { seed: 1, of: SIZE + 0.5 },
      { seed: 1, of: 2 ** 32 },
      { seed: 1, of: '9' },
    ];
    for (const candidates of [...sets, { seed: 1, size: 1.5 }, { seed: 1, count: 2 }, 7, null, 'abc']) {
      expect(() => pool.select(1, wrong<SelectOptions>({ candidates }))).toThrow(/"candidates/);
    }
  });

  test.each([-1, 0.5, Number.NaN, Infinity, 2 ** 53])('select and topK refuse the count %s', (count) => {
    refuses(() => pool.select(count), RangeError, '"count" expected an integer');
    refuses(() => topK(new Float32Array(3), count), RangeError, '"count"');
  });

  test('options of the wrong kind and unknown options are refused', () => {
    refuses(() => pool.select(wrong('3')), TypeError);
    refuses(() => pool.select(1, wrong<SelectOptions>({ acquisitions: {} })), TypeError, 'got "acquisitions"');
    refuses(() => pool.select(1, wrong<SelectOptions>(null)), TypeError);
    refuses(() => pool.score(wrong<ScoreOptions>({ out: [0] })), TypeError, '"out" expected a Float32Array');
    refuses(() => pool.score({ out: new Float32Array(3) }), RangeError, '"out.length" expected 10000, got 3');
    refuses(
      () => pool.score({ out: pool.alpha as Float32Array }),
      RangeError,
      '"out" expected memory outside of pools',
    );
    const other = new PosteriorPool(SIZE);
    refuses(
      () => pool.score({ out: other.beta as Float32Array }),
      RangeError,
      '"out" expected memory outside of pools',
    );
    refuses(() => score(other.beta, other.alpha, { out: other.alpha as Float32Array }), RangeError, '"out"');
    refuses(() => score(wrong([1n]), [1]), TypeError, '"alpha[0]" expected a number');
    refuses(() => topK(wrong([1, 2]), 1), TypeError, '"scores" expected a Float32Array');
    refuses(() => score([1], [1, 2]), RangeError, '"beta.length" expected 1, got 2');
    refuses(() => score([1], [1], wrong({ outs: 1 })), TypeError);
    refuses(() => topK(new Float32Array(1), 1, wrong({ engine: 'wasm' })), TypeError, '"engine" expected an engine');
  });

  test.each<[unknown, typeof RangeError | typeof TypeError]>([
    [{ kind: 'thompson' }, RangeError],
    [{ kind: '__proto__' }, RangeError],
    [{ kind: 3 }, TypeError],
    [{}, TypeError],
    ['mutual-information', TypeError],
    [null, TypeError],
    [{ kind: 'mutual-information', rollouts: 0 }, RangeError],
    [{ kind: 'mutual-information', rollouts: 257 }, RangeError],
    [{ kind: 'mutual-information', rollouts: 1.5 }, RangeError],
    [{ kind: 'mutual-information', rollouts: '8' }, TypeError],
    [{ kind: 'mutual-information', eta: 3 }, TypeError],
    [{ kind: 'mutual-information', precision: 'fast' }, TypeError],
    [{ kind: 'weighted-mutual-information', precision: 'exact' }, TypeError],
    [{ kind: 'weighted-mutual-information', seed: 0.5 }, RangeError],
    [{ kind: 'difficulty-weight', seed: 2 ** 53 }, RangeError],
    [{ kind: 'expected-difficulty', seed: null }, TypeError],
    [{ kind: 'mutual-information', seed: 1 }, TypeError],
    [{ kind: 'weighted-mutual-information', eta: -1 }, RangeError],
    [{ kind: 'weighted-mutual-information', eta: 10_001 }, RangeError],
    [{ kind: 'weighted-mutual-information', mu: 1.1 }, RangeError],
    [{ kind: 'difficulty-weight', mu: Number.NaN }, RangeError],
    [{ kind: 'difficulty-weight', rollouts: 8 }, TypeError],
    [{ kind: 'expected-difficulty', target: -0.1 }, RangeError],
    [{ kind: 'expected-difficulty', target: 1.1 }, RangeError],
    [{ kind: 'inverse-evidence', target: 0.5 }, TypeError],
    [{ kind: 'non-degenerate', rollouts: 1 }, RangeError],
    [{ kind: 'random' }, TypeError],
    [{ kind: 'random', seed: -1 }, RangeError],
    [{ kind: 'random', seed: 2 ** 53 }, RangeError],
    [{ kind: ['inverse-evidence'] }, TypeError],
    [{ kind: 'mutual-information', rollouts: null }, TypeError],
    [{ kind: 'difficulty-weight', eta: null }, TypeError],
  ])('the acquisition %j is refused at every door', (acquisition, kind) => {
    const options = { acquisition: wrong<Acquisition>(acquisition) };
    refuses(() => pool.score(options), kind, '"acquisition');
    refuses(() => pool.select(1, options), kind, '"acquisition');
    refuses(() => score([1], [1], options), kind, '"acquisition');
  });

  test.each<[unknown, unknown, typeof RangeError | typeof TypeError]>([
    [-1, {}, RangeError],
    [1.5, {}, RangeError],
    ['3', {}, TypeError],
    [undefined, {}, TypeError],
    [2 ** 32, {}, RangeError],
    [3, { discount: -0.1 }, RangeError],
    [3, { discount: 1.1 }, RangeError],
    [3, { discount: Number.NaN }, RangeError],
    [3, { discount: '1' }, TypeError],
    [3, { prior: { alpha: 0, beta: 1 } }, RangeError],
    [3, { prior: { alpha: 1, beta: 1e7 } }, RangeError],
    [3, { prior: { alpha: 1 } }, TypeError],
    [3, { prior: 1 }, TypeError],
    [3, { prior: { alpha: 1, beta: 1, gamma: 1 } }, TypeError],
    [3, { engine: {} }, TypeError],
    [3, { offset: -1 }, RangeError],
    [3, { offset: 0.5 }, RangeError],
    [3, { offset: 2 ** 32 - 3 }, RangeError],
    [3, { offset: '0' }, TypeError],
    [3, { size: 3 }, TypeError],
    [3, 7, TypeError],
  ])('a pool of %j with %j is refused', (size, options, kind) => {
    expect(() => new PosteriorPool(size as number, options as PoolOptions)).toThrow(kind);
  });
});

test.each(ENTRIES)('an array whose memory was transferred away is refused on the $name engine', ({ entry }) => {
  const pool = new entry.PosteriorPool(3);
  const detached = Uint32Array.of(1, 2);
  structuredClone(detached, { transfer: [detached.buffer] });
  const reason = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(/got a detached one$/) });
  expect(() => pool.update({ indices: detached, successes: [], trials: 8 })).toThrow(reason);
  expect(() => pool.select(1, { exclude: detached })).toThrow(reason);
  expect(() => pool.reset(detached)).toThrow(reason);
  pool.update({ indices: new Uint32Array(0), successes: [], trials: 8 }).reset([]);
});
