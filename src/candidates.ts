import { CANDIDATE_STREAM, philox } from './random.ts';

/**
 * Candidates for each datapoint that is to be selected, by default. Measured: with 16, as in the paper, training learns less
 * (docs/choosing.md).
 */
export const CANDIDATES_EACH = 4;

/**
 * `count` of `size` datapoints, uniform without replacement, ascending: a pure function of its arguments (version 1).
 * Floyd's algorithm (Bentley, Floyd: A sample of brilliance, CACM 1987): draw i of `count` takes words 0 and 1, or 2 and
 * 3 if it is odd, of counter i / 2 of the candidate stream, as a 53-bit fraction. Time and memory are those of `count`.
 */
export function drawCandidates(size: number, count: number, seed: number): Uint32Array {
  if (count >= size) return Uint32Array.from({ length: size }, (_, i) => i);
  const chosen = 64 * count < size ? new Set<number>() : new BitSet(size);
  const set = new Uint32Array(count);
  let words: readonly [number, number, number, number] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const last = size - count + i;
    if (i % 2 === 0) words = philox(i / 2, CANDIDATE_STREAM, seed);
    const [high, low] = i % 2 === 0 ? [words[0], words[1]] : [words[2], words[3]];
    const drawn = Math.floor(((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53 * (last + 1));
    const index = chosen.has(drawn) ? last : drawn;
    chosen.add(index);
    set[i] = index;
  }
  return set.sort();
}

/** What a Set does, for many of few: a bit for each index, where a Set would take thirty bytes and end at 2^24. */
class BitSet {
  readonly #words: Uint32Array;

  constructor(size: number) {
    this.#words = new Uint32Array(Math.ceil(size / 32));
  }

  has(index: number): boolean {
    return (((this.#words[index >>> 5] as number) >>> (index & 31)) & 1) === 1;
  }

  add(index: number): void {
    this.#words[index >>> 5] = (this.#words[index >>> 5] as number) | (1 << (index & 31));
  }
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
