/**
 * The rule that scores a datapoint; every field but `kind` and `seed` has a default. Scores: docs/method.md.
 * Where `seed` is optional, giving one replaces the mean m by a draw phi of the posterior Beta(alpha, beta), a pure
 * function of (seed, index, alpha, beta): Thompson sampling. A new seed changes all scores, so use it with candidates.
 */
export type Acquisition =
  /** w(m) I_K (Eq. 16), the default: `rollouts` 8, `eta` 3, `mu` 0.3. */
  | {
      readonly kind: 'weighted-mutual-information';
      readonly rollouts?: number | undefined;
      readonly eta?: number | undefined;
      readonly mu?: number | undefined;
      /** Draws phi of w(phi) (the paper's Table 4); I_K is not sampled. */
      readonly seed?: number | undefined;
    }
  /** I_K in nats (Eq. 10-13). */
  | { readonly kind: 'mutual-information'; readonly rollouts?: number | undefined }
  /** w(m) = m (1 - m) exp(-eta (m - mu)^2) (Eq. 15). */
  | {
      readonly kind: 'difficulty-weight';
      readonly eta?: number | undefined;
      readonly mu?: number | undefined;
      readonly seed?: number | undefined;
    }
  /** K m (1 - m) / ((n + 1)(n + K)) (Eq. 8, for K rollouts). */
  | { readonly kind: 'variance-reduction'; readonly rollouts?: number | undefined }
  /** 1 / n. */
  | { readonly kind: 'inverse-evidence' }
  /** -|m - target|, `target` 0.5; with a `seed`, Thompson difficulty (MoPPS, arXiv 2507.04632). */
  | {
      readonly kind: 'expected-difficulty';
      readonly target?: number | undefined;
      readonly seed?: number | undefined;
    }
  /** Chance of a group with both successes and failures; `rollouts` >= 2. */
  | { readonly kind: 'non-degenerate'; readonly rollouts?: number | undefined }
  /** E[phi (1 - phi)]. */
  | { readonly kind: 'bernoulli-variance' }
  /** Chance of at least one success. */
  | { readonly kind: 'success-chance'; readonly rollouts?: number | undefined }
  /** Uniform in [0, 1), a pure function of (seed, index). */
  | { readonly kind: 'random'; readonly seed: number };

export type AcquisitionKind = Acquisition['kind'];

/** An acquisition with all its parameters checked and filled in; those its kind does not use are 0, a seed undefined. */
export interface Rule {
  readonly kind: AcquisitionKind;
  readonly rollouts: number;
  readonly eta: number;
  readonly mu: number;
  readonly target: number;
  /** undefined: nothing is drawn. */
  readonly seed: number | undefined;
}

export interface Prior {
  readonly alpha: number;
  readonly beta: number;
}

export interface Posterior {
  readonly alpha: number;
  readonly beta: number;
  /** alpha / (alpha + beta). */
  readonly mean: number;
  /** alpha + beta. */
  readonly evidence: number;
}

// What `from` returns is a view of a plain ArrayBuffer, also for the compilers (5.9) that tell it from a shared one,
// and is written so that those (5.6) which cannot tell read it too.
export type Bytes = ReturnType<Uint8ArrayConstructor['from']>;
export type Indices = ReturnType<Uint32ArrayConstructor['from']>;
export type Scores = ReturnType<Float32ArrayConstructor['from']>;

/** The chosen datapoints, best first; equal scores: lower index first. Both arrays belong to the caller. */
export interface Selection {
  readonly indices: Indices;
  readonly scores: Scores;
}

/** A column that changes as the pool does and must not be written to. */
export type Column = Omit<
  Float32Array,
  'buffer' | 'copyWithin' | 'fill' | 'reverse' | 'set' | 'sort' | 'subarray' | number
> & {
  readonly [index: number]: number;
};

/** The datapoints that `drawCandidates` draws: `size` <= that of the pool. */
export interface CandidateSet {
  readonly size: number;
  readonly seed: number;
}

/** Room for observations: `successes[i]` of `trials[i]` rollouts of datapoint `indices[i]` were right. */
export interface Observations {
  readonly indices: Uint32Array;
  readonly successes: Float32Array;
  readonly trials: Float32Array;
}

/**
 * The state and arithmetic of one pool. All that comes in has been checked and belongs to the engine's caller;
 * indices are in range, candidates strictly ascending.
 */
export interface Engine {
  /** Live views of the columns. */
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  /** Room for `count` observations, to be filled and passed to `update` with no other call between. */
  stage(count: number): Observations;
  /**
   * Applies the first `count` observations in order, or none of them: the position of the first that would leave the
   * domain, or -1. `discount`: what the posteriors keep of older evidence.
   */
  update(observations: Observations, count: number, discount: number): number;
  /** Replaces the posteriors at the indices, or of the whole pool. */
  write(indices: Uint32Array | undefined, alpha: Float32Array, beta: Float32Array): void;
  /** Puts the posteriors at the indices, or of the whole pool, back to the prior. */
  reset(indices: Uint32Array | undefined): void;
  /** Scores the candidates, or the whole pool, into `out`. */
  score(rule: Rule, candidates: Uint32Array | undefined, out: Float32Array): void;
  /** The best `count` <= what there is, out of the candidates, or out of the whole pool without `exclude`. */
  select(
    rule: Rule,
    count: number,
    candidates: Uint32Array | CandidateSet | undefined,
    exclude: Uint32Array | undefined,
  ): Selection;
}

/** Makes engines, and does the same arithmetic without a pool. Pass one as the option `engine`. */
export interface EngineFactory {
  readonly name: string;
  /** `offset`: the place of index 0 in the whole that seeds count in. @throws CapacityError, UnsupportedError */
  create(size: number, prior: Prior, discount: number, offset: number): Engine;
  /** Scores the posteriors of two columns into `out`. */
  score(rule: Rule, alpha: Float32Array, beta: Float32Array, out: Float32Array): void;
  /** Positions of the best `count` <= length, or the position of the first NaN as a number. */
  topK(scores: Float32Array, count: number): Indices | number;
}
