import { philox } from "../math/philox";

/**
 * Formula: top 24 bits of a word of Philox4x32-10, as a fraction in [0, 1): word `index & 3` of counter `index >> 2`.
 * Source:  a pure function of (seed, index), so that shards and runs agree; generator version 1, docs/method.md.
 */
export function scoreRandom(outPtr: usize, count: u32, first: u32, seedLow: u32, seedHigh: u32): void {
  for (let i: u32 = 0; i < count; i++) store<f32>(outPtr + (<usize>i << 2), draw(first + i, seedLow, seedHigh));
}

/** The same at the given indices. */
export function scoreRandomAt(outPtr: usize, count: u32, indicesPtr: usize, seedLow: u32, seedHigh: u32): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(outPtr + i, draw(load<u32>(indicesPtr + i), seedLow, seedHigh));
  }
}

function draw(index: u32, seedLow: u32, seedHigh: u32): f32 {
  const words = philox(index >> 2, 0, seedLow, seedHigh);
  return <f32>(load<u32>(words + ((index & 3) << 2)) >> 8) * <f32>5.9604644775390625e-8;
}
