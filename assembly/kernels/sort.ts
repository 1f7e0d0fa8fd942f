/** Buckets of at most so many keys are left to the insertion sort at the end. Measured: 12 takes three times as long. */
const FEW: u32 = 48;
/** For every depth of the recursion, where the next key of each of 256 buckets goes, and where the bucket ends. */
const BUCKETS = memory.data(8 * 512 * 4, 16);

/**
 * Orders different 64-bit keys in place so far that the best, the first `wanted` of them, rise.
 * Formula: into 256 buckets of equal width between the least and the greatest key, then each bucket likewise.
 * Source:  McIlroy, Bostic, McIlroy: Engineering radix sort (Computing Systems, 1993): American flag sort.
 * Cost:    three passes over the keys for every 8 bits of their range, and no memory beside them.
 */
export function sortBest(ptr: usize, count: u32, wanted: u32): void {
  order(ptr, ptr + (<usize>count << 3), ptr, ptr + (<usize>wanted << 3));
}

/** The same so far only that the first `wanted` > 0 are the best, in any order but for the last, the worst of them. */
export function partBest(ptr: usize, count: u32, wanted: u32): void {
  const end = ptr + (<usize>wanted << 3);
  order(ptr, ptr + (<usize>count << 3), end - 8, end);
}

/** Orders keys until those from `from` to `to` are what they would be in order. */
function order(ptr: usize, end: usize, from: usize, to: usize): void {
  spread(ptr, end, 0, from, to);
  // What is left in disorder there are buckets of a few keys.
  const first = max(ptr, from - (FEW << 3));
  const last = min(end, to + (FEW << 3));
  for (let at = first + 8; at < last; at += 8) {
    const key = load<u64>(at);
    let place = at;
    for (; place > first && load<u64>(place - 8) > key; place -= 8) store<u64>(place, load<u64>(place - 8));
    store<u64>(place, key);
  }
}

/** Puts the keys into buckets, and those of each large bucket that is needed into buckets of its own. */
function spread(ptr: usize, end: usize, depth: usize, from: usize, to: usize): void {
  if (end - ptr <= FEW << 3 || end <= from || ptr >= to) return;

  // 1. The width of a bucket.
  let least = u64.MAX_VALUE;
  let most: u64 = 0;
  for (let at = ptr; at < end; at += 8) {
    const key = load<u64>(at);
    least = min(least, key);
    most = max(most, key);
  }
  const shift = max(<i64>56 - clz(most - least), 0);

  // 2. Where each begins and ends.
  const nextPtr = BUCKETS + (depth << 11);
  const stopPtr = nextPtr + 1024;
  memory.fill(stopPtr, 0, 1024);
  for (let at = ptr; at < end; at += 8) {
    const bucket = stopPtr + bucketOf(load<u64>(at), least, shift);
    store<u32>(bucket, load<u32>(bucket) + 8);
  }
  let place = <u32>ptr;
  for (let i: usize = 0; i < 1024; i += 4) {
    store<u32>(nextPtr + i, place);
    place += load<u32>(stopPtr + i);
    store<u32>(stopPtr + i, place);
  }

  // 3. Every key to its bucket; the key that it finds in its place is moved next.
  for (let i: usize = 0; i < 1024; i += 4) {
    for (;;) {
      const at = load<u32>(nextPtr + i);
      if (at == load<u32>(stopPtr + i)) break;
      let key = load<u64>(at);
      for (let to = bucketOf(key, least, shift); to != i; to = bucketOf(key, least, shift)) {
        const free = load<u32>(nextPtr + to);
        store<u32>(nextPtr + to, free + 8);
        const found = load<u64>(free);
        store<u64>(free, key);
        key = found;
      }
      store<u64>(at, key);
      store<u32>(nextPtr + i, at + 8);
    }
  }

  // 4. The large ones.
  let start = ptr;
  for (let i: usize = 0; i < 1024; i += 4) {
    const stop = <usize>load<u32>(stopPtr + i);
    spread(start, stop, depth + 1, from, to);
    start = stop;
  }
}

/** Offset of the bucket of a key. */
// @ts-ignore: decorator
@inline function bucketOf(key: u64, least: u64, shift: u64): usize {
  return <usize>((key - least) >> shift) << 2;
}
