import { CapacityError } from '../errors.ts';
import type { Rule } from '../types.ts';
import { type Kernel, KINDS } from './kernel.ts';
import { type Layout, layOut, STAGE } from './layout.ts';

/** A kernel with its memory laid out, and views of the stage that all batches pass through. */
export class Instance {
  readonly kernel: Kernel;
  readonly at: Layout;
  readonly indices: Uint32Array;
  readonly successes: Uint16Array;
  readonly trials: Uint16Array;
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly scores: Float32Array;
  readonly oldAlpha: Float32Array;
  readonly oldBeta: Float32Array;

  /** Takes all the memory it will ever have, so that no view is ever detached. */
  constructor(kernel: Kernel, size: number, keyBytes: number) {
    const at = layOut(kernel.heapBase.value as number, size, keyBytes);
    const most = size || Math.ceil(keyBytes / 8);
    if (at === undefined) throw new CapacityError(`${most} datapoints do not fit into the 4 GiB of a Wasm memory`);
    const pages = kernel.memory.buffer.byteLength / 65_536;
    try {
      if (at.pages > pages) kernel.memory.grow(at.pages - pages);
    } catch (cause) {
      throw new CapacityError(`no memory for ${most} datapoints: ${at.pages} pages of 64 KiB`, { cause });
    }
    const { buffer } = kernel.memory;
    this.kernel = kernel;
    this.at = at;
    this.indices = new Uint32Array(buffer, at.indices, STAGE);
    this.successes = new Uint16Array(buffer, at.successes, STAGE);
    this.trials = new Uint16Array(buffer, at.trials, STAGE);
    this.alpha = new Float32Array(buffer, at.stageAlpha, STAGE);
    this.beta = new Float32Array(buffer, at.stageBeta, STAGE);
    this.scores = new Float32Array(buffer, at.stageScores, STAGE);
    this.oldAlpha = new Float32Array(buffer, at.oldAlpha, STAGE);
    this.oldBeta = new Float32Array(buffer, at.oldBeta, STAGE);
  }

  /** A column of float32 in this memory. */
  column(ptr: number, size: number): Float32Array {
    return new Float32Array(this.kernel.memory.buffer, ptr, size);
  }

  /** Scores `count` posteriors that stand from `alphaPtr` and `betaPtr` on; the first of them has the index `first`. */
  score(rule: Rule, alphaPtr: number, betaPtr: number, outPtr: number, count: number, first: number): void {
    const { kind, rollouts, mu, seed } = rule;
    if (kind === 'random') {
      this.kernel.scoreRandom(outPtr, count, first, ...words(seed));
    } else {
      const etaOrTarget = kind === 'expected-difficulty' ? rule.target : rule.eta;
      this.kernel.score(KINDS.indexOf(kind), alphaPtr, betaPtr, outPtr, count, rollouts, etaOrTarget, mu);
    }
  }

  /** Scores the first `count` staged posteriors, whose indices are staged too; the result is a view of the stage. */
  scoreStage(rule: Rule, count: number): Float32Array {
    const at = this.at;
    if (rule.kind === 'random') {
      this.kernel.scoreRandomAt(at.stageScores, count, at.indices, ...words(rule.seed));
    } else {
      this.score(rule, at.stageAlpha, at.stageBeta, at.stageScores, count, 0);
    }
    return part(this.scores, 0, count);
  }
}

/** Low and high 32 bits of a seed. */
export function words(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** The elements from `start` on, `count` or as many as there are; the array itself if that is all of it. */
export function part<T extends Float32Array | Uint32Array | Uint16Array>(array: T, start: number, count: number): T {
  return start === 0 && count >= array.length ? array : (array.subarray(start, start + count) as T);
}

/** The values of a column at the given indices. */
export function gatherValues(column: Float32Array, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i++) values[i] = column[indices[i] as number] as number;
  return values;
}
