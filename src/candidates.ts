import { CANDIDATE_STREAM, philox } from './random.ts';

/**
 * `count` of `size` datapoints, uniform without replacement, ascending: a pure function of its arguments (version 1).
 * Floyd's algorithm (Bentley, Floyd: A sample of brilliance, CACM 1987): draw i of `count` takes counter i of the
 * candidate stream, as a 53-bit fraction. Time and memory are those of `count`.
 */
export function drawCandidates(size: number, count: number, seed: number): Uint32Array {
  if (count >= size) return Uint32Array.from({ length: size }, (_, i) => i);
  const chosen = new Set<number>();
  for (let i = 0; i < count; i++) {
    const last = size - count + i;
    const [high, low] = philox(i, CANDIDATE_STREAM, seed);
    const drawn = Math.floor(((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53 * (last + 1));
    chosen.add(chosen.has(drawn) ? last : drawn);
  }
  return Uint32Array.from(chosen).sort();
}

/** The candidates that are not excluded; both ascending. */
export function without(candidates: Uint32Array, exclude: Uint32Array): Uint32Array {
  let next = 0;
  return candidates.filter((index) => {
    while (next < exclude.length && (exclude[next] as number) < index) next++;
    return exclude[next] !== index;
  });
}

/** The indices in ascending order, each once. */
export function ascending(indices: Uint32Array): Uint32Array {
  return indices.sort().filter((index, i) => i === 0 || index !== indices[i - 1]);
}
