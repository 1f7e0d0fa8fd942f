import { checkSeed, toRule } from './acquisition.ts';
import { ascending, CANDIDATES_EACH, drawCandidates, without } from './candidates.ts';
import { DisposedError } from './pool-errors.ts';
import { decode, encode } from './snapshot.ts';
import type {
  Acquisition,
  Bytes,
  CandidateSet,
  Column,
  Engine,
  EngineFactory,
  Posterior,
  Prior,
  Rule,
  Scores,
  Selection,
} from './types.ts';
import {
  areTyped,
  bad,
  checkDiscount,
  checkInteger,
  checkNumber,
  checkObject,
  checkObservations,
  checkOptions,
  checkOut,
  checkPrior,
  copyCandidates,
  copyColumn,
  copyIndices,
  copyObservations,
  LEAST,
  MOST,
  MOST_SIZE,
  newObservations,
  reserve,
} from './validate.ts';

export interface PoolOptions {
  /** The posterior of a datapoint nothing was seen of: each in [1e-3, 1e6], rounded to float32. Default Beta(1, 1). */
  readonly prior?: Prior | undefined;
  /** lambda of Eq. 6 in [0, 1]: 1, the default, forgets nothing; below 1 a visit pulls toward the prior. */
  readonly discount?: number | undefined;
  /**
   * The position of index 0 in the whole, where the pool is a shard of it: seeds count by offset + index, so that shards
   * and whole agree. Default 0.
   */
  readonly offset?: number | undefined;
  /** What keeps the columns and does the arithmetic; the entry's own by default. */
  readonly engine?: EngineFactory | undefined;
}

export interface LoadOptions {
  /** At least the snapshot's size, the default; datapoints beyond it start at the prior. */
  readonly size?: number | undefined;
  /** As of a new pool: a snapshot does not hold it. */
  readonly offset?: number | undefined;
  readonly engine?: EngineFactory | undefined;
}

/**
 * Observations of datapoints: `successes[i]` of `trials` rollouts of datapoint `indices[i]` were right. Real numbers,
 * rounded to float32: where a rollout earns a reward in [0, 1], `successes` is their sum.
 */
export interface Batch {
  readonly indices: ArrayLike<number>;
  /** In [0, trials]. */
  readonly successes: ArrayLike<number>;
  /** In (0, 65535] each, or one number for all. */
  readonly trials: number | ArrayLike<number>;
  /** lambda of this batch in [0, 1], in place of the pool's: 1 for more rollouts of the same visit. */
  readonly discount?: number | undefined;
}

export interface Posteriors {
  /** Which datapoints; without it, `alpha` and `beta` are the whole columns. */
  readonly indices?: ArrayLike<number> | undefined;
  readonly alpha: ArrayLike<number>;
  readonly beta: ArrayLike<number>;
}

export interface ScoreOptions {
  readonly acquisition?: Acquisition | undefined;
  /** Strictly ascending indices; without it, the whole pool. */
  readonly candidates?: ArrayLike<number> | undefined;
  /** Where to put the scores: as many as there are candidates, outside the pool's memory. */
  readonly out?: Float32Array | undefined;
}

/** A uniform random set of `size` datapoints (default 4 x count), the same for the same seed. */
export interface CandidateOptions {
  readonly size?: number | undefined;
  readonly seed: number;
  /** Size of the whole that a shard is part of: the set is drawn out of it, and the shard keeps its part of the set. */
  readonly of?: number | undefined;
}

export interface SelectOptions {
  readonly acquisition?: Acquisition | undefined;
  /** Strictly ascending indices, or a random set by seed; without it, the whole pool. */
  readonly candidates?: ArrayLike<number> | CandidateOptions | undefined;
  /** Indices not to select, in any order, repeats allowed. */
  readonly exclude?: ArrayLike<number> | undefined;
}

/** For properties that stay as the constructor set them. */
const FIXED = { writable: false, configurable: false } as const;

/** The method that `using` calls, in the types of projects whose `lib` has its symbol. */
type Disposes = SymbolConstructor extends { readonly dispose: infer Key extends symbol }
  ? { [K in Key]: () => void }
  : object;

export interface Pool extends Disposes {}

/** A pool, whatever its engine. The entries bind it to theirs: see `PosteriorPool` there. */
export class Pool {
  readonly size: number;
  readonly prior: Prior;
  readonly discount: number;
  readonly offset: number;
  #engine: Engine | undefined;

