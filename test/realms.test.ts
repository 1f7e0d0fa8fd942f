import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { ENTRIES, sameBytes } from './support/engines.ts';

// jsdom has typed arrays of another realm, and no TextDecoder.

const other = runInNewContext('({ Float32Array, Float64Array, Uint8Array, Uint32Array })') as typeof globalThis;

describe.each(ENTRIES)('arrays of another realm on the $name engine', ({ entry }) => {
  const { PosteriorPool, score, topK } = entry;

  test('are taken everywhere, and results go into them', () => {
    const alpha = other.Float32Array.of(1, 20, 3);
    const beta = other.Float64Array.of(1, 20, 9);
    expect(alpha instanceof Float32Array).toBe(false);
    const want = score([1, 20, 3], [1, 20, 9]);
    const out = new other.Float32Array(3);
    expect(score(alpha, beta, { out })).toBe(out);
    expect([...out]).toEqual([...want]);
    const pool = new PosteriorPool(3).set({ alpha, beta });
    pool.update({
      indices: other.Uint32Array.of(1),
      successes: other.Float32Array.of(1),
      trials: other.Uint8Array.of(2),
    });
    expect(pool.get(1)).toMatchObject({ alpha: 21, beta: 21 });
    expect(pool.score({ out, candidates: other.Uint32Array.of(0, 1, 2) })).toBe(out);
    expect([...out]).toEqual([...pool.score()]);
    const bytes = new other.Uint8Array(pool.toBytes());
    expect(sameBytes(PosteriorPool.fromBytes(bytes).toBytes(), pool.toBytes())).toBe(true);
    expect(topK(out, 2)).toEqual(topK(Float32Array.from(out), 2));
  });

  test('and those of a class of their own are read and written past what it overrides', () => {
    class Odd extends Float32Array {
      override set(): void {
        throw new Error('set');
      }
      override subarray(): Float32Array<ArrayBuffer> {
        throw new Error('subarray');
      }
      override get length(): number {
        return 1e9;
      }
      override get buffer(): ArrayBuffer {
        throw new Error('buffer');
      }
    }
    const out = new Odd(5_000);
    const pool = new PosteriorPool(5_000).update({ indices: [3], successes: [1], trials: 8 });
    expect(pool.score({ out })).toBe(out);
    const plain = Float32Array.from({ length: 5_000 }, (_, i) => out[i]!);
    expect(plain).toEqual(pool.score());
    expect(topK(out, 3)).toEqual(topK(plain, 3));
    expect(() => pool.score({ out: Object.create(Float32Array.prototype) as Float32Array })).toThrow(TypeError);
    expect(() => topK(new Proxy(plain, {}), 3)).toThrow(TypeError);
  });

  test('topK copies shared memory, which may change while it is read', () => {
    const shared = new Float32Array(new SharedArrayBuffer(12));
    shared.set([1, 3, 2]);
    expect([...topK(shared, 2).indices]).toEqual([1, 2]);
  });
});

test.each(['index', 'slim', 'reference'])('the entry %s is imported without a TextDecoder', async (name) => {
  const { TextDecoder } = globalThis;
  Reflect.deleteProperty(globalThis, 'TextDecoder');
  try {
    await import(`../dist/${name}.js?without-decoder`);
  } finally {
    globalThis.TextDecoder = TextDecoder;
  }
});
