import { add, mul } from "./lanes";

const C = memory.data<f64>([
  0.5129200156872813575, 0.5129200156872813575, // P
  0.99529521125433854504, 0.99529521125433854504,
  0.7793968943781273344, 0.7793968943781273344,
  0.28811994654531232917, 0.28811994654531232917,
  0.041666669792078628772, 0.041666669792078628772,
  8.3456610079346581468, 8.3456610079346581468, // Q, monic
  26.573695118829091065, 26.573695118829091065,
  34.22996301406790748, 34.22996301406790748,
  22.317025715862581255, 22.317025715862581255,
  7.4148836226221984206, 7.4148836226221984206,
], 16);

/**
 * Formula: E(x) = exp(psi(x + 1)) = x + 1/2 + P(x) / Q(x). This is P, degree 4.
 * Source:  method notes, E-form; minimax fit of E(x) - x - 1/2 (scripts/fit.py).
 * Domain:  0 <= x <= 2^25.
 * Error:   of P / Q: 1.4e-11 absolute.
 * Special: P / Q falls from 0.0615 at 0 to 1 / (24 x).
 * Cost:    8 multiplications or additions (Estrin's scheme: half the latency of Horner's).
 */
// @ts-ignore: decorator
@inline export function numerator(x: v128, xx: v128): v128 {
  const low = add(v128.load(C), mul(x, v128.load(C, 16)));
  const high = add(v128.load(C, 32), mul(x, v128.load(C, 48)));
  return add(low, mul(xx, add(high, mul(xx, v128.load(C, 64)))));
}

/** Q of the same fit, degree 5, monic. */
// @ts-ignore: decorator
@inline export function denominator(x: v128, xx: v128): v128 {
  const low = add(v128.load(C, 80), mul(x, v128.load(C, 96)));
  const high = add(v128.load(C, 112), mul(x, v128.load(C, 128)));
  return add(low, mul(xx, add(high, mul(xx, add(v128.load(C, 144), x)))));
}