  constructor(size: number, defaultEngine: EngineFactory, options?: PoolOptions) {
    const {
      prior = { alpha: 1, beta: 1 },
      discount = 1,
      offset = 0,
      engine = defaultEngine,
    } = checkOptions('options', options, ['prior', 'discount', 'offset', 'engine']);
    this.size = checkInteger('size', size, 0, MOST_SIZE);
    this.prior = checkPrior(prior);
    this.discount = checkDiscount(discount);
    this.offset = checkInteger('offset', offset, 0, MOST_SIZE - this.size);
    checkEngine(engine);
    this.#engine = engine.create(this.size, this.prior, this.discount, this.offset);
    reserve(this.#engine.alpha);
    reserve(this.#engine.beta);
    Object.defineProperties(this, { size: FIXED, prior: FIXED, discount: FIXED, offset: FIXED });
  }

  /** Live view of alpha, one float32 a datapoint; read-only. */
  get alpha(): Column {
    return this.#live().alpha;
  }

  /** Live view of beta, one float32 a datapoint; read-only. */
  get beta(): Column {
    return this.#live().beta;
  }

  /**
   * The posterior of one datapoint.
   * @throws RangeError for an index outside the pool
   * @example
   * const pool = new PosteriorPool(3);
   * pool.get(0); // { alpha: 1, beta: 1, mean: 0.5, evidence: 2 }
   */
  get(index: number): Posterior {
    const engine = this.#live();
    if (this.size === 0) throw bad('index', 'no index into an empty pool', index, typeof index === 'number');
    const at = checkInteger('index', index, 0, this.size - 1);
    const alpha = engine.alpha[at] as number;
    const beta = engine.beta[at] as number;
    return { alpha, beta, mean: alpha / (alpha + beta), evidence: alpha + beta };
  }

  /**
   * Adds observations to the posteriors (Eq. 6): alpha' = lambda alpha + (1 - lambda) alpha0 + S, and beta' likewise
   * with K - S; lambda is the `discount` of the batch or, without it, of the pool. In order, once per occurrence of an index; all of the batch or, if anything in it is wrong, none.
   * @throws RangeError, TypeError naming position and value; RangeError where a posterior would leave [1e-3, 2^24]
   * @example
   * const pool = new PosteriorPool(3);
   * pool.update({ indices: [0, 2], successes: [5, 0], trials: 8 });
   * pool.get(2); // { alpha: 1, beta: 9, mean: 0.1, evidence: 10 }
   */
  update(batch: Batch): this {
    const engine = this.#live();
    checkObject('batch', batch);
    const given = checkOptions('batch', batch, ['indices', 'successes', 'trials', 'discount']) as Batch;
    const { discount } = given;
    const lambda = discount === undefined ? this.discount : checkNumber('discount', discount, 0, 1);
    const length = checkObservations(given);
    // Elements with code behind them could call this pool while they are read, so they are read elsewhere.
    const seen = areTyped(given) ? engine.stage(length) : newObservations(length);
    copyObservations(seen, length, given, this.size);
    const refused = engine.update(seen, length, lambda);
    if (refused >= 0) {
      throw new RangeError(
        `"indices[${refused}]" expected an update that stays in [${LEAST}, ${MOST}], got ` +
          `${seen.successes[refused]} of ${seen.trials[refused]} for datapoint ${seen.indices[refused]}`,
      );
    }
    return this;
  }

  /**
   * Scores of the candidates, or of the whole pool, one float32 each, in their order. The array belongs to the caller.
   * @throws RangeError, TypeError for a wrong acquisition, candidate or `out`
   * @example
   * const pool = new PosteriorPool(3);
   * pool.score({ acquisition: { kind: 'inverse-evidence' }, candidates: [0, 2] }); // Float32Array [0.5, 0.5]
   */
  score(options?: ScoreOptions): Scores {
    const engine = this.#live();
    const { acquisition, candidates, out } = checkOptions('options', options, ['acquisition', 'candidates', 'out']);
    const rule = toRule(acquisition);
    const at = candidates === undefined ? undefined : copyCandidates('candidates', candidates, this.size);
    const scores = checkOut(out, at === undefined ? this.size : at.length);
    engine.score(rule, at, scores);
    return (out ?? scores) as Scores;
  }

  /**
   * The `count` datapoints with the largest score (Eq. 17): score falling, then index rising; all of them, sorted,
   * if there are fewer. The arrays belong to the caller.
   * @throws RangeError, TypeError for a wrong count, acquisition, candidate or excluded index
   * @example
   * const pool = new PosteriorPool(100);
   * pool.update({ indices: [7], successes: [3], trials: 8 });
   * pool.select(2).indices; // Uint32Array [0, 1]: less is known of them than of 7
   * pool.select(2, { candidates: { size: 32, seed: 1 } }); // out of 32 at random
   */
  select(count: number, options?: SelectOptions): Selection {
    const engine = this.#live();
    const wanted = checkInteger('count', count, 0, Number.MAX_SAFE_INTEGER);
    const { acquisition, candidates, exclude } = checkOptions('options', options, [
      'acquisition',
      'candidates',
      'exclude',
    ]);
    const rule = toRule(acquisition);
    const excluded = exclude === undefined ? undefined : ascending(copyIndices('exclude', exclude, this.size));
    if (candidates === undefined) {
      const most = this.size - (excluded?.length ?? 0);
      return engine.select(rule, Math.min(wanted, most), undefined, excluded);
    }
    if (!isList(candidates)) {
      const { of, ...set } = this.#candidateSet(candidates, wanted);
      if (of !== this.size) return this.#selectFrom(this.#partOf(of, set), excluded, rule, wanted);
      if (excluded === undefined) return engine.select(rule, Math.min(wanted, set.size), set, undefined);
      return this.#selectFrom(drawCandidates(this.size, set.size, set.seed), excluded, rule, wanted);
    }
    return this.#selectFrom(copyCandidates('candidates', candidates, this.size), excluded, rule, wanted);
  }

  /**
   * Replaces posteriors, for a warm start; an index given twice keeps its last value.
   * @throws RangeError, TypeError; all values or none are set
   * @example
   * const pool = new PosteriorPool(3);
   * pool.set({ indices: [1], alpha: [2.5], beta: [7.5] });
   */
  set(posteriors: Posteriors): this {
    const engine = this.#live();
    checkObject('posteriors', posteriors);
    const given = checkOptions('posteriors', posteriors, ['indices', 'alpha', 'beta']) as Posteriors;
    const at = given.indices === undefined ? undefined : copyIndices('indices', given.indices, this.size);
    const length = at === undefined ? this.size : at.length;
    const alpha = copyColumn('alpha', given.alpha, length);
    const beta = copyColumn('beta', given.beta, length);
    engine.write(at, alpha, beta);
    return this;
  }

  /** Puts datapoints, or the whole pool, back to the prior. */
  reset(indices?: ArrayLike<number>): this {
    const engine = this.#live();
    engine.reset(indices === undefined ? undefined : copyIndices('indices', indices, this.size));
    return this;
  }

  /**
   * A snapshot: prior, discount and both columns, little endian, with checksums: 64 + 8 x size bytes.
   * @example
   * const pool = new PosteriorPool(3);
   * const copy = PosteriorPool.fromBytes(pool.toBytes());
   */
  toBytes(): Bytes {
    const { alpha, beta } = this.#live();
    return encode({ prior: this.prior, discount: this.discount, alpha, beta });
  }

  /** Lets go of the memory; every later call throws DisposedError. */
  dispose(): void {
    this.#engine = undefined;
  }

  #live(): Engine {
    if (this.#engine === undefined) throw new DisposedError('this pool was disposed of');
    return this.#engine;
  }

  #selectFrom(set: Uint32Array, excluded: Uint32Array | undefined, rule: Rule, wanted: number): Selection {
    const at = excluded === undefined ? set : without(set, excluded);
    return this.#live().select(rule, Math.min(wanted, at.length), at, undefined);
  }

  /** The set, and the size of what it is drawn from: the whole if that is known, else what is here. */
  #candidateSet(options: CandidateOptions, count: number): CandidateSet & { readonly of: number } {
    const given = checkOptions('candidates', options, ['size', 'seed', 'of']);
    const seed = checkSeed('candidates.seed', given.seed);
    const of =
      given.of === undefined ? this.size : checkInteger('candidates.of', given.of, this.offset + this.size, MOST_SIZE);
    const { size = Math.min(CANDIDATES_EACH * count, of) } = given;
    return { size: Math.min(checkInteger('candidates.size', size, 0, Number.MAX_SAFE_INTEGER), of), seed, of };
  }

