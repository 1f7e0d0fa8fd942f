import { drawCandidates } from '../candidates.ts';
import { CapacityError } from '../errors.ts';
import { philox, SCORE_STREAM } from '../random.ts';
import type { CandidateSet, Engine, EngineFactory, Indices, Prior, Rule, Selection } from '../types.ts';
import { LEAST, MOST } from '../validate.ts';
import {
  bernoulliVariance,
  difficultyWeight,
  expectedDifficulty,
  inverseEvidence,
  nonDegenerate,
  successChance,
  varianceReduction,
} from './closed-forms.ts';
import { mutualInformation } from './mutual-information.ts';
import { bestPositions } from './top-k.ts';

/**
 * The scalar twin of the Wasm core in plain JavaScript: the same bits, slower. For pages whose Content-Security-Policy
 * forbids Wasm, for engines without Wasm SIMD, and for reading.
 * @example
 * const pool = new PosteriorPool(3, { engine: referenceEngine });
 */
export const referenceEngine: EngineFactory = {
  name: 'reference',
  create: (size, prior, discount) => new ReferenceEngine(size, prior, discount),
  score(rule, alpha, beta, out) {
    for (let i = 0; i < out.length; i++) out[i] = scoreOne(rule, alpha[i] as number, beta[i] as number, i);
  },
  topK(scores, count): Indices | number {
    const wrong = scores.findIndex(Number.isNaN);
    return wrong >= 0 ? wrong : bestPositions(scores, count);
  },
};

/** 2 GiB of columns, which every runtime grants. */
const MOST_SIZE = 2 ** 28;

/** The score of one posterior before its rounding to float32; `index` matters to seeded kinds alone. */
function scoreOne(rule: Rule, alpha: number, beta: number, index: number): number {
  switch (rule.kind) {
    case 'weighted-mutual-information':
      return difficultyWeight(alpha, beta, rule.eta, rule.mu) * mutualInformation(alpha, beta, rule.rollouts);
    case 'mutual-information':
      return mutualInformation(alpha, beta, rule.rollouts);
    case 'difficulty-weight':
      return difficultyWeight(alpha, beta, rule.eta, rule.mu);
    case 'variance-reduction':
      return varianceReduction(alpha, beta, rule.rollouts);
    case 'inverse-evidence':
      return inverseEvidence(alpha, beta);
    case 'expected-difficulty':
      return expectedDifficulty(alpha, beta, rule.target);
    case 'non-degenerate':
      return nonDegenerate(alpha, beta, rule.rollouts);
    case 'bernoulli-variance':
      return bernoulliVariance(alpha, beta);
    case 'success-chance':
      return successChance(alpha, beta, rule.rollouts);
    case 'random':
      return ((philox(index >>> 2, SCORE_STREAM, rule.seed as number)[index & 3] as number) >>> 8) * 2 ** -24;
  }
}

class ReferenceEngine implements Engine {
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly #prior: Prior;
  readonly #discount: number;

  constructor(size: number, prior: Prior, discount: number) {
    if (size > MOST_SIZE) throw new CapacityError(`the reference engine holds ${MOST_SIZE} datapoints, not ${size}`);
    this.alpha = new Float32Array(size).fill(prior.alpha);
    this.beta = new Float32Array(size).fill(prior.beta);
    this.#prior = prior;
    this.#discount = discount;
  }

  update(indices: Uint32Array, successes: Uint16Array, trials: Uint16Array): number {
    const { alpha, beta } = this;
    const alphaBefore = Float32Array.from(indices, (index) => alpha[index] as number);
    const betaBefore = Float32Array.from(indices, (index) => beta[index] as number);
    const pullAlpha = (1 - this.#discount) * this.#prior.alpha;
    const pullBeta = (1 - this.#discount) * this.#prior.beta;
    for (let i = 0; i < indices.length; i++) {
      const at = indices[i] as number;
      const right = successes[i] as number;
      const wrong = (trials[i] as number) - right;
      const nextAlpha = Math.fround(this.#discount * (alpha[at] as number) + pullAlpha + right);
      const nextBeta = Math.fround(this.#discount * (beta[at] as number) + pullBeta + wrong);
      if (!inDomain(nextAlpha) || !inDomain(nextBeta)) {
        this.write(indices, alphaBefore, betaBefore);
        return i;
      }
      alpha[at] = nextAlpha;
      beta[at] = nextBeta;
    }
    return -1;
  }

  write(indices: Uint32Array | undefined, alpha: Float32Array, beta: Float32Array): void {
    if (indices === undefined) {
      this.alpha.set(alpha);
      this.beta.set(beta);
    } else {
      indices.forEach((index, i) => {
        this.alpha[index] = alpha[i] as number;
        this.beta[index] = beta[i] as number;
      });
    }
  }

  reset(indices: Uint32Array | undefined): void {
    const all = indices ?? this.alpha.keys();
    for (const index of all) {
      this.alpha[index] = this.#prior.alpha;
      this.beta[index] = this.#prior.beta;
    }
  }

  score(rule: Rule, candidates: Uint32Array | undefined, out: Float32Array): void {
    for (let i = 0; i < out.length; i++) {
      const index = candidates === undefined ? i : (candidates[i] as number);
      out[i] = scoreOne(rule, this.alpha[index] as number, this.beta[index] as number, index);
    }
  }

  select(
    rule: Rule,
    count: number,
    from: Uint32Array | CandidateSet | undefined,
    exclude: Uint32Array | undefined,
  ): Selection {
    const candidates =
      from === undefined || from instanceof Uint32Array
        ? from
        : drawCandidates(this.alpha.length, from.size, from.seed);
    const scores = new Float32Array(candidates === undefined ? this.alpha.length : candidates.length);
    this.score(rule, candidates, scores);
    for (const index of exclude ?? []) scores[index] = Number.NaN; // no NaN is selected
    const positions = bestPositions(scores, count);
    return {
      indices: candidates === undefined ? positions : positions.map((position) => candidates[position] as number),
      scores: Float32Array.from(positions, (position) => scores[position] as number),
    };
  }
}

const inDomain = (x: number): boolean => x >= LEAST && x <= MOST;
