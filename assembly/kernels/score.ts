import { highPair, lowPair, demote, mul, splat } from "../math/lanes";
import { bernoulliVariance, expectedDifficulty, inverseEvidence, varianceReduction } from "./closed-forms";
import { difficultyWeight } from "./difficulty-weight";
import { nonDegenerate, successChance } from "./group-chances";
import { mutualInformation, setRollouts } from "./mutual-information";

// The acquisitions by number, NUMBERS in src/core/rules.ts; 'random' has kernels of its own.
const WEIGHTED_MUTUAL_INFORMATION = 0;
const MUTUAL_INFORMATION = 1;
const DIFFICULTY_WEIGHT = 2;
const VARIANCE_REDUCTION = 3;
const INVERSE_EVIDENCE = 4;
const EXPECTED_DIFFICULTY = 5;
const NON_DEGENERATE = 6;
const BERNOULLI_VARIANCE = 7;
const SUCCESS_CHANCE = 8;

/** Two pairs of mutual information. */
const I = memory.data(32, 16);

/**
 * Scores `count` points, rounded up to a multiple of 4: the columns are padded, so there is no tail.
 * `p` is eta, or the target of expected difficulty; `q` is mu.
 */
export function score(
  kind: i32, alphaPtr: usize, betaPtr: usize, outPtr: usize, count: u32, K: u32, p: f64, q: f64,
): void {
  const pp = splat(kind == EXPECTED_DIFFICULTY ? p : p * -1.4426950408889634); // -eta / ln 2
  const qq = splat(q);
  const bytes = <usize>count << 2;
  if (kind <= MUTUAL_INFORMATION) setRollouts(K);
  for (let i: usize = 0; i < bytes; i += 16) {
    const alpha = v128.load(alphaPtr + i);
    const beta = v128.load(betaPtr + i);
    let low: v128;
    let high: v128;
    if (kind <= MUTUAL_INFORMATION) {
      mutualInformation(lowPair(alpha), lowPair(beta), highPair(alpha), highPair(beta), K, I);
      low = v128.load(I);
      high = v128.load(I, 16);
      if (kind == WEIGHTED_MUTUAL_INFORMATION) {
        low = mul(difficultyWeight(lowPair(alpha), lowPair(beta), pp, qq), low);
        high = mul(difficultyWeight(highPair(alpha), highPair(beta), pp, qq), high);
      }
    } else {
      low = pair(kind, lowPair(alpha), lowPair(beta), K, pp, qq);
      high = pair(kind, highPair(alpha), highPair(beta), K, pp, qq);
    }
    v128.store(outPtr + i, demote(low, high));
  }
}

function pair(kind: i32, alpha: v128, beta: v128, K: u32, p: v128, q: v128): v128 {
  switch (kind) {
    case DIFFICULTY_WEIGHT: return difficultyWeight(alpha, beta, p, q);
    case VARIANCE_REDUCTION: return varianceReduction(alpha, beta, K);
    case INVERSE_EVIDENCE: return inverseEvidence(alpha, beta);
    case EXPECTED_DIFFICULTY: return expectedDifficulty(alpha, beta, p);
    case NON_DEGENERATE: return nonDegenerate(alpha, beta, K);
    case BERNOULLI_VARIANCE: return bernoulliVariance(alpha, beta);
    case SUCCESS_CHANCE: return successChance(alpha, beta, K);
    default: return unreachable();
  }
}
