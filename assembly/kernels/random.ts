import { philoxFrom, philoxOfFour } from "../math/philox";

const STREAM: u32 = 0;
/** Of four scores. */
const COUNTERS = memory.data(16, 16);

/**
 * Scores `count` datapoints whose indices follow one another, from `first` on.
 * Formula: top 24 bits of a word of Philox4x32-10, as a fraction in [0, 1): word `index & 3` of counter `index >> 2`.
 * Source:  a pure function of (seed, index), so that shards and runs agree; generator version 1, docs/method.md.
 * Domain:  any seed; first + count <= 2^32.
 * Error:   none.
 * Special: -
 * Cost:    a Philox call for sixteen scores.
 */
export function scoreRandom(outPtr: usize, count: u32, first: u32, seedLow: u32, seedHigh: u32): void {
  let i: u32 = 0;
  for (const head = min(count, (0 - first) & 3); i < head; i++) {
    store<f32>(outPtr + (<usize>i << 2), one(first + i, seedLow, seedHigh));
  }
  for (; i + 16 <= count; i += 16) {
    const words = philoxFrom((first + i) >> 2, STREAM, seedLow, seedHigh);
    const ptr = outPtr + (<usize>i << 2);
    const w0 = v128.load(words);
    const w1 = v128.load(words, 16);
    const w2 = v128.load(words, 32);
    const w3 = v128.load(words, 48);
    const low01 = v128.shuffle<i32>(w0, w1, 0, 4, 1, 5);
    const low23 = v128.shuffle<i32>(w2, w3, 0, 4, 1, 5);
    const high01 = v128.shuffle<i32>(w0, w1, 2, 6, 3, 7);
    const high23 = v128.shuffle<i32>(w2, w3, 2, 6, 3, 7);
    v128.store(ptr, fraction(v128.shuffle<i64>(low01, low23, 0, 2)));
    v128.store(ptr, fraction(v128.shuffle<i64>(low01, low23, 1, 3)), 16);
    v128.store(ptr, fraction(v128.shuffle<i64>(high01, high23, 0, 2)), 32);
    v128.store(ptr, fraction(v128.shuffle<i64>(high01, high23, 1, 3)), 48);
  }
  for (; i < count; i++) store<f32>(outPtr + (<usize>i << 2), one(first + i, seedLow, seedHigh));
}

/**
 * Scores the datapoints at `first` + the given indices: `count` of them, rounded up to a multiple of 4.
 * Formula: as in `scoreRandom`.
 * Source:  the same.
 * Domain:  any seed; first + index < 2^32.
 * Error:   none.
 * Special: -
 * Cost:    a Philox call for four scores.
 */
export function scoreRandomAt(
  outPtr: usize, count: u32, indicesPtr: usize, first: u32, seedLow: u32, seedHigh: u32,
): void {
  const offset = i32x4.splat(first);
  for (let i: usize = 0, bytes = <usize>count << 2; i < bytes; i += 16) {
    const index = i32x4.add(offset, v128.load(indicesPtr + i));
    v128.store(outPtr + i, at(index, seedLow, seedHigh));
  }
}

function one(index: u32, seedLow: u32, seedHigh: u32): f32 {
  return f32x4.extract_lane(at(i32x4.splat(index), seedLow, seedHigh), 0);
}

/** The scores at four indices. */
function at(index: v128, seedLow: u32, seedHigh: u32): v128 {
  v128.store(COUNTERS, i32x4.shr_u(index, 2));
  const words = philoxOfFour(COUNTERS, 0, STREAM, seedLow, seedHigh);
  const odd = i32x4.shr_s(i32x4.shl(index, 31), 31);
  const late = i32x4.shr_s(i32x4.shl(index, 30), 31);
  const early = v128.bitselect(v128.load(words, 16), v128.load(words), odd);
  const others = v128.bitselect(v128.load(words, 48), v128.load(words, 32), odd);
  return fraction(v128.bitselect(others, early, late));
}

// @ts-ignore: decorator
@inline function fraction(words: v128): v128 {
  return f32x4.mul(f32x4.convert_i32x4_u(i32x4.shr_u(words, 8)), f32x4.splat(5.9604644775390625e-8));
}
