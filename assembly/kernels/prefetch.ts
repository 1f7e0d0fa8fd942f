/** Sink that keeps prefetching reads from being optimised away. */
let sink: u32 = 0;

/**
 * Reads a word at each of `count` indices, 1 << shift bytes apart. Reads that follow one another without a branch
 * between them overlap; a loop that works on what they read then finds it in the cache. Measured: opening 256 blocks of
 * scores takes a quarter of the time, updating 256 posteriors half.
 */
// @ts-ignore: decorator
@inline export function prefetch(count: u32, indicesPtr: usize, ptr: usize, shift: usize): void {
  let sum: u32 = 0;
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    sum += load<u32>(ptr + (<usize>load<u32>(indicesPtr + i) << shift));
  }
  sink = sum;
}
