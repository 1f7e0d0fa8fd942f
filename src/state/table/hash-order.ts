/** Hashes are below this. */
const RANGE = 2 ** 48;

/**
 * The order of hashes of SHA-256, as indices: they are spread evenly, so a place near its own is found by the value alone,
 * and little is left to sort. Time is that of the hashes, memory eight bytes each.
 * @param compare tells what comes first of two with the same hash
 */
export function orderOf(hashes: Float64Array, compare: (a: number, b: number) => number): Uint32Array {
  const size = hashes.length;
  const order = new Uint32Array(size);
  const bucketOf = (index: number): number => Math.floor(((hashes[index] as number) / RANGE) * size);
  const ends = new Uint32Array(size); // of each bucket, once all before it are counted
  for (let i = 0; i < size; i++) ends[bucketOf(i)] = (ends[bucketOf(i)] as number) + 1;
  for (let bucket = 0, start = 0; bucket < size; bucket++) {
    const count = ends[bucket] as number;
    ends[bucket] = start;
    start += count;
  }
  for (let i = 0; i < size; i++) {
    const bucket = bucketOf(i);
    order[ends[bucket] as number] = i;
    ends[bucket] = (ends[bucket] as number) + 1;
  }
  for (let i = 1; i < size; i++) {
    const index = order[i] as number;
    const hash = hashes[index] as number;
    let at = i;
    for (; at > 0; at--) {
      const before = order[at - 1] as number;
      const difference = (hashes[before] as number) - hash;
      if (difference < 0 || (difference === 0 && compare(before, index) < 0)) break;
      order[at] = before;
    }
    order[at] = index;
  }
  return order;
}