  /** Those of a set drawn out of the whole that are here, by their indices here. */
  #partOf(of: number, { size, seed }: CandidateSet): Uint32Array {
    const isHere = (position: number): boolean => position >= this.offset && position - this.offset < this.size;
    return drawCandidates(of, size, seed)
      .filter(isHere)
      .map((position) => position - this.offset);
  }
}

// `using` needs the well-known symbol, which not every runtime has yet.
const disposeSymbol = (Symbol as { readonly dispose?: symbol }).dispose;
if (disposeSymbol !== undefined) {
  Object.defineProperty(Pool.prototype, disposeSymbol, {
    value(this: Pool): void {
      this.dispose();
    },
    configurable: true,
  });
}

/** Fills a new pool from a snapshot. */
export function load<P extends Pool>(
  bytes: Uint8Array,
  options: LoadOptions | undefined,
  create: (size: number, options: PoolOptions) => P,
): P {
  const { size, offset, engine } = checkOptions('options', options, ['size', 'offset', 'engine']);
  const { prior, discount, alpha, beta } = decode(bytes);
  if (size !== undefined) checkInteger('size', size, alpha.length, MOST_SIZE);
  const pool = create(size ?? alpha.length, { prior, discount, offset, engine });
  return pool.set({ alpha: extend(alpha, pool.size, prior.alpha), beta: extend(beta, pool.size, prior.beta) });
}

/** A column with `value` behind its end. */
function extend(column: Float32Array, size: number, value: number): Float32Array {
  if (column.length === size) return column;
  const longer = new Float32Array(size).fill(value, column.length);
  longer.set(column);
  return longer;
}

function isList(candidates: ArrayLike<number> | CandidateOptions): candidates is ArrayLike<number> {
  return typeof candidates !== 'object' || candidates === null || 'length' in candidates;
}

export function checkEngine(engine: EngineFactory): void {
  if (typeof engine !== 'object' || engine === null || typeof engine.create !== 'function') {
    throw bad('engine', 'an engine, such as referenceEngine', engine, false);
  }
}
