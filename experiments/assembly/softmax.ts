import { largest, sum } from "./lanes";

/**
 * Formula: e^x = 2^k e^r, k = round(x / ln 2), r = x - k ln 2 in two parts; e^r by its Taylor series of degree 6.
 * Source:  Cody, Waite: Software manual for the elementary functions (1980), for the two parts of ln 2.
 * Domain:  x <= 0.
 * Error:   below 4e-7 relative of the chances that `softmax` makes of it (3.1e-7 seen; test/experiments/grpo.test.ts).
 * Special: e^0 is exactly 1; below -87 the value at -87 (2e-38).
 * Cost:    17 operations, no division.
 */
// @ts-ignore: decorator
@inline export function exp(x: v128): v128 {
  x = f32x4.pmax(f32x4.splat(-87), x);
  const k = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504)));
  let r = f32x4.sub(x, f32x4.mul(k, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(k, f32x4.splat(2.12194440e-4)));
  let p = f32x4.add(f32x4.splat(8.33333377e-3), f32x4.mul(r, f32x4.splat(1.38888892e-3)));
  p = f32x4.add(f32x4.splat(4.16666679e-2), f32x4.mul(r, p));
  p = f32x4.add(f32x4.splat(0.166666672), f32x4.mul(r, p));
  p = f32x4.add(f32x4.splat(0.5), f32x4.mul(r, p));
  p = f32x4.add(f32x4.splat(1), f32x4.mul(r, p));
  p = f32x4.add(f32x4.splat(1), f32x4.mul(r, p));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** Softmax in place of `count` numbers; up to three more behind them are overwritten. */
export function softmax(ptr: usize, count: usize): void {
  const end = ptr + 4 * ((count + 3) & ~3);
  for (let p = ptr + 4 * count; p < end; p += 4) store<f32>(p, -1e30);
  let top = v128.load(ptr);
  for (let p = ptr + 16; p < end; p += 16) top = f32x4.pmax(top, v128.load(p));
  const most = f32x4.splat(largest(top));
  let total = f32x4.splat(0);
  for (let p = ptr; p < end; p += 16) {
    const e = exp(f32x4.sub(v128.load(p), most));
    v128.store(p, e);
    total = f32x4.add(total, e);
  }
  const factor = f32x4.splat(1 / sum(total));
  for (let p = ptr; p < end; p += 16) v128.store(p, f32x4.mul(v128.load(p), factor));
}
