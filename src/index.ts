import { embeddedKernel } from './core/embedded-kernel.ts';
import { wasmEngine } from './core/engine.ts';
import { type LoadOptions, load, Pool, type PoolOptions } from './pool.ts';
import { type StatelessScoreOptions, scoreWith, type TopKOptions, topKWith } from './stateless.ts';
import type { Scores, Selection } from './types.ts';

export * from './api.ts';

const engine = /* @__PURE__ */ wasmEngine(embeddedKernel);

/**
 * Beta posteriors of the success rates of `size` datapoints, and the selection of the next ones to roll out.
 * Memory: 12.3 bytes a datapoint and 0.7 MB, taken once. All pools share a table of scores of up to 10 MB, touched as
 * data fall. Nothing is random without a seed.
 * @throws RangeError, TypeError for a wrong option; CapacityError where the pool does not fit;
 *   UnsupportedError where Wasm SIMD is missing
 * @example
 * const pool = new PosteriorPool(1000, { discount: 0.9 });
 * pool.update({ indices: [3], successes: [5], trials: 8 });
 * pool.select(16).indices;
 */
export class PosteriorPool extends Pool {
  constructor(size: number, options?: PoolOptions) {
    super(size, engine, options);
  }

  /**
   * A pool from a snapshot.
   * @throws SnapshotError for bytes that are truncated, damaged, foreign or newer; RangeError for a smaller `size`
   * @example
   * const copy = PosteriorPool.fromBytes(new PosteriorPool(3).toBytes(), { size: 5 });
   */
  static fromBytes(bytes: Uint8Array, options?: LoadOptions): PosteriorPool {
    return load(bytes, options, create);
  }
}

/** Outside of the class: one that names itself is given another name by the bundler. */
function create(size: number, options: PoolOptions): PosteriorPool {
  return new PosteriorPool(size, options);
}

/**
 * Scores of posteriors kept elsewhere: `alpha` and `beta` of one length, each value in [1e-3, 2^24], rounded to
 * float32. One float32 each; the array belongs to the caller.
 * @throws RangeError, TypeError naming position and value; `out` is then untouched
 * @example
 * score([1, 20], [1, 20], { acquisition: { kind: 'mutual-information', rollouts: 8 } });
 */
export function score(alpha: ArrayLike<number>, beta: ArrayLike<number>, options?: StatelessScoreOptions): Scores {
  return scoreWith(engine, alpha, beta, options);
}

/**
 * Positions and values of the `count` largest scores: score falling, then index rising. The arrays belong to the caller.
 * @throws RangeError for a NaN, with its position, or a wrong count
 * @example
 * topK(Float32Array.of(1, 3, 3, 2), 3).indices; // Uint32Array [1, 2, 3]
 */
export function topK(scores: Float32Array, count: number, options?: TopKOptions): Selection {
  return topKWith(engine, scores, count, options);
}
