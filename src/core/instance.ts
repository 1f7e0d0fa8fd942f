import { CapacityError } from '../pool-errors.ts';
import type { Kernel } from './kernel.ts';
import { type Layout, layOut, type Needs, PART, STAGE } from './layout.ts';

/** A kernel with its memory laid out, and views of the stage that all batches pass through. */
export class Instance {
  readonly kernel: Kernel;
  readonly at: Layout;
  readonly indices: Uint32Array;
  readonly successes: Float32Array;
  readonly trials: Float32Array;
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly scores: Float32Array;
  readonly oldAlpha: Float32Array;
  readonly oldBeta: Float32Array;

  /** Takes all the memory it will ever have, so that no view is ever detached. */
  constructor(kernel: Kernel, needs: Needs) {
    const at = layOut(kernel, needs);
    const most = needs.size ?? Math.ceil((needs.keyBytes ?? 0) / 8);
    if (at === undefined) throw new CapacityError(`${most} datapoints do not fit into the 4 GiB of a Wasm memory`);
    const pages = kernel.memory.buffer.byteLength / 65_536;
    try {
      if (at.pages > pages) kernel.memory.grow(at.pages - pages);
    } catch (cause) {
      throw new CapacityError(`no memory for ${most} datapoints: ${at.pages} pages of 64 KiB`, { cause });
    }
    const { buffer } = kernel.memory;
    const { stage = STAGE } = needs;
    this.kernel = kernel;
    this.at = at;
    this.indices = new Uint32Array(buffer, at.indices, stage);
    this.successes = new Float32Array(buffer, at.successes, stage);
    this.trials = new Float32Array(buffer, at.trials, stage);
    this.alpha = new Float32Array(buffer, at.stageAlpha, stage);
    this.beta = new Float32Array(buffer, at.stageBeta, stage);
    this.scores = new Float32Array(buffer, at.stageScores, stage);
    this.oldAlpha = new Float32Array(buffer, at.oldAlpha, stage);
    this.oldBeta = new Float32Array(buffer, at.oldBeta, stage);
  }

  /** A column of float32 in this memory. */
  column(ptr: number, size: number): Float32Array {
    return new Float32Array(this.kernel.memory.buffer, ptr, size);
  }
}

/** The elements from `start` on, `count` or as many as there are; the array itself if that is all of it. */
export function part<T extends Float32Array | Uint32Array>(array: T, start: number, count: number): T {
  return start === 0 && count >= array.length ? array : (array.subarray(start, start + count) as T);
}

/** Calls `run` for all of `length` in parts: an engine can go over to optimised code only between calls. */
export function inParts(length: number, run: (start: number, count: number) => void): void {
  for (let start = 0; start < length; start += PART) run(start, Math.min(PART, length - start));
}

/** The values of a column at the given indices. */
export function gatherValues(column: Float32Array, indices: Uint32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(indices.length);
  for (let i = 0; i < indices.length; i++) values[i] = column[indices[i] as number] as number;
  return values;
}
