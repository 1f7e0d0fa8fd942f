import { type LoadOptions as AnyLoadOptions, type PoolOptions as AnyPoolOptions, load, Pool } from './pool.ts';
import {
  type StatelessScoreOptions as AnyScoreOptions,
  type TopKOptions as AnyTopKOptions,
  scoreWith,
  topKWith,
} from './stateless.ts';
import type { EngineFactory, Scores, Selection } from './types.ts';
import { bad } from './validate.ts';

export * from './api.ts';
export { createEngine, type KernelModule, type KernelResponse, loadEngine } from './core/supplied.ts';

/** Options of the main entry; `engine`, from `createEngine` or `loadEngine`, is required. */
export type WithEngine<Options> = Omit<Options, 'engine'> & { readonly engine: EngineFactory };

export type PoolOptions = WithEngine<AnyPoolOptions>;
export type LoadOptions = WithEngine<AnyLoadOptions>;
export type StatelessScoreOptions = WithEngine<AnyScoreOptions>;
export type TopKOptions = WithEngine<AnyTopKOptions>;

/** `PosteriorPool` of the main entry on the engine of its options: this entry has no kernel of its own. */
export class PosteriorPool extends Pool {
  constructor(size: number, options: PoolOptions) {
    super(size, engineOf(options), options);
  }

  /** A pool from a snapshot of any engine. */
  static fromBytes(bytes: Uint8Array, options: LoadOptions): PosteriorPool {
    engineOf(options);
    return load(bytes, options, create);
  }
}

/** Outside of the class: one that names itself is given another name by the bundler. */
function create(size: number, options: AnyPoolOptions): PosteriorPool {
  return new PosteriorPool(size, options as PoolOptions);
}

/** `score` of the main entry on the engine of its options. */
export function score(alpha: ArrayLike<number>, beta: ArrayLike<number>, options: StatelessScoreOptions): Scores {
  return scoreWith(engineOf(options), alpha, beta, options);
}

/** `topK` of the main entry on the engine of its options. */
export function topK(scores: Float32Array, count: number, options: TopKOptions): Selection {
  return topKWith(engineOf(options), scores, count, options);
}

function engineOf(options: { readonly engine: EngineFactory } | undefined): EngineFactory {
  const engine = options?.engine;
  if (engine === undefined) throw bad('engine', 'an engine, from createEngine or loadEngine', engine, false);
  return engine;
}
