import { add, mul } from "./lanes";

const C = memory.data<f64>([
  0.51291941115045389018, 0.51291941115045389018, // P
  0.99529409357771249385, 0.99529409357771249385,
  0.77939613226145845512, 0.77939613226145845512,
  0.28811975121614930881, 0.28811975121614930881,
  0.04166666979242554657, 0.04166666979242554657,
  8.3456511715881975044, 8.3456511715881975044, // Q, monic
  26.573664699803691098, 26.573664699803691098,
  34.229926338111495807, 34.229926338111495807,
  22.317005077614186375, 22.317005077614186375,
  7.4148789350473211043, 7.4148789350473211043,
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
