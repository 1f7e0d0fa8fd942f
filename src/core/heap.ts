import type { Indices } from '../types.ts';
import { Instance, part } from './instance.ts';
import type { Kernel } from './kernel.ts';
import { HEAP, STAGE } from './layout.ts';

/**
 * One selection of `count` > 0 out of scores that are offered part by part, in the order of rising index. Small counts
 * use the heap of the pool's own memory; a large one takes a memory for the call, to which the scores are copied.
 */
export class Heap {
  readonly #instance: Instance;
  readonly #inPlace: boolean;

  constructor(own: Instance, instantiate: () => Kernel, count: number) {
    this.#inPlace = count <= HEAP;
    this.#instance = this.#inPlace ? own : new Instance(instantiate(), 0, count);
    this.#instance.kernel.beginTopK(this.#instance.at.heap, count, -Infinity);
  }

  /** Offers scores that stand at `ptr` in the pool's memory, the first of which has the index `first`. */
  offer(scores: Float32Array, ptr: number, first: number): void {
    const { kernel, at, scores: stage } = this.#instance;
    if (this.#inPlace) {
      kernel.offerTopK(ptr, scores.length, first);
      return;
    }
    for (let start = 0; start < scores.length; start += STAGE) {
      const some = part(scores, start, STAGE);
      stage.set(some);
      kernel.offerTopK(at.stageScores, some.length, first + start);
    }
  }

  /** The indices kept, best first. */
  end(): Indices {
    return endTopK(this.#instance);
  }
}

/** Ends a selection: the indices kept, best first. */
export function endTopK({ kernel, at }: Instance): Indices {
  const kept = kernel.endTopK() >>> 0;
  const keys = new Uint32Array(kernel.memory.buffer, at.heap, 2 * kept);
  const indices = new Uint32Array(kept);
  for (let i = 0; i < kept; i++) indices[i] = keys[2 * i] as number;
  return indices;
}
