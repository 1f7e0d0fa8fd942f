import { add, mul, sub } from "./lanes";

const C = memory.data<f64>([
  -1000.0, -1000.0,
  6755399441055744.0, 6755399441055744.0, // 1.5 * 2^52: adding it rounds to an integer
  1.0, 1.0,
  0.6931471807045373717, 0.6931471807045373717,
  0.24022651066567666972, 0.24022651066567666972,
  0.055504103659767994628, 0.055504103659767994628,
  0.0096180381313016935584, 0.0096180381313016935584,
  0.0013333935066182374367, 0.0013333935066182374367,
  0.000154667565210608684, 0.000154667565210608684,
  0.000015196154288647625194, 0.000015196154288647625194,
], 16);

/**
 * Formula: 2^x = 2^k (1 + r Q(r)), k = round x, r = x - k.
 * Source:  Q is a minimax fit of degree 6 (scripts/fit.py), by Estrin's scheme.
 * Domain:  x <= 0.
 * Error:   4.7e-11 relative.
 * Special: 2^0 is exactly 1; below -1000 the value at -1000 (1e-301), far below float32.
 * Cost:    20 operations, no division.
 */
// @ts-ignore: decorator
@inline export function exp2(x: v128): v128 {
  x = f64x2.pmax(v128.load(C), x);
  const shifted = add(x, v128.load(C, 16));
  const r = sub(x, sub(shifted, v128.load(C, 16)));
  const rr = mul(r, r);
  const low = add(v128.load(C, 48), mul(r, v128.load(C, 64)));
  const middle = add(v128.load(C, 80), mul(r, v128.load(C, 96)));
  const high = add(add(v128.load(C, 112), mul(r, v128.load(C, 128))), mul(rr, v128.load(C, 144)));
  const q = add(low, mul(rr, add(middle, mul(rr, high))));
  const one = v128.load(C, 32);
  return mul(add(one, mul(r, q)), i64x2.add(i64x2.shl(shifted, 52), one)); // 2^k by its bits
}
