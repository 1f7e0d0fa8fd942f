import { exp2 } from "../math/exp2";
import { add, div, mul, sub } from "../math/lanes";

const ONE = memory.data<f64>([1.0, 1.0], 16);

/**
 * Formula: w(m) = m (1 - m) exp(-eta (m - mu)^2), m = alpha / n, 1 - m = beta / n, n = alpha + beta.
 * Source:  InSight, arXiv 2603.01907, Eq. 15 and App. D. `steepness` is -eta / ln 2, for a power of 2.
 * Domain:  alpha, beta in [1e-3, 2^24], eta in [0, 1e4], mu in [0, 1].
 * Error:   4.8e-11 relative, until the result leaves the range of float32.
 * Special: 1 - m is never computed by subtraction: that would lose all of a small beta.
 * Cost:    a division and a power of 2.
 */
// @ts-ignore: decorator
@inline export function difficultyWeight(alpha: v128, beta: v128, steepness: v128, mu: v128): v128 {
  const q = div(v128.load(ONE), add(alpha, beta));
  return weightOf(mul(alpha, q), mul(beta, q), steepness, mu);
}

/** The same where m and 1 - m are known. */
// @ts-ignore: decorator
@inline export function weightOf(m: v128, rest: v128, steepness: v128, mu: v128): v128 {
  const d = sub(m, mu);
  return mul(mul(m, rest), exp2(mul(steepness, mul(d, d))));
}
