import { add, div, mul, sub } from "./lanes";

// Constants stand in memory, not in the code: inline v128 constants were measured 1.4 times slower on V8 13.
const BITS = memory.data<u64>([
  0x4330000000000000, 0x4330000000000000, // 2^52
  0x000fffffffffffff, 0x000fffffffffffff, // the fraction field
  0x3ff0000000000000, 0x3ff0000000000000, // 1
  0x00095f6200000000, 0x00095f6200000000, // bits of 1 minus bits of sqrt(1/2), high word
  0x3fe6a09e00000000, 0x3fe6a09e00000000, // sqrt(1/2), high word
], 16);
const REAL = memory.data<f64>([
  4503599627371519.0, 4503599627371519.0, // 2^52 + 1023
  1.4142135623730951, 1.4142135623730951, // sqrt 2
  2.8853900817779268, 2.8853900817779268, // 2 / ln 2
  0.96179827253115060561, 0.96179827253115060561,
  0.57675447534783284275, 0.57675447534783284275,
  0.4309465856053975798, 0.4309465856053975798,
  1.0, 1.0,
], 16);

/**
 * Formula: log2(x / sqrt 2) = k + z (2 / ln 2 + z^2 Q(z^2)), x = 2^k m, 1 <= m < 2, z = (m - sqrt 2) / (m + sqrt 2).
 * Source:  atanh series; Q is a minimax fit of degree 2 (scripts/fit.py). With sqrt 2 put into x by the caller, the
 *          exponent field is k as it stands: the loop of K logarithms is measured a sixth faster.
 * Domain:  positive normal doubles; +Infinity and NaN give a finite number.
 * Error:   8.1e-10 relative to the result for x / sqrt 2 as rounded.
 * Special: x = sqrt 2 gives exactly 0.
 * Cost:    one division, 16 other operations.
 */
// @ts-ignore: decorator
@inline export function log2OverRoot2(x: v128): v128 {
  const m = v128.or(v128.and(x, v128.load(BITS, 16)), v128.load(BITS, 32));
  return add(exponent(x), series(m, v128.load(REAL, 16)));
}

/**
 * Formula: log2 x as above, with m in [sqrt(1/2), sqrt 2) and 1 in place of sqrt 2.
 * Error:   8.1e-10 relative, also next to 1: what a first-order rounding of x sqrt 2 would spoil.
 * Special: log2 1 is exactly 0.
 */
// @ts-ignore: decorator
@inline export function log2(x: v128): v128 {
  const bits = i64x2.add(x, v128.load(BITS, 48));
  const m = i64x2.add(v128.and(bits, v128.load(BITS, 16)), v128.load(BITS, 64));
  return add(exponent(bits), series(m, v128.load(REAL, 96)));
}

// @ts-ignore: decorator
@inline function exponent(bits: v128): v128 {
  return sub(v128.or(i64x2.shr_u(bits, 52), v128.load(BITS)), v128.load(REAL));
}

/** log2(m / center). */
// @ts-ignore: decorator
@inline function series(m: v128, center: v128): v128 {
  const z = div(sub(m, center), add(m, center));
  const w = mul(z, z);
  const q = add(v128.load(REAL, 48), mul(w, add(v128.load(REAL, 64), mul(w, v128.load(REAL, 80)))));
  return mul(z, add(v128.load(REAL, 32), mul(w, q)));
}
