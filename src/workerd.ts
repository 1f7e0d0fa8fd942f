// The main entry where Wasm is compiled ahead of time and bytes are refused: the export condition `workerd`.
// Its declarations are those of index.ts, to which a test holds it.
import { wasmEngine } from './core/engine.ts';
import kernel from './kernel.wasm';
import { type LoadOptions, load, Pool, type PoolOptions } from './pool.ts';
import { type StatelessScoreOptions, scoreWith, type TopKOptions, topKWith } from './stateless.ts';
import type { Scores, Selection } from './types.ts';

export * from './api.ts';

const engine = /* @__PURE__ */ wasmEngine(() => kernel);

export class PosteriorPool extends Pool {
  constructor(size: number, options?: PoolOptions) {
    super(size, engine, options);
  }

  static fromBytes(bytes: Uint8Array, options?: LoadOptions): PosteriorPool {
    return load(bytes, options, create);
  }
}

/** Outside of the class: one that names itself is given another name by the bundler. */
function create(size: number, options: PoolOptions): PosteriorPool {
  return new PosteriorPool(size, options);
}

export function score(alpha: ArrayLike<number>, beta: ArrayLike<number>, options?: StatelessScoreOptions): Scores {
  return scoreWith(engine, alpha, beta, options);
}

export function topK(scores: Float32Array, count: number, options?: TopKOptions): Selection {
  return topKWith(engine, scores, count, options);
}
