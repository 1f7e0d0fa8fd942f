import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha48Of, sha256Of, startHash } from '../src/sha256.ts';

const wanted = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

test('the vectors of FIPS 180-4', () => {
  expect(sha256Of('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256Of('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256Of('a'.repeat(1_000_000))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
});

test('any bytes and any text hash as OpenSSL has them, at every length around a block', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => i * 7 + length);
    expect(sha256Of(bytes), `${length} bytes`).toBe(wanted(bytes));
  }
  const texts = fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 1000 }), texts), (bytes) => {
      expect(sha256Of(bytes)).toBe(wanted(bytes));
    }),
  );
  expect(sha256Of('≤ ½')).toBe(wanted('≤ ½'));
});

test('pieces hash as the whole, and it can be asked in between', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 150 })), (pieces) => {
      const hash = startHash();
      for (const [i, piece] of pieces.entries()) {
        hash.update(piece);
        expect(hash.hex()).toBe(wanted(Buffer.concat(pieces.slice(0, i + 1))));
      }
    }),
  );
});

test('the first 48 bits are those of the whole, of any part of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(200), (bytes, from) => {
      const part = bytes.subarray(from);
      expect(sha48Of(bytes, Math.min(from, bytes.length), bytes.length)).toBe(
        Number.parseInt(wanted(part).slice(0, 12), 16),
      );
    }),
  );
});
