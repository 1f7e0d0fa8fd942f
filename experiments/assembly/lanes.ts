// Sums over float32 vectors, in one fixed order.

/** (x0 + x2) + (x1 + x3). */
// @ts-ignore: decorator
@inline export function sum(x: v128): f32 {
  x = f32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1);
}

/** Largest lane. */
// @ts-ignore: decorator
@inline export function largest(x: v128): f32 {
  x = f32x4.pmax(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return max(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1));
}

/** Scalar product of two vectors of 16. */
// @ts-ignore: decorator
@inline export function dot16(x: usize, y: usize): f32 {
  const low = f32x4.add(
    f32x4.mul(v128.load(x), v128.load(y)),
    f32x4.mul(v128.load(x, 16), v128.load(y, 16)),
  );
  const high = f32x4.add(
    f32x4.mul(v128.load(x, 32), v128.load(y, 32)),
    f32x4.mul(v128.load(x, 48), v128.load(y, 48)),
  );
  return sum(f32x4.add(low, high));
}

/** y += factor x, of 16. */
// @ts-ignore: decorator
@inline export function add16(y: usize, factor: f32, x: usize): void {
  const f = f32x4.splat(factor);
  v128.store(y, f32x4.add(v128.load(y), f32x4.mul(f, v128.load(x))));
  v128.store(y, f32x4.add(v128.load(y, 16), f32x4.mul(f, v128.load(x, 16))), 16);
  v128.store(y, f32x4.add(v128.load(y, 32), f32x4.mul(f, v128.load(x, 32))), 32);
  v128.store(y, f32x4.add(v128.load(y, 48), f32x4.mul(f, v128.load(x, 48))), 48);
}
