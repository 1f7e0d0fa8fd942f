import { exp } from "../math/exp";
import { add, div, mul, splat, sub } from "../math/lanes";

/**
 * Formula: w(m) = m (1 - m) exp(-eta (m - mu)^2), m = alpha / n, 1 - m = beta / n, n = alpha + beta.
 * Source:  InSight, arXiv 2603.01907, Eq. 15 and App. D.
 * Domain:  alpha, beta in [1e-3, 2^24], eta in [0, 1e4], mu in [0, 1].
 * Error:   5.3e-11 relative, until the result leaves the range of float32.
 * Special: 1 - m is never computed by subtraction: that would lose all of a small beta.
 * Cost:    two divisions and an exponential.
 */
// @ts-ignore: decorator
@inline export function difficultyWeight(alpha: v128, beta: v128, eta: v128, mu: v128): v128 {
  const n = add(alpha, beta);
  const m = div(alpha, n);
  const d = sub(m, mu);
  return mul(mul(m, div(beta, n)), exp(sub(splat(0), mul(eta, mul(d, d)))));
}
