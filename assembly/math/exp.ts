import { add, mul, sub } from "./lanes";

const C = memory.data<f64>([
  -700.0, -700.0,
  1.4426950408889634, 1.4426950408889634, // log2 e
  6755399441055744.0, 6755399441055744.0, // 1.5 * 2^52: adding it rounds to an integer
  0.6931471805599453, 0.6931471805599453, // ln 2
  1.0, 1.0,
  0.50000000676858378011, 0.50000000676858378011,
  0.16666665868935160084, 0.16666665868935160084,
  0.041666294936878816897, 0.041666294936878816897,
  0.0083334970695898035085, 0.0083334970695898035085,
  0.0013944660257744649654, 0.0013944660257744649654,
  0.0001979034627268709524, 0.0001979034627268709524,
], 16);

/**
 * Formula: e^x = 2^k (1 + r + r^2 Q(r)), k = round(x / ln 2), r = x - k ln 2.
 * Source:  Taylor's shape; Q is a minimax fit of degree 5 (scripts/fit.py).
 * Domain:  x <= 0.
 * Error:   5.2e-11 relative down to x = -104, where float32 ends; 1e-12 more at -700.
 * Special: e^0 is exactly 1; below -700 the value at -700 (1e-304).
 * Cost:    18 multiplications or additions, no division.
 */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f64x2.pmax(v128.load(C), x);
  const shifted = add(mul(x, v128.load(C, 16)), v128.load(C, 32));
  const r = sub(x, mul(sub(shifted, v128.load(C, 32)), v128.load(C, 48)));
  let q = add(v128.load(C, 144), mul(r, v128.load(C, 160)));
  q = add(v128.load(C, 128), mul(r, q));
  q = add(v128.load(C, 112), mul(r, q));
  q = add(v128.load(C, 96), mul(r, q));
  q = add(v128.load(C, 80), mul(r, q));
  const one = v128.load(C, 64);
  const fraction = add(one, add(r, mul(mul(r, r), q)));
  return mul(fraction, i64x2.add(i64x2.shl(shifted, 52), one)); // 2^k by its bits
}
