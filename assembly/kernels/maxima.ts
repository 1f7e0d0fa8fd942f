// An index over the score column: the maximum of every 64 scores, and of every 64 of those maxima. With it a selection
// touches only the blocks that can hold a winner. Columns and maxima are padded to whole blocks, with NaN and -Infinity.
import { anyMayEnter, beginTopK, mayEnter, offerTopK, worstKept } from "./top-k";

const NONE: f32 = -Infinity;

/** Builds both levels over `blocks` blocks of scores; `upper` = ceil(blocks / 64). */
export function buildMaxima(scoresPtr: usize, maximaPtr: usize, blocks: u32, upperPtr: usize, upper: u32): void {
  for (let i: u32 = 0; i < blocks; i++) store<f32>(maximaPtr + (<usize>i << 2), maximum(scoresPtr + (<usize>i << 8)));
  for (let i = blocks; i < upper << 6; i++) store<f32>(maximaPtr + (<usize>i << 2), NONE);
  for (let i: u32 = 0; i < upper; i++) store<f32>(upperPtr + (<usize>i << 2), maximum(maximaPtr + (<usize>i << 8)));
}

/** Puts scores at the given indices of the column and keeps the maxima true; NaN takes a datapoint out of the running. */
export function replaceScores(
  count: u32, indicesPtr: usize, fromPtr: usize, scoresPtr: usize, maximaPtr: usize, upperPtr: usize,
): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    const index = <usize>load<u32>(indicesPtr + i);
    const before = load<f32>(scoresPtr + (index << 2));
    const after = load<f32>(fromPtr + i);
    store<f32>(scoresPtr + (index << 2), after);
    const block = index >> 6;
    const ptr = maximaPtr + (block << 2);
    const most = load<f32>(ptr);
    if (after < most || after != after) {
      if (before != most) continue;
      const rest = maximum(scoresPtr + (block << 8));
      store<f32>(ptr, rest);
      raise(maximaPtr, upperPtr, block >> 6, most, rest);
    } else {
      store<f32>(ptr, after);
      raise(maximaPtr, upperPtr, block >> 6, most, after);
    }
  }
}

/** The same step a level higher, for a maximum that went from `before` to `after`. */
// @ts-ignore: decorator
@inline function raise(maximaPtr: usize, upperPtr: usize, block: usize, before: f32, after: f32): void {
  const ptr = upperPtr + (block << 2);
  const most = load<f32>(ptr);
  if (after >= most) store<f32>(ptr, after);
  else if (before == most) store<f32>(ptr, maximum(maximaPtr + (block << 8)));
}

/**
 * Exact top-k of the whole column through its maxima; ends like `offerTopK`: call `endTopK` for the result.
 * The `count`-th best maximum of a level is a score that `count` blocks reach: nothing below it can be selected. What
 * may be is then offered in the order of rising index, so that ties fall as in a scan.
 */
export function offerIndexed(
  heapPtr: usize, count: u32, scoresPtr: usize, maximaPtr: usize, blocks: u32, upperPtr: usize, upper: u32,
): void {
  beginTopK(heapPtr, count, NONE);
  if (upper >= count) offerTopK(upperPtr, upper, 0);
  else if (blocks >= count) offerTopK(maximaPtr, blocks, 0);

  beginTopK(heapPtr, count, worstKept());
  for (let i: u32 = 0; i < upper; i++) {
    if (!mayEnter(load<f32>(upperPtr + (<usize>i << 2)))) continue;
    const first = i << 6;
    for (let j = first, end = min(first + 64, blocks); j < end; j += 16) {
      if (!anyMayEnter(maximaPtr + (<usize>j << 2))) continue;
      for (let k = j, last = min(j + 16, blocks); k < last; k++) {
        if (mayEnter(load<f32>(maximaPtr + (<usize>k << 2)))) offerTopK(scoresPtr + (<usize>k << 8), 64, k << 6);
      }
    }
  }
}

/** The largest of 64 floats; NaN does not count. */
// @ts-ignore: decorator
@inline function maximum(ptr: usize): f32 {
  let a = f32x4.splat(NONE);
  let b = a;
  for (let i: usize = 0; i < 256; i += 32) {
    a = f32x4.pmax(a, v128.load(ptr + i));
    b = f32x4.pmax(b, v128.load(ptr + i, 16));
  }
  a = f32x4.pmax(a, b);
  a = f32x4.pmax(a, v128.shuffle<i32>(a, a, 2, 3, 2, 3));
  a = f32x4.pmax(a, v128.shuffle<i32>(a, a, 1, 1, 1, 1));
  return f32x4.extract_lane(a, 0);
}
