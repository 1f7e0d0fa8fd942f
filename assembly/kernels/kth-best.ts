import { above, fromRising, toRising } from "./order";

/** How many of `count` floats, padded to a multiple of 16, are at least `least`; NaN is not. */
function countReaching(ptr: usize, count: u32, least: f32): u32 {
  const t = f32x4.splat(least);
  let a = i32x4.splat(0);
  let b = a;
  for (const end = ptr + (<usize>count << 2); ptr < end; ptr += 64) {
    a = i32x4.add(a, i32x4.add(f32x4.ge(v128.load(ptr), t), f32x4.ge(v128.load(ptr, 16), t)));
    b = i32x4.add(b, i32x4.add(f32x4.ge(v128.load(ptr, 32), t), f32x4.ge(v128.load(ptr, 48), t)));
  }
  a = i32x4.add(a, b); // a comparison that holds is -1
  return -(i32x4.extract_lane(a, 0) + i32x4.extract_lane(a, 1) + i32x4.extract_lane(a, 2) + i32x4.extract_lane(a, 3));
}

/**
 * Counts what is more than `most`.
 * Formula: the number of floats that reach the next float above `most`.
 * Source:  `countReaching`.
 * Domain:  any floats, padded to a multiple of 16.
 * Error:   none.
 * Special: NaN counts as none.
 * Cost:    a pass.
 */
export function countAbove(ptr: usize, count: u32, most: f32): u32 {
  return countReaching(ptr, count, above(most));
}

/**
 * Formula: the largest float that at least `k` of `count` floats reach or, to be found sooner, a smaller one that at
 *          most `k` + `slack` reach.
 * Source:  bisection over the bits of the answer.
 * Domain:  any floats, padded as for `countReaching`.
 * Error:   none.
 * Special: NaN counts as none. -Infinity where fewer than `k` are numbers.
 * Cost:    a pass for each bit of the answer: bisection. Most scores are never negative, so that is tried first.
 */
export function kthBest(ptr: usize, count: u32, k: u32, slack: u32): f32 {
  let low = toRising(countReaching(ptr, count, 0) >= k ? 0 : -Infinity);
  let high = toRising(Infinity);
  while (low < high) {
    const middle = low + ((high - low + 1) >> 1);
    const reaching = countReaching(ptr, count, fromRising(middle));
    if (reaching < k) {
      high = middle - 1;
    } else {
      low = middle;
      if (reaching - k <= slack) break;
    }
  }
  return fromRising(low);
}
