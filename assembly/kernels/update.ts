const LEAST: f64 = 1e-3;
const MOST: f64 = 16777216;

/**
 * Formula: alpha' = lambda alpha + (1 - lambda) alpha0 + S; beta' = lambda beta + (1 - lambda) beta0 + (K - S).
 * Source:  InSight, arXiv 2603.01907, Eq. 6; the discount lambda, Sec. 4.
 * Domain:  successes S <= trials K; all results in [1e-3, 2^24].
 * Error:   float64, left to right, then one rounding to float32: the bits of test/golden/updates.json.
 * Special: in order, once per occurrence. Stops at the first step that would leave the domain, without that step.
 * Cost:    two reads and two writes at a random place an observation.
 * @returns how many observations were applied
 */
export function update(
  count: u32, indicesPtr: usize, successesPtr: usize, trialsPtr: usize, alphaPtr: usize, betaPtr: usize,
  discount: f64, alpha0: f64, beta0: f64,
): u32 {
  const pullAlpha = (1 - discount) * alpha0;
  const pullBeta = (1 - discount) * beta0;
  for (let i: u32 = 0; i < count; i++) {
    const at = <usize>load<u32>(indicesPtr + (<usize>i << 2)) << 2;
    const successes = <f64>load<u16>(successesPtr + (<usize>i << 1));
    const failures = <f64>load<u16>(trialsPtr + (<usize>i << 1)) - successes;
    const alpha = <f32>(discount * <f64>load<f32>(alphaPtr + at) + pullAlpha + successes);
    const beta = <f32>(discount * <f64>load<f32>(betaPtr + at) + pullBeta + failures);
    if (!inDomain(alpha) || !inDomain(beta)) return i;
    store<f32>(alphaPtr + at, alpha);
    store<f32>(betaPtr + at, beta);
  }
  return count;
}

// @ts-ignore: decorator
@inline function inDomain(x: f32): bool {
  return <f64>x >= LEAST && <f64>x <= MOST;
}

/** Copies the float32 values at the given indices of a column to a dense block. */
export function gather(count: u32, indicesPtr: usize, columnPtr: usize, outPtr: usize): void {
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(outPtr + i, load<f32>(columnPtr + (<usize>load<u32>(indicesPtr + i) << 2)));
  }
}
