import { type LoadOptions, load, Pool, type PoolOptions } from './pool.ts';
import { referenceEngine } from './reference/engine.ts';
import { type StatelessScoreOptions, scoreWith, type TopKOptions, topKWith } from './stateless.ts';
import type { Scores, Selection } from './types.ts';

export * from './api.ts';
export { referenceEngine } from './reference/engine.ts';
export {
  betaBinomialPmf,
  difficultyWeight,
  mutualInformation,
  updatePosterior,
  varianceReduction,
  weightedMutualInformation,
} from './reference/oracle.ts';
export { betaEntropy, digamma, logBeta, logGamma } from './reference/special.ts';

/** `PosteriorPool` of the main entry on the reference engine: no Wasm, the same bits. */
export class PosteriorPool extends Pool {
  constructor(size: number, options?: PoolOptions) {
    super(size, referenceEngine, options);
  }

  /** A pool from a snapshot of either engine. */
  static fromBytes(bytes: Uint8Array, options?: LoadOptions): PosteriorPool {
    return load(bytes, options, create);
  }
}

/** Outside of the class: one that names itself is given another name by the bundler. */
function create(size: number, options: PoolOptions): PosteriorPool {
  return new PosteriorPool(size, options);
}

/** `score` of the main entry on the reference engine. */
export function score(alpha: ArrayLike<number>, beta: ArrayLike<number>, options?: StatelessScoreOptions): Scores {
  return scoreWith(referenceEngine, alpha, beta, options);
}

/** `topK` of the main entry on the reference engine. */
export function topK(scores: Float32Array, count: number, options?: TopKOptions): Selection {
  return topKWith(referenceEngine, scores, count, options);
}
