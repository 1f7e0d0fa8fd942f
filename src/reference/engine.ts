import { drawCandidates } from '../candidates.ts';
import { CapacityError } from '../pool-errors.ts';
import { philox, SCORE_STREAM } from '../random.ts';
import type { CandidateSet, Engine, EngineFactory, Indices, Observations, Prior, Rule, Selection } from '../types.ts';
import { LEAST, MOST, newObservations } from '../validate.ts';
import { informationByCells } from './cells.ts';
import {
  bernoulliVariance,
  difficultyWeight,
  distance,
  inverseEvidence,
  nonDegenerate,
  successChance,
  varianceReduction,
  weightOf,
} from './closed-forms.ts';
import { drawRate } from './draws.ts';
import { bestPositions } from './top-k.ts';

/**
 * The scalar twin of the Wasm core in plain JavaScript: the same bits, slower. For pages whose Content-Security-Policy
 * forbids Wasm, for engines without Wasm SIMD, and for reading.
 * @example
 * const pool = new PosteriorPool(3, { engine: referenceEngine });
 */
export const referenceEngine: EngineFactory = {
  name: 'reference',
  create: (size, prior, _discount, offset) => new ReferenceEngine(size, prior, offset),
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

/** The score of one posterior before its rounding to float32; `index` matters where there is a seed, to nothing else. */
function scoreOne(rule: Rule, alpha: number, beta: number, index: number): number {
  const { target, rollouts, seed } = rule;
  switch (rule.kind) {
    case 'weighted-mutual-information':
      return weight(rule, alpha, beta, index) * informationByCells(alpha, beta, rollouts);
    case 'mutual-information':
      return informationByCells(alpha, beta, rollouts);
    case 'difficulty-weight':
      return weight(rule, alpha, beta, index);
    case 'variance-reduction':
      return varianceReduction(alpha, beta, rollouts);
    case 'inverse-evidence':
      return inverseEvidence(alpha, beta);
    case 'expected-difficulty':
      return distance(seed === undefined ? alpha / (alpha + beta) : drawRate(alpha, beta, seed, index).phi, target);
    case 'non-degenerate':
      return nonDegenerate(alpha, beta, rollouts);
    case 'bernoulli-variance':
      return bernoulliVariance(alpha, beta);
    case 'success-chance':
      return successChance(alpha, beta, rollouts);
    case 'random':
      return ((philox(index >>> 2, SCORE_STREAM, seed as number)[index & 3] as number) >>> 8) * 2 ** -24;
  }
}

/** w of the mean or, where there is a seed, of a draw. */
function weight({ eta, mu, seed }: Rule, alpha: number, beta: number, index: number): number {
  if (seed === undefined) return difficultyWeight(alpha, beta, eta, mu);
  const { phi, rest } = drawRate(alpha, beta, seed, index);
  return weightOf(phi, rest, eta, mu);
}

class ReferenceEngine implements Engine {
  readonly alpha: Float32Array;
  readonly beta: Float32Array;
  readonly #prior: Prior;
  readonly #offset: number;

  constructor(size: number, prior: Prior, offset: number) {
    if (size > MOST_SIZE) throw new CapacityError(`the reference engine holds ${MOST_SIZE} datapoints, not ${size}`);
    this.alpha = new Float32Array(size).fill(prior.alpha);
    this.beta = new Float32Array(size).fill(prior.beta);
    this.#prior = prior;
    this.#offset = offset;
  }

  stage(count: number): Observations {
    return newObservations(count);
  }

  update(observations: Observations, count: number, discount: number): number {
    const { alpha, beta } = this;
    const indices = observations.indices.subarray(0, count);
    const alphaBefore = Float32Array.from(indices, (index) => alpha[index] as number);
    const betaBefore = Float32Array.from(indices, (index) => beta[index] as number);
    const pullAlpha = (1 - discount) * this.#prior.alpha;
    const pullBeta = (1 - discount) * this.#prior.beta;
    for (let i = 0; i < count; i++) {
      const at = indices[i] as number;
      const right = observations.successes[i] as number;
      const wrong = (observations.trials[i] as number) - right;
      const nextAlpha = Math.fround(discount * (alpha[at] as number) + pullAlpha + right);
      const nextBeta = Math.fround(discount * (beta[at] as number) + pullBeta + wrong);
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
      out[i] = scoreOne(rule, this.alpha[index] as number, this.beta[index] as number, this.#offset + index);
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
