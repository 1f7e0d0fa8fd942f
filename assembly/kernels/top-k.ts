// Exact top-k in the total order: score falling, then index rising. The best so far stand in a heap with the worst at
// its root, as 64-bit keys that rise from best to worst; a scan then looks only for scores above the root's.
let heap: usize = 0;
let capacity: u32 = 0;
let length: u32 = 0;
let threshold: f32 = 0;

/**
 * Starts a selection of `count` > 0; `heapPtr` has room for 8 bytes times `count`. Scores below `least` are not kept:
 * -Infinity, or what the caller knows at least `count` scores to reach.
 */
export function beginTopK(heapPtr: usize, count: u32, least: f32): void {
  heap = heapPtr;
  capacity = count;
  length = 0;
  threshold = least;
}

/**
 * Formula: keeps the best `count` of all scores offered since `beginTopK`; `first` is the index of the first here.
 * Domain:  any float32; offered in the order of rising index. NaN is never kept: it marks what is excluded.
 * Special: +0 equals -0. An equal score of a higher index is worse, so that `>` is the whole test of the scan.
 * Cost:    four SIMD comparisons for 16 scores, and log2(count) steps for each of the few that enter.
 */
export function offerTopK(scoresPtr: usize, count: u32, first: u32): void {
  let i: u32 = 0;
  const blocks = count & ~15;
  for (; i < blocks && length < capacity; i += 16) {
    if (anyMayEnter(scoresPtr + (<usize>i << 2))) offerEach(scoresPtr, i, i + 16, first);
  }
  for (; i < blocks; i += 16) {
    if (v128.any_true(above(scoresPtr + (<usize>i << 2), f32x4.splat(threshold)))) offerEach(scoresPtr, i, i + 16, first);
  }
  offerEach(scoresPtr, i, count, first);
}

/** Which of 16 scores pass the threshold of a full heap, or-ed together. */
// @ts-ignore: decorator
@inline function above(ptr: usize, t: v128): v128 {
  return v128.or(
    v128.or(f32x4.gt(v128.load(ptr), t), f32x4.gt(v128.load(ptr, 16), t)),
    v128.or(f32x4.gt(v128.load(ptr, 32), t), f32x4.gt(v128.load(ptr, 48), t)),
  );
}

/** Whether any of 16 scores can enter. */
// @ts-ignore: decorator
@inline export function anyMayEnter(ptr: usize): bool {
  const t = f32x4.splat(threshold);
  if (length == capacity) return v128.any_true(above(ptr, t));
  return v128.any_true(v128.or(
    v128.or(f32x4.ge(v128.load(ptr), t), f32x4.ge(v128.load(ptr, 16), t)),
    v128.or(f32x4.ge(v128.load(ptr, 32), t), f32x4.ge(v128.load(ptr, 48), t)),
  ));
}

/** Sorts what was kept, best first: keys whose low 32 bits are the index. @returns how many */
export function endTopK(): u32 {
  for (let last: u32 = length; last > 1; ) {
    last--;
    const key = at(last);
    put(last, at(0));
    sink(key, last);
  }
  return length;
}

/** Offers scores of the datapoints at the given indices, in any order: ties are settled by the whole key. */
export function offerAt(scoresPtr: usize, indicesPtr: usize, count: u32): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    const key = keyOf(load<f32>(scoresPtr + i), load<u32>(indicesPtr + i));
    if (length < capacity) rise(key, length++);
    else if (key < at(0)) sink(key, capacity);
  }
}

/** Whether a score, or the best of a block, can enter. */
// @ts-ignore: decorator
@inline export function mayEnter(most: f32): bool {
  return length < capacity ? most >= threshold : most > threshold;
}

/** The worst score kept, once `count` are kept; before that, nothing is known. */
export function worstKept(): f32 {
  return length == capacity ? threshold : -Infinity;
}

/** Position of the first NaN, or `count`. */
export function findNaN(scoresPtr: usize, count: u32): u32 {
  let i: u32 = 0;
  for (const blocks = count & ~15; i < blocks; i += 16) {
    const ptr = scoresPtr + (<usize>i << 2);
    const low = f32x4.add(v128.load(ptr), v128.load(ptr, 16)); // a sum with a NaN is NaN; so is Infinity - Infinity
    const high = f32x4.add(v128.load(ptr, 32), v128.load(ptr, 48));
    const sum = f32x4.add(low, high);
    if (v128.any_true(f32x4.ne(sum, sum))) break;
  }
  for (; i < count; i++) if (isNaN(load<f32>(scoresPtr + (<usize>i << 2)))) return i;
  return count;
}

function offerEach(scoresPtr: usize, from: u32, to: u32, first: u32): void {
  for (let i = from; i < to; i++) {
    const score = load<f32>(scoresPtr + (<usize>i << 2));
    if (length < capacity) {
      if (!(score >= threshold)) continue;
      rise(keyOf(score, first + i), length++);
      if (length == capacity) threshold = scoreOf(at(0));
    } else if (score > threshold) {
      sink(keyOf(score, first + i), capacity);
      threshold = scoreOf(at(0));
    }
  }
}

/** High word: falls as the score rises (the sign bit flipped, or all bits of a negative). Low word: the index. */
function keyOf(score: f32, index: u32): u64 {
  const bits = reinterpret<u32>(score + 0); // -0 + 0 is +0
  const rising = bits & 0x80000000 ? ~bits : bits | 0x80000000;
  return (<u64>~rising << 32) | <u64>index;
}

function scoreOf(key: u64): f32 {
  const rising = ~<u32>(key >> 32);
  return reinterpret<f32>(rising & 0x80000000 ? rising & 0x7fffffff : ~rising);
}

// @ts-ignore: decorator
@inline function at(i: u32): u64 { return load<u64>(heap + (<usize>i << 3)); }
// @ts-ignore: decorator
@inline function put(i: u32, key: u64): void { store<u64>(heap + (<usize>i << 3), key); }

/** Puts a key at the free place `i` at the end, or as near the root as it belongs. */
function rise(key: u64, i: u32): void {
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (at(parent) >= key) break;
    put(i, at(parent));
    i = parent;
  }
  put(i, key);
}

/** Puts a key at the root of a heap of `size`, or as far from it as it belongs. */
function sink(key: u64, size: u32): void {
  let i: u32 = 0;
  for (;;) {
    let child: u32 = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && at(child + 1) > at(child)) child++;
    if (at(child) <= key) break;
    put(i, at(child));
    i = child;
  }
  put(i, key);
}
