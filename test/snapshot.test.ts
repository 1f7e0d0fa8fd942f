import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../src/crc32.ts';
import { anyPosterior, ENTRIES, sameBytes, seeded } from './support/engines.ts';

const refused = (reason: RegExp) =>
  expect.objectContaining({ code: 'ERR_SNAPSHOT', message: expect.stringMatching(reason) });

test('crc32 is the CRC of zip and zlib', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  const gzipped = (bytes: Uint8Array): number => gzipSync(bytes).readUInt32LE(gzipSync(bytes).length - 8);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => crc32(bytes) === gzipped(bytes)));
});

describe.each(ENTRIES)('snapshots on the $name engine', ({ entry }) => {
  const { PosteriorPool } = entry;
  const random = seeded(6);
  const pool = new PosteriorPool(50, { prior: { alpha: 0.1, beta: 3 }, discount: 0.9 });
  pool.set({
    alpha: Array.from(pool.alpha, () => anyPosterior(random)),
    beta: Array.from(pool.beta, () => anyPosterior(random)),
  });
  const bytes = pool.toBytes();

  test('a snapshot gives the pool back to the byte, whatever its offset in a buffer', () => {
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    for (const source of [bytes, shifted, Buffer.from(bytes)]) {
      const copy = PosteriorPool.fromBytes(source);
      expect([copy.size, copy.prior, copy.discount]).toEqual([50, pool.prior, 0.9]);
      expect(sameBytes(copy.toBytes(), bytes)).toBe(true);
    }
  });

  test('both engines write the same bytes and read each other', () => {
    for (const { entry: other } of ENTRIES) {
      const copy = other.PosteriorPool.fromBytes(bytes);
      expect(sameBytes(copy.toBytes(), bytes)).toBe(true);
      expect(copy.select(9)).toEqual(pool.select(9));
    }
  });

  test('a larger size starts the tail at the prior', () => {
    const larger = PosteriorPool.fromBytes(bytes, { size: 60 });
    expect(larger.get(49)).toEqual(pool.get(49));
    expect(larger.get(50)).toMatchObject({ alpha: Math.fround(0.1), beta: 3 });
    expect(() => PosteriorPool.fromBytes(bytes, { size: 49 })).toThrow(RangeError);
    expect(() => PosteriorPool.fromBytes(bytes, { size: 50.5 })).toThrow(RangeError);
  });

  test('the layout is stable: a version 1 snapshot by hand', () => {
    const tiny = new PosteriorPool(1, { discount: 0.5 }).update({ indices: [0], successes: [3], trials: 8 });
    expect(Buffer.from(tiny.toBytes()).toString('hex')).toMatchInlineSnapshot(
      `"4957504f4f4c0d0a0100000001000000000000000000f03f000000000000f03f000000000000e03fc7061b6cc249629c0000000000000000000000006e46717f000080400000c040"`,
    );
  });

  test('every flipped bit is found', () => {
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => PosteriorPool.fromBytes(damaged)).toThrow(refused(/./));
    }
  });

  test('every truncation is found', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => PosteriorPool.fromBytes(bytes.subarray(0, length))).toThrow(refused(/truncated|not a snapshot/));
    }
    expect(() => PosteriorPool.fromBytes(Uint8Array.of(...bytes, 0))).toThrow(refused(/bytes behind the end/));
  });

  test('foreign, newer and forged bytes are refused with the reason', () => {
    expect(() => PosteriorPool.fromBytes(new Uint8Array(1_000))).toThrow(refused(/not a snapshot/));
    const sealed = (change: (view: DataView) => void): Uint8Array => {
      const copy = Uint8Array.from(bytes);
      const view = new DataView(copy.buffer);
      change(view);
      for (const [at, start, end] of [
        [40, 64, 264],
        [44, 264, 464],
        [60, 0, 60],
      ] as const) {
        view.setUint32(at, crc32(copy.subarray(start, end)), true);
      }
      return copy;
    };
    expect(() => PosteriorPool.fromBytes(sealed(() => {}))).not.toThrow();
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setUint32(8, 2, true)))).toThrow(
      refused(/newer release: version 2/),
    );
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setUint32(8, 0, true)))).toThrow(refused(/version 0/));
    for (let at = 48; at < 60; at++) {
      expect(() => PosteriorPool.fromBytes(sealed((v) => v.setUint8(at, 1)))).toThrow(refused(/leaves at zero/));
    }
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setFloat64(32, 1.5, true)))).toThrow(refused(/discount/));
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setFloat64(16, Number.NaN, true)))).toThrow(
      refused(/prior.alpha/),
    );
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setFloat32(64 + 8, 0, true)))).toThrow(refused(/alpha\[2\]/));
    expect(() => PosteriorPool.fromBytes(sealed((v) => v.setFloat32(264, Number.NaN, true)))).toThrow(
      refused(/beta\[0\]/),
    );
    expect(() => PosteriorPool.fromBytes([1] as unknown as Uint8Array)).toThrow(TypeError);
  });
});
