import { highPair, lowPair, demote, splat } from "../math/lanes";
import { bernoulliVariance, expectedDifficulty, inverseEvidence, varianceReduction } from "./closed-forms";
import { difficultyWeight } from "./difficulty-weight";
import { nonDegenerate, successChance } from "./group-chances";
import {
  BERNOULLI_VARIANCE, DIFFICULTY_WEIGHT, EXPECTED_DIFFICULTY, INVERSE_EVIDENCE, NON_DEGENERATE, SUCCESS_CHANCE,
  VARIANCE_REDUCTION,
} from "./kinds";

/**
 * Formula: the score of each posterior under a kind without mutual information; `p` is eta, or the target of expected
 *          difficulty, `q` is mu.
 * Source:  closed-forms.ts, difficulty-weight.ts, group-chances.ts.
 * Domain:  alpha, beta in [1e-3, 2^24]; K in 1..256 where the kind has rollouts. `count` is rounded up to a multiple of
 *          4: columns are padded.
 * Error:   that of the kind before the rounding to float32.
 * Special: traps for a kind that has no closed form.
 * Cost:    that of the kind.
 */
export function score(
  kind: i32, alphaPtr: usize, betaPtr: usize, outPtr: usize, count: u32, K: u32, p: f64, q: f64,
): void {
  const pp = splat(kind == EXPECTED_DIFFICULTY ? p : p * -1.4426950408889634); // -eta / ln 2
  const qq = splat(q);
  const bytes = <usize>count << 2;
  for (let i: usize = 0; i < bytes; i += 16) {
    const alpha = v128.load(alphaPtr + i);
    const beta = v128.load(betaPtr + i);
    const low = pair(kind, lowPair(alpha), lowPair(beta), K, pp, qq);
    const high = pair(kind, highPair(alpha), highPair(beta), K, pp, qq);
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
