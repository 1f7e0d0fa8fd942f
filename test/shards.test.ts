import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Acquisition } from '../src/types.ts';
import { ENTRIES, seeded } from './support/engines.ts';

const RULES: readonly Acquisition[] = [
  { kind: 'weighted-mutual-information' },
  { kind: 'inverse-evidence' }, // nearly all tied
  { kind: 'weighted-mutual-information', seed: 5 },
  { kind: 'difficulty-weight', seed: 5 },
  { kind: 'expected-difficulty', seed: 6 },
  { kind: 'random', seed: 7 },
];

describe.each(ENTRIES)('shards on the $name engine', ({ entry }) => {
  const { PosteriorPool, mergeSelections } = entry;

  test('any partition of a pool into shards, merged, equals the whole pool', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.array(fc.nat(3_000), { maxLength: 5 }),
        fc.nat(),
        fc.integer({ min: 0, max: 60 }),
        fc.constantFrom(...RULES),
        fc.constantFrom('all', 'drawn', 'drawn by default'),
        fc.constantFrom(1, 0.9),
        (size, cuts, seed, count, acquisition, from, discount) => {
          const next = seeded(seed);
          const options = { discount, prior: { alpha: 1, beta: 2 } };
          const whole = new PosteriorPool(size, options);
          const indices = Array.from({ length: size }, () => Math.floor(size * next()));
          const successes = indices.map(() => Math.floor(4 * next()));
          whole.update({ indices, successes, trials: 3 });
          const exclude = Array.from({ length: 20 }, () => Math.floor(size * next()));
          const set = from === 'drawn' ? { size: Math.floor(size / 3), seed } : { seed };
          const bounds = [0, ...cuts.map((cut) => cut % (size + 1)), size].sort((a, b) => a - b);

          const parts = bounds.slice(1).map((end, i) => {
            const offset = bounds[i]!;
            const shard = new PosteriorPool(end - offset, { ...options, offset });
            shard.set({ alpha: whole.alpha.slice(offset, end), beta: whole.beta.slice(offset, end) });
            expect(shard.score({ acquisition })).toEqual(whole.score({ acquisition }).slice(offset, end));
            const own = exclude.filter((index) => index >= offset && index < end).map((index) => index - offset);
            const candidates = from === 'all' ? undefined : { ...set, of: size };
            return { selection: shard.select(count, { acquisition, exclude: own, candidates }), offset };
          });
          const candidates = from === 'all' ? undefined : set;
          expect(mergeSelections(parts, count)).toEqual(whole.select(count, { acquisition, exclude, candidates }));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('an offset beyond 2^31 is an offset', () => {
    const offset = 4_000_000_000;
    const seeds: readonly Acquisition[] = RULES.filter((rule) => 'seed' in rule);
    for (const acquisition of seeds) {
      const [a, b] = [0, 5].map((more) =>
        new PosteriorPool(20, { offset: offset + more, discount: 0.9 }).score({ acquisition }),
      );
      expect(a!.slice(5)).toEqual(b!.slice(0, 15));
      expect(a).not.toEqual(new PosteriorPool(20, { discount: 0.9 }).score({ acquisition }));
    }
    const pool = new PosteriorPool(20, { offset });
    expect(PosteriorPool.fromBytes(pool.toBytes(), { offset }).offset).toBe(offset);
    expect(PosteriorPool.fromBytes(pool.toBytes()).offset).toBe(0);
    const { indices } = pool.select(2);
    expect([...mergeSelections([{ selection: { indices, scores: [1, 1] }, offset }], 5).indices]).toEqual([
      offset,
      offset + 1,
    ]);
  });

  test('a set without `of` is drawn from what is here', () => {
    const candidates = { size: 4, seed: 3 };
    const here = new PosteriorPool(50).select(4, { candidates });
    expect(new PosteriorPool(50, { offset: 1_000 }).select(4, { candidates })).toEqual(here);
    const both = [0, 50].map((offset) => ({
      selection: new PosteriorPool(50, { offset }).select(4, { candidates: { ...candidates, of: 100 } }),
      offset,
    }));
    expect(both[0]!.selection.indices.length + both[1]!.selection.indices.length).toBe(4);
  });

  test('nothing merges to nothing, and +0 equals -0', () => {
    expect(mergeSelections([], 5)).toEqual({ indices: new Uint32Array(0), scores: new Float32Array(0) });
    const parts = [
      { selection: { indices: [0, 1], scores: [0, -1] }, offset: 10 },
      { selection: { indices: [0], scores: [-0] }, offset: 0 },
    ];
    expect([...mergeSelections(parts, 2).indices]).toEqual([0, 10]);
    expect(mergeSelections(parts, 0).indices).toHaveLength(0);
  });

  test.each<[unknown, typeof TypeError | typeof RangeError, RegExp]>([
    [undefined, TypeError, /"parts" expected/],
    [[1], TypeError, /"parts\[0\]" expected an object/],
    [[{ selection: { indices: [1], scores: [1] } }], TypeError, /"parts\[0\]\.offset" expected an integer/],
    [[{ selection: { indices: [1], scores: [] }, offset: 0 }], RangeError, /scores\.length" expected 1, got 0/],
    [[{ selection: { indices: [1.5], scores: [1] }, offset: 0 }], RangeError, /indices\[0\]" expected an integer/],
    [[{ selection: { indices: [1], scores: [Number.NaN] }, offset: 0 }], RangeError, /scores\[0\]" expected a number/],
    [
      [{ selection: { indices: [6], scores: [1] }, offset: 2 ** 32 - 6 }],
      RangeError,
      /indices\[0\]" expected an integer/,
    ],
    [[{ selection: { indices: [1], scores: [1] }, offset: 0, size: 3 }], TypeError, /got "size"/],
  ])('mergeSelections refuses %j', (parts, kind, message) => {
    const merge = () => mergeSelections(parts as Parameters<typeof mergeSelections>[0], 1);
    expect(merge).toThrow(kind);
    expect(merge).toThrow(message);
    expect(() => mergeSelections([], -1)).toThrow(RangeError);
  });
});
