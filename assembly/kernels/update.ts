import { prefetch } from "./prefetch";

const LEAST: f64 = 1e-3;
const MOST: f64 = 16777216;

/**
 * Formula: alpha' = lambda alpha + (1 - lambda) alpha0 + S; beta' = lambda beta + (1 - lambda) beta0 + (K - S).
 * Source:  InSight, arXiv 2603.01907, Eq. 6; the discount lambda, Sec. 4.
 * Domain:  0 <= S <= K <= 65,535, float32 each; all results in [1e-3, 2^24].
 * Error:   float64, left to right, then one rounding to float32: the bits of test/golden/updates.json.
 * Special: in order, once per occurrence. Stops at the first step that would leave the domain, without that step.
 *          What was there before each step is left at `oldAlphaPtr` and `oldBetaPtr`, what is there after it at
 *          `newAlphaPtr` and `newBetaPtr`.
 * Cost:    two reads and two writes at a random place an observation.
 * @returns how many observations were applied
 */
export function update(
  count: u32, indicesPtr: usize, successesPtr: usize, trialsPtr: usize, alphaPtr: usize, betaPtr: usize,
  discount: f64, alpha0: f64, beta0: f64,
  oldAlphaPtr: usize, oldBetaPtr: usize, newAlphaPtr: usize, newBetaPtr: usize,
): u32 {
  const pullAlpha = (1 - discount) * alpha0;
  const pullBeta = (1 - discount) * beta0;
  prefetch(count, indicesPtr, alphaPtr, 2);
  prefetch(count, indicesPtr, betaPtr, 2);
  for (let i: u32 = 0; i < count; i++) {
    const to = <usize>i << 2;
    const at = <usize>load<u32>(indicesPtr + to) << 2;
    const successes = <f64>load<f32>(successesPtr + to);
    const failures = <f64>load<f32>(trialsPtr + to) - successes;
    const oldAlpha = load<f32>(alphaPtr + at);
    const oldBeta = load<f32>(betaPtr + at);
    const alpha = <f32>(discount * <f64>oldAlpha + pullAlpha + successes);
    const beta = <f32>(discount * <f64>oldBeta + pullBeta + failures);
    if (!inDomain(alpha) || !inDomain(beta)) return i;
    store<f32>(oldAlphaPtr + to, oldAlpha);
    store<f32>(oldBetaPtr + to, oldBeta);
    store<f32>(newAlphaPtr + to, alpha);
    store<f32>(newBetaPtr + to, beta);
    store<f32>(alphaPtr + at, alpha);
    store<f32>(betaPtr + at, beta);
  }
  return count;
}

// @ts-ignore: decorator
@inline function inDomain(x: f32): bool {
  return <f64>x >= LEAST && <f64>x <= MOST;
}
