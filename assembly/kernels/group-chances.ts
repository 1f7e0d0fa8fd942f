// What a group of K rollouts will look like. Both are sums over the rollout that first makes the difference: every
// term is positive, so nothing cancels, as it would in 1 - (alpha)_K / (n)_K - (beta)_K / (n)_K.
// Domain: alpha, beta in [1e-3, 2^24]. Error: 2e-14 relative at K = 64. Cost: K divisions.
// The twin in plain JavaScript, step for step: src/reference/closed-forms.ts.
import { add, div, mul, splat } from "../math/lanes";

/**
 * Formula: 1 - (alpha)_K / (n)_K - (beta)_K / (n)_K, the chance of a group with both successes and failures.
 * Source:  MaPP-PS (2026).
 * Special: +0 for K = 1; symmetric.
 */
// @ts-ignore: decorator
@inline export function nonDegenerate(alpha: v128, beta: v128, K: u32): v128 {
  const n = add(alpha, beta);
  let all = div(alpha, n); // only successes so far
  let none = div(beta, n); // only failures so far
  let mixed = splat(0);
  for (let k: u32 = 1; k < K; k++) {
    const i = splat(<f64>k);
    const q = div(splat(1), add(n, i));
    mixed = add(mixed, mul(add(mul(all, beta), mul(none, alpha)), q));
    all = mul(all, mul(add(alpha, i), q));
    none = mul(none, mul(add(beta, i), q));
  }
  return mixed;
}

/**
 * Formula: 1 - (beta)_K / (n)_K, the chance of at least one success.
 * Source:  HORA (2026).
 */
// @ts-ignore: decorator
@inline export function successChance(alpha: v128, beta: v128, K: u32): v128 {
  const n = add(alpha, beta);
  let some = div(alpha, n);
  let none = div(beta, n);
  for (let k: u32 = 1; k < K; k++) {
    const i = splat(<f64>k);
    const q = div(splat(1), add(n, i));
    some = add(some, mul(mul(none, alpha), q));
    none = mul(none, mul(add(beta, i), q));
  }
  return some;
}
