import { gradients, moments1, moments2, PARAMETER_BYTES, weights } from "./layout";
import { refresh } from "./model";

const BETA_1: f32 = 0.9;
const BETA_2: f32 = 0.98;
const EPSILON: f32 = 1e-8;

/** Norm of all gradients, summed in float64. */
export function gradientNorm(): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let k: usize = 0; k < PARAMETER_BYTES; k += 16) {
    const g = v128.load(gradients + k);
    const g0 = f64x2.promote_low_f32x4(g);
    const g1 = f64x2.promote_low_f32x4(v128.shuffle<i64>(g, g, 1, 1));
    low = f64x2.add(low, f64x2.mul(g0, g0));
    high = f64x2.add(high, f64x2.mul(g1, g1));
  }
  const both = f64x2.add(low, high);
  return sqrt<f64>(f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1));
}

/**
 * Formula: m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2; w -= rate (m / c1) / (sqrt(v / c2) + epsilon).
 * Source:  Kingma, Ba: Adam (ICLR 2015), with g scaled to a norm of at most `clip` before.
 * Domain:  c1 = 1 - b1^t and c2 = 1 - b2^t of step t, from the caller.
 * Error:   of float32.
 * Special: leaves the gradients at 0 and the transposed weights up to date.
 * Cost:    two divisions and a square root for four parameters.
 */
export function step(rate: f32, c1: f32, c2: f32, clip: f64): void {
  const norm = gradientNorm();
  const scale = f32x4.splat(norm > clip ? f32(clip / norm) : 1);
  for (let k: usize = 0; k < PARAMETER_BYTES; k += 16) {
    const g = f32x4.mul(scale, v128.load(gradients + k));
    const m = f32x4.add(
      f32x4.mul(f32x4.splat(BETA_1), v128.load(moments1 + k)),
      f32x4.mul(f32x4.splat(1 - BETA_1), g),
    );
    const v = f32x4.add(
      f32x4.mul(f32x4.splat(BETA_2), v128.load(moments2 + k)),
      f32x4.mul(f32x4.splat(1 - BETA_2), f32x4.mul(g, g)),
    );
    v128.store(moments1 + k, m);
    v128.store(moments2 + k, v);
    const root = f32x4.add(f32x4.sqrt(f32x4.div(v, f32x4.splat(c2))), f32x4.splat(EPSILON));
    const change = f32x4.mul(f32x4.splat(rate), f32x4.div(f32x4.div(m, f32x4.splat(c1)), root));
    v128.store(weights + k, f32x4.sub(v128.load(weights + k), change));
  }
  memory.fill(gradients, 0, PARAMETER_BYTES);
  refresh();
}
