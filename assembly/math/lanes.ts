// Two float64 lanes under short names, so that polynomials read like formulas.

// @ts-ignore: decorator
@inline export function splat(x: f64): v128 { return f64x2.splat(x); }
// @ts-ignore: decorator
@inline export function add(x: v128, y: v128): v128 { return f64x2.add(x, y); }
// @ts-ignore: decorator
@inline export function sub(x: v128, y: v128): v128 { return f64x2.sub(x, y); }
// @ts-ignore: decorator
@inline export function mul(x: v128, y: v128): v128 { return f64x2.mul(x, y); }
// @ts-ignore: decorator
@inline export function div(x: v128, y: v128): v128 { return f64x2.div(x, y); }

/** Lanes 0 and 1 of four float32, as float64. */
// @ts-ignore: decorator
@inline export function lowPair(x: v128): v128 { return f64x2.promote_low_f32x4(x); }
/** Lanes 2 and 3 of four float32, as float64. */
// @ts-ignore: decorator
@inline export function highPair(x: v128): v128 { return f64x2.promote_low_f32x4(v128.shuffle<i64>(x, x, 1, 1)); }
/** Four float32 from two pairs of float64, each rounded once (to nearest, ties to even). */
// @ts-ignore: decorator
@inline export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<i64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}
