// Exact top-k in the total order: score falling, then index rising. The best so far stand in a heap with the worst at
// its root, as 64-bit keys that rise from best to worst; a scan then looks only for scores above the root's.
let heap: usize = 0;
let capacity: u32 = 0;
let length: u32 = 0;
let threshold: f32 = 0;

/** Starts a selection of `count` > 0; `heapPtr` has room for 8 bytes times `count`. */
export function beginTopK(heapPtr: usize, count: u32): void {
  heap = heapPtr;
  capacity = count;
  length = 0;
}

/**
 * Formula: keeps the best `count` of all scores offered since `beginTopK`; `first` is the index of the first here.
 * Domain:  any float32; offered in the order of rising index. NaN is never kept: it marks what is excluded.
 * Special: +0 equals -0. An equal score of a higher index is worse, so that `>` is the whole test of the scan.
 * Cost:    four SIMD comparisons for 16 scores, and log2(count) steps for each of the few that enter.
 */
export function offerTopK(scoresPtr: usize, count: u32, first: u32): void {
  let i: u32 = 0;
  while (length < capacity && i < count) offer(scoresPtr, i++, first);
  const blocks = i + ((count - i) & ~15);
  while (i < blocks) {
    const ptr = scoresPtr + (<usize>i << 2);
    const t = f32x4.splat(threshold);
    const above = v128.or(
      v128.or(f32x4.gt(v128.load(ptr), t), f32x4.gt(v128.load(ptr, 16), t)),
      v128.or(f32x4.gt(v128.load(ptr, 32), t), f32x4.gt(v128.load(ptr, 48), t)),
    );
    if (v128.any_true(above)) for (let j = i; j < i + 16; j++) offer(scoresPtr, j, first);
    i += 16;
  }
  while (i < count) offer(scoresPtr, i++, first);
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

// @ts-ignore: decorator
@inline function offer(scoresPtr: usize, i: u32, first: u32): void {
  const score = load<f32>(scoresPtr + (<usize>i << 2));
  if (length < capacity) {
    if (score == score) rise(keyOf(score, first + i), length++);
  } else if (score > threshold) {
    sink(keyOf(score, first + i), capacity);
  } else return;
  threshold = scoreOf(at(0));
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
