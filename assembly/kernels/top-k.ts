// Exact top-k in the total order: score falling, then index rising. Scores that may be among the best are kept as 64-bit
// keys that rise from best to worst; when there is no more room, they are parted, all but the best are let go, and
// from then on only what is better than the worst of those may enter.
import { kthBest } from "./kth-best";
import { above, keyOf, scoreOf } from "./order";
import { partBest, sortBest } from "./sort";

let keys: usize = 0;
let room: u32 = 0;
let wanted: u32 = 0;
let length: u32 = 0;
/** The least score that may enter. Scores are offered in the order of rising index, so an equal one comes too late. */
let threshold: f32 = 0;
/** What enters has a key below this. */
let limit: u64 = 0;
/** How many scores equal to `tied` may still enter. */
let tied: f32 = 0;
let ties: u32 = 0;

/**
 * Starts a selection of `count`.
 * Formula: -
 * Source:  the head of this file.
 * Domain:  count > 0; `keysPtr` has room for `most` keys of 8 bytes, more than `count`.
 * Error:   none.
 * Special: scores below `least` do not enter: -Infinity, or a score that at least `count` scores reach.
 * Cost:    none.
 */
export function beginTopK(keysPtr: usize, most: u32, count: u32, least: f32): void {
  keys = keysPtr;
  room = most;
  wanted = count;
  length = 0;
  threshold = least;
  limit = u64.MAX_VALUE;
  tied = NaN;
}

/**
 * After `beginTopK` with the count-th best score itself as `least`: limits how many of its equals enter.
 * Formula: the first `some` of them.
 * Source:  the order of ties: index rising.
 * Domain:  some > 0.
 * Error:   none.
 * Special: scores must then be offered in the order of rising index.
 * Cost:    none.
 */
export function limitTies(some: u32): void {
  tied = threshold;
  ties = some;
}

/**
 * Formula: keeps the best `count` of all scores offered since `beginTopK`; `first` is the index of the first here.
 * Source:  a running threshold: the count-th best so far.
 * Domain:  any float32; offered in the order of rising index.
 * Error:   none.
 * Special: NaN never enters: it marks what is excluded. +0 equals -0.
 * Cost:    eight SIMD comparisons for 32 scores, and a few operations for each that enters.
 */
export function offerTopK(scoresPtr: usize, count: u32, first: u32): void {
  if (limit == u64.MAX_VALUE) threshold = max(threshold, boundOf(scoresPtr, count));
  let i: u32 = 0;
  let t = f32x4.splat(threshold);
  for (const groups = count & ~31; i < groups; i += 32) {
    const ptr = scoresPtr + (<usize>i << 2);
    if (!anyReach(ptr, t)) continue;
    offerBlock(ptr, first + i);
    offerBlock(ptr + 64, first + i + 16);
    t = f32x4.splat(threshold);
  }
  for (; i < count; i++) {
    const score = load<f32>(scoresPtr + (<usize>i << 2));
    if (score >= threshold) enter(score, first + i);
  }
}

/**
 * Offers scores that may be NaN, which is an error.
 * Formula: as `offerTopK`.
 * Source:  the same.
 * Domain:  any float32; after `beginTopK`, in the order of rising index.
 * Error:   none.
 * Special: stops at the first group of 32 with a NaN.
 * Cost:    that of `offerTopK`: what is not below the threshold is looked at, and NaN is not below anything.
 * @returns the position of the first NaN, or `count`
 */
export function offerNumbers(scoresPtr: usize, count: u32, first: u32): u32 {
  if (limit == u64.MAX_VALUE) threshold = max(threshold, boundOf(scoresPtr, count));
  let i: u32 = 0;
  let t = f32x4.splat(threshold);
  for (const groups = count & ~31; i < groups; i += 32) {
    const ptr = scoresPtr + (<usize>i << 2);
    if (allBelow(ptr, t)) continue;
    const wrong = findNaN(ptr, 32);
    if (wrong < 32) return i + wrong;
    offerBlock(ptr, first + i);
    offerBlock(ptr + 64, first + i + 16);
    t = f32x4.splat(threshold);
  }
  const wrong = findNaN(scoresPtr + (<usize>i << 2), count - i);
  if (i + wrong == count) offerTopK(scoresPtr + (<usize>i << 2), count - i, first + i);
  return i + wrong;
}

/** Whether all of 32 scores are below `t`. */
// @ts-ignore: decorator
@inline function allBelow(ptr: usize, t: v128): bool {
  const a = v128.and(f32x4.lt(v128.load(ptr), t), f32x4.lt(v128.load(ptr, 16), t));
  const b = v128.and(f32x4.lt(v128.load(ptr, 32), t), f32x4.lt(v128.load(ptr, 48), t));
  const c = v128.and(f32x4.lt(v128.load(ptr, 64), t), f32x4.lt(v128.load(ptr, 80), t));
  const d = v128.and(f32x4.lt(v128.load(ptr, 96), t), f32x4.lt(v128.load(ptr, 112), t));
  return i32x4.all_true(v128.and(v128.and(a, b), v128.and(c, d)));
}

/** A score that enough of the first of these scores reach for a selection: what is below it need not enter. */
function boundOf(scoresPtr: usize, count: u32): f32 {
  const some = min(count, wanted << 4) & ~15;
  return some < wanted ? -Infinity : kthBest(scoresPtr, some, wanted, wanted >> 3);
}

