import * as core from '../../src/index.ts';
import * as reference from '../../src/reference.ts';
import type { Acquisition } from '../../src/types.ts';

/** The two entries, for suites that run on both. */
export const ENTRIES = [
  { name: 'core', entry: core },
  { name: 'reference', entry: reference },
] as const;

export type Entry = (typeof ENTRIES)[number]['entry'];

/** Every acquisition, with defaults and off them. */
export const ACQUISITIONS: readonly Acquisition[] = [
  { kind: 'weighted-mutual-information' },
  { kind: 'weighted-mutual-information', rollouts: 5, eta: 0.5, mu: 0.8 },
  { kind: 'mutual-information', rollouts: 1 },
  { kind: 'mutual-information', rollouts: 16 },
  { kind: 'mutual-information', rollouts: 65 },
  { kind: 'difficulty-weight', eta: 10_000, mu: 0.5 },
  { kind: 'variance-reduction', rollouts: 4 },
  { kind: 'inverse-evidence' },
  { kind: 'expected-difficulty', target: 0.25 },
  { kind: 'non-degenerate' },
  { kind: 'bernoulli-variance' },
  { kind: 'success-chance', rollouts: 64 },
  { kind: 'random', seed: 2 ** 53 - 1 },
  { kind: 'weighted-mutual-information', rollouts: 4, seed: 0 },
  { kind: 'difficulty-weight', mu: 0.6, seed: 12 },
  { kind: 'expected-difficulty', seed: 2 ** 53 - 1 },
];

/** The bytes of a typed array, for comparisons to the bit. */
export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

export function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.from(bytesOf(a)).equals(bytesOf(b));
}

/** A small seeded generator for test data (mulberry32): uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A float32 spread evenly over the bit patterns of [1e-3, 2^24]. */
export function anyPosterior(random: () => number): number {
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  const first = 0x3a83126f; // 1e-3
  const last = 0x4b800000; // 2^24
  bits[0] = first + Math.floor(random() * (last - first + 1));
  return value[0] as number;
}
