// All chance of a run, as pure functions of its seed.
import { philox } from '../src/random.ts';

/** What the words of the generator are for; the package has the streams below 100. */
export const STREAMS = {
  weights: 100,
  demonstrations: 101,
  pool: 102,
  evaluation: 103,
  answers: 104,
  shuffle: 105,
  resample: 106,
} as const;

const WORD = 2 ** 32;

/** Words one after the other, from a purpose and a seed: part `part` of them, if there are several. */
export class Stream {
  readonly #stream: number;
  readonly #seed: number;
  readonly #part: number;
  #words: readonly number[] = [];
  #next = 0;

  constructor(purpose: keyof typeof STREAMS, seed: number, part = 0) {
    this.#stream = STREAMS[purpose];
    this.#seed = seed;
    this.#part = part;
  }

  word(): number {
    const lane = this.#next % 4;
    if (lane === 0) this.#words = philox(this.#next / 4, this.#stream, this.#seed, this.#part);
    this.#next++;
    return this.#words[lane] as number;
  }

  /** In [0, 1). */
  fraction(): number {
    return this.word() / WORD;
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }
}

/** The integers below `count` in an order of this stream (Fisher, Yates). */
export function shuffled(count: number, stream: Stream): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = stream.below(i + 1);
    const kept = order[i] as number;
    order[i] = order[j] as number;
    order[j] = kept;
  }
  return order;
}