/** Whether any of 32 scores reaches `t`. */
// @ts-ignore: decorator
@inline function anyReach(ptr: usize, t: v128): bool {
  const a = v128.or(f32x4.ge(v128.load(ptr), t), f32x4.ge(v128.load(ptr, 16), t));
  const b = v128.or(f32x4.ge(v128.load(ptr, 32), t), f32x4.ge(v128.load(ptr, 48), t));
  const c = v128.or(f32x4.ge(v128.load(ptr, 64), t), f32x4.ge(v128.load(ptr, 80), t));
  const d = v128.or(f32x4.ge(v128.load(ptr, 96), t), f32x4.ge(v128.load(ptr, 112), t));
  return v128.any_true(v128.or(v128.or(a, b), v128.or(c, d)));
}

/** Offers a block of 16 scores; `first` is the index of the first of them. */
export function offerBlock(ptr: usize, first: u32): void {
  for (let bits = mayEnter(ptr); bits; bits &= bits - 1) {
    const i = ctz(bits);
    enter(load<f32>(ptr + (<usize>i << 2)), first + i);
  }
}

/** Which of 16 scores, or maxima of scores, may enter: a bit each. */
// @ts-ignore: decorator
@inline export function mayEnter(ptr: usize): i32 {
  return reaching(ptr, f32x4.splat(threshold));
}

/** Which of 16 floats are at least `t`: a bit each. */
// @ts-ignore: decorator
@inline function reaching(ptr: usize, t: v128): i32 {
  const low = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(ptr), t), f32x4.ge(v128.load(ptr, 16), t));
  const high = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(ptr, 32), t), f32x4.ge(v128.load(ptr, 48), t));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/**
 * Offers scores of the datapoints at the given indices.
 * Formula: as `offerTopK`.
 * Source:  the same.
 * Domain:  any float32; indices in any order, each once.
 * Error:   none.
 * Special: ties are settled by the whole key, score and index.
 * Cost:    that of `offerTopK`.
 */
export function offerAt(scoresPtr: usize, indicesPtr: usize, count: u32): void {
  limit = min(limit, keyOf(boundOf(scoresPtr, count), u32.MAX_VALUE));
  const t = f32x4.splat(scoreOf(limit)); // of an index yet to come an equal score may enter
  let i: u32 = 0;
  for (const blocks = count & ~15; i < blocks; i += 16) {
    for (let bits = reaching(scoresPtr + (<usize>i << 2), t); bits; bits &= bits - 1) {
      const at = <usize>(i + ctz(bits)) << 2;
      enter(load<f32>(scoresPtr + at), load<u32>(indicesPtr + at));
    }
  }
  for (; i < count; i++) enter(load<f32>(scoresPtr + (<usize>i << 2)), load<u32>(indicesPtr + (<usize>i << 2)));
}

/** Keeps a score, unless its key shows that it came too late. */
// @ts-ignore: decorator
@inline function enter(score: f32, index: u32): void {
  if (length == room) cut();
  const key = keyOf(score, index);
  store<u64>(keys + (<usize>length << 3), key); // the next one overwrites it if it may not stay
  length += u32(key < limit);
  if (score == tied && --ties == 0) raise(tied, keyOf(tied, 0));
}

/** Lets go of all but the best. */
function cut(): void {
  partBest(keys, length, wanted);
  length = wanted;
  const worst = load<u64>(keys + (<usize>(wanted - 1) << 3));
  raise(scoreOf(worst), worst);
}

/** From now on only what is above `score` may enter, and of what was found before that, only keys below `key`. */
function raise(score: f32, key: u64): void {
  threshold = above(score);
  limit = key;
}

/**
 * Ends a selection.
 * Formula: sorts what was kept, best first: keys whose low 32 bits are the index.
 * Source:  sort.ts.
 * Domain:  after `beginTopK`.
 * Error:   none.
 * Special: fewer than `count` are kept where fewer were numbers.
 * Cost:    that of sorting them.
 * @returns how many
 */
export function endTopK(): u32 {
  const found = length;
  length = min(length, wanted);
  sortBest(keys, found, length);
  return length;
}

/**
 * Looks for NaN.
 * Formula: a sum of 16 floats with a NaN is NaN.
 * Source:  -
 * Domain:  any floats.
 * Error:   none.
 * Special: Infinity - Infinity is NaN too, so a group that looks wrong is looked at one by one.
 * Cost:    an addition for each.
 * @returns the position of the first NaN, or `count`
 */
export function findNaN(scoresPtr: usize, count: u32): u32 {
  let i: u32 = 0;
  for (const groups = count & ~15; i < groups; i += 16) {
    const ptr = scoresPtr + (<usize>i << 2);
    const low = f32x4.add(v128.load(ptr), v128.load(ptr, 16)); // a sum with a NaN is NaN; so is Infinity - Infinity
    const high = f32x4.add(v128.load(ptr, 32), v128.load(ptr, 48));
    const sum = f32x4.add(low, high);
    if (v128.any_true(f32x4.ne(sum, sum))) break;
  }
  for (; i < count; i++) if (isNaN(load<f32>(scoresPtr + (<usize>i << 2)))) return i;
  return count;
}
