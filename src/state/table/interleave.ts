type Elements = Float64Array | Float32Array | Uint32Array | Uint16Array | Uint8Array;

/** Elements that are copied one by one: fewer than that cost less than a call does. */
const FEW = 32;

/** Both arrays in one: before the element `i` of `theirs` stand the first `ranks[i]` of `mine`. */
export function interleave<T extends Elements>(ranks: Uint32Array, mine: T, theirs: T): T {
  if (mine.length === 0) return theirs;
  const all = new (mine.constructor as new (length: number) => T)(mine.length + theirs.length);
  let done = 0;
  for (let i = 0; i <= theirs.length; i++) {
    const rank = i < theirs.length ? (ranks[i] as number) : mine.length;
    if (rank - done > FEW) all.set(mine.subarray(done, rank), done + i);
    else for (let at = done; at < rank; at++) all[at + i] = mine[at] as number;
    if (i < theirs.length) all[rank + i] = theirs[i] as number;
    done = rank;
  }
  return all;
}
