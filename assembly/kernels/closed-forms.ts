// The acquisitions with a closed form of a few operations, a pair of points at a time.
// Domain of all: alpha, beta in [1e-3, 2^24]. Error of all: at most 1e-15 relative before the rounding to float32.
// The twin in plain JavaScript, step for step: src/reference/closed-forms.ts.
import { add, div, mul, splat, sub } from "../math/lanes";

/**
 * Formula: K m (1 - m) / ((n + 1) (n + K)), the expected drop of the variance of the success rate.
 * Source:  InSight, arXiv 2603.01907, Eq. 8; derived for K rollouts.
 */
// @ts-ignore: decorator
@inline export function varianceReduction(alpha: v128, beta: v128, K: u32): v128 {
  const n = add(alpha, beta);
  const k = splat(<f64>K);
  const spread = mul(div(alpha, n), div(beta, n));
  return div(mul(k, spread), mul(add(n, splat(1)), add(n, k)));
}

/** Formula: 1 / n. Source: InSight, Sec. 6, baseline. */
// @ts-ignore: decorator
@inline export function inverseEvidence(alpha: v128, beta: v128): v128 {
  return div(splat(1), add(alpha, beta));
}

/**
 * Formula: -|m - target|. Source: InSight, Sec. 6, baseline.
 * Special: +0 at the target. The difference cancels next to it: 1e-15 absolute.
 */
// @ts-ignore: decorator
@inline export function expectedDifficulty(alpha: v128, beta: v128, target: v128): v128 {
  return sub(splat(0), f64x2.abs(sub(div(alpha, add(alpha, beta)), target)));
}

/** Formula: alpha beta / (n (n + 1)) = E[phi (1 - phi)]. Source: CERO (2026). */
// @ts-ignore: decorator
@inline export function bernoulliVariance(alpha: v128, beta: v128): v128 {
  const n = add(alpha, beta);
  return div(mul(alpha, beta), mul(n, add(n, splat(1))));
}
