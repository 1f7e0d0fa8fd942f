/** Buckets of at most so many keys are left to the insertion sort at the end. */
const FEW: u32 = 12;
/** For every depth of the recursion, where the next key of each of 256 buckets goes, and where the bucket ends. */
const BUCKETS = memory.data(8 * 512 * 4, 16);

/**
 * Sorts different 64-bit keys in place, rising.
 * Formula: into 256 buckets of equal width between the least and the greatest key, then each bucket likewise.
 * Source:  McIlroy, Bostic, McIlroy: Engineering radix sort (Computing Systems, 1993): American flag sort.
 * Cost:    three passes over the keys for every 8 bits of their range, and no memory beside them.
 */
export function sortKeys(ptr: usize, count: u32): void {
  const end = ptr + (<usize>count << 3);
  spread(ptr, end, 0);
  for (let at = ptr + 8; at < end; at += 8) {
    const key = load<u64>(at);
    let to = at;
    for (; to > ptr && load<u64>(to - 8) > key; to -= 8) store<u64>(to, load<u64>(to - 8));
    store<u64>(to, key);
  }
}

/** Puts the keys into buckets, and those of each large bucket into buckets of its own. */
function spread(ptr: usize, end: usize, depth: usize): void {
  if (end - ptr <= FEW << 3) return;

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
    spread(start, stop, depth + 1);
    start = stop;
  }
}

/** Offset of the bucket of a key. */
// @ts-ignore: decorator
@inline function bucketOf(key: u64, least: u64, shift: u64): usize {
  return <usize>((key - least) >> shift) << 2;
}
