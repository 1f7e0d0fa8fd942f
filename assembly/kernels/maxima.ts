// An index over the score column, a tree: the maximum of every 16 scores (a cache line), of every 16 of those, and so
// on to a level of at most 16. A selection opens only the blocks that can hold a winner. The levels stand one behind the
// other, each padded to whole blocks: scores with NaN, maxima with -Infinity.
import { kthBest } from "./kth-best";
import { beginTopK, mayEnter, offerBlock, offerTopK } from "./top-k";
import { prefetch } from "./prefetch";

const NONE: f32 = -Infinity;

/** Where each level of the tree that is walked begins; the scores are level 0. */
const LEVELS = memory.data(8 * 4, 16);

/** Blocks of scores to be looked at. */
const MOST_WAITING: u32 = 256;
const WAITING = memory.data(256 * 4, 16);
let waiting: u32 = 0;

// @ts-ignore: decorator
@inline function levelPtr(level: i32): usize { return load<u32>(LEVELS + (<usize>level << 2)); }

/** How many blocks of 16. */
// @ts-ignore: decorator
@inline function blocksOf(count: u32): u32 { return (count >> 4) + u32((count & 15) != 0); }

/**
 * Builds `blocks` entries of a level over the level below; the caller pads a level to whole blocks with -Infinity.
 * Formula: the maximum of each block of 16.
 * Source:  -
 * Domain:  any floats.
 * Error:   none.
 * Special: NaN counts as none.
 * Cost:    a pass over the level below.
 */
export function buildMaxima(belowPtr: usize, blocks: u32, maximaPtr: usize): void {
  for (let i: u32 = 0; i < blocks; i++) store<f32>(maximaPtr + (<usize>i << 2), maximum(belowPtr + (<usize>i << 6)));
}

/**
 * Makes the maxima true again after the scores at `changes` indices changed.
 * Formula: the maximum of each block of 16 with a changed entry, level by level.
 * Source:  -
 * Domain:  any floats; levels as `buildMaxima` made them.
 * Error:   none.
 * Special: a whole level is mended before the next, so that no read waits for the write before it.
 * Cost:    a block for each change and level.
 */
export function mendMaxima(changes: u32, indicesPtr: usize, scoresPtr: usize, size: u32, maximaPtr: usize): void {
  const end = indicesPtr + (<usize>changes << 2);
  let below = scoresPtr;
  let ptr = maximaPtr;
  let shift: u32 = 4;
  for (let count = size; count > 16; shift += 4) {
    count = blocksOf(count);
    for (let at = indicesPtr; at < end; at += 4) {
      const block = <usize>(load<u32>(at) >> shift);
      store<f32>(ptr + (block << 2), maximum(below + (block << 6)));
    }
    below = ptr;
    ptr += <usize>blocksOf(count) << 6;
  }
}

/**
 * Formula: offers every score of the column that can be among the best `count`; then call `endTopK`.
 * Source:  the count-th best of a level of maxima is a score that `count` blocks reach: nothing below it can be selected.
 * Domain:  scores padded with NaN; levels as `buildMaxima` and `mendMaxima` keep them; count > 0, room for `most` keys.
 * Error:   none.
 * Special: blocks are opened in the order of rising index, so that ties fall as in a scan.
 * Cost:    some passes over a level of a few times `count` maxima, and about as many blocks as there are winners.
 */
export function offerIndexed(
  keysPtr: usize, most: u32, count: u32, scoresPtr: usize, size: u32, maximaPtr: usize,
): void {
  // 1. The smallest level that is large enough to give a close bound.
  store<u32>(LEVELS, <u32>scoresPtr);
  let level = 0;
  let entries = size;
  for (let ptr = maximaPtr, next = blocksOf(size); next >= 2 * count && entries > 16; next = blocksOf(next)) {
    store<u32>(LEVELS + (<usize>++level << 2), <u32>ptr);
    entries = next;
    ptr += <usize>blocksOf(next) << 6;
  }

  // 2. Without one, a scan.
  if (level == 0) {
    beginTopK(keysPtr, most, count, NONE);
    return offerTopK(scoresPtr, size, 0);
  }

  // 3. The bound, and what reaches it. Blocks of nothing but NaN, and those of the padding, stay closed.
  const bound = kthBest(levelPtr(level), entries, count, count >> 3);
  beginTopK(keysPtr, most, count, max(bound, -f32.MAX_VALUE));
  for (let block: u32 = 0, blocks = blocksOf(entries); block < blocks; block++) open(level, block);
  openScores();
}

/** Opens a block of a level, and below it whatever may hold a winner; blocks of scores wait for `openScores`. */
function open(level: i32, block: u32): void {
  for (let bits = mayEnter(levelPtr(level) + (<usize>block << 6)); bits; bits &= bits - 1) {
    const next = (block << 4) + ctz(bits);
    if (level > 1) {
      open(level - 1, next);
    } else {
      store<u32>(WAITING + (<usize>waiting << 2), next);
      if (++waiting == MOST_WAITING) openScores();
    }
  }
}

/** Offers the blocks of scores that wait. */
function openScores(): void {
  const scoresPtr = levelPtr(0);
  prefetch(waiting, WAITING, scoresPtr, 6);
  for (let i: u32 = 0; i < waiting; i++) {
    const block = load<u32>(WAITING + (<usize>i << 2));
    offerBlock(scoresPtr + (<usize>block << 6), block << 4);
  }
  waiting = 0;
}

/** The largest of 16 floats; NaN does not count. */
// @ts-ignore: decorator
@inline function maximum(ptr: usize): f32 {
  const none = f32x4.splat(NONE);
  let a = f32x4.pmax(f32x4.pmax(none, v128.load(ptr)), v128.load(ptr, 16));
  const b = f32x4.pmax(f32x4.pmax(none, v128.load(ptr, 32)), v128.load(ptr, 48));
  a = f32x4.pmax(a, b);
  a = f32x4.pmax(a, v128.shuffle<i32>(a, a, 2, 3, 2, 3));
  a = f32x4.pmax(a, v128.shuffle<i32>(a, a, 1, 1, 1, 1));
  return f32x4.extract_lane(a, 0);
}
