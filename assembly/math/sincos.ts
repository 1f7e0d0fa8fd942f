import { add, mul } from "./lanes";

const C = memory.data<f64>([
  1.4629180792671596e-9, // 2 pi / 2^32
  1.0, // of sin, by powers of t^2
  -0.16666666666666666,
  0.008333333333333333,
  -0.0001984126984126984,
  0.0000027557319223985893,
  -2.505210838544172e-8,
  1.0, // of cos
  -0.5,
  0.041666666666666664,
  -0.001388888888888889,
  0.0000248015873015873,
  -2.755731922398589e-7,
  2.08767569878681e-9,
], 16);

/**
 * Formula: sin t = t S(t^2), cos t = C(t^2), t = 2 pi turn / 2^32.
 * Source:  Taylor series to t^11 and t^12. The caller takes whole quarters of a turn off.
 * Domain:  turn in [-2^29, 2^29): t in [-pi / 4, pi / 4).
 * Error:   1e-11 relative of sin, 5e-13 of cos.
 * Special: -
 * Cost:    12 multiplications or additions each.
 */
// @ts-ignore: decorator
@inline export function angleOf(turn: v128): v128 { return mul(turn, v128.load64_splat(C)); }

/** sin t, t^2 given. */
// @ts-ignore: decorator
@inline export function sine(t: v128, tt: v128): v128 {
  let sum = add(v128.load64_splat(C, 40), mul(tt, v128.load64_splat(C, 48)));
  sum = add(v128.load64_splat(C, 32), mul(tt, sum));
  sum = add(v128.load64_splat(C, 24), mul(tt, sum));
  sum = add(v128.load64_splat(C, 16), mul(tt, sum));
  return mul(t, add(v128.load64_splat(C, 8), mul(tt, sum)));
}

/** cos t, t^2 given. */
// @ts-ignore: decorator
@inline export function cosine(tt: v128): v128 {
  let sum = add(v128.load64_splat(C, 96), mul(tt, v128.load64_splat(C, 104)));
  sum = add(v128.load64_splat(C, 88), mul(tt, sum));
  sum = add(v128.load64_splat(C, 80), mul(tt, sum));
  sum = add(v128.load64_splat(C, 72), mul(tt, sum));
  sum = add(v128.load64_splat(C, 64), mul(tt, sum));
  return add(v128.load64_splat(C, 56), mul(tt, sum));
}
