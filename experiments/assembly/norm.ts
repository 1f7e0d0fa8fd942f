import { ROW, WIDTH } from "./layout";
import { sum } from "./lanes";

const EPSILON: f32 = 1e-5;

/** 1 / sqrt(mean of squares + epsilon) of a row. */
// @ts-ignore: decorator
@inline function scaleOf(x: usize): f32 {
  let squares = f32x4.splat(0);
  for (let k: usize = 0; k < ROW; k += 16) {
    const v = v128.load(x + k);
    squares = f32x4.add(squares, f32x4.mul(v, v));
  }
  return 1 / sqrt<f32>(sum(squares) / <f32>WIDTH + EPSILON);
}

/** RMS norm: y = gain x s, s = 1 / sqrt(mean of x^2 + epsilon), row by row. */
export function normalise(y: usize, x: usize, gain: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++, x += ROW, y += ROW) {
    const s = f32x4.splat(scaleOf(x));
    for (let k: usize = 0; k < ROW; k += 16) {
      v128.store(y + k, f32x4.mul(f32x4.mul(v128.load(x + k), s), v128.load(gain + k)));
    }
  }
}

/**
 * The way back: dx += s g dy - x s^3 / WIDTH sum(g dy x) and dGain += dy x s. The scale is computed again, which costs
 * less than to keep it.
 */
export function normaliseBack(dx: usize, dGain: usize, dy: usize, x: usize, gain: usize, rows: usize): void {
  for (let i: usize = 0; i < rows; i++, x += ROW, dy += ROW, dx += ROW) {
    const scale = scaleOf(x);
    const s = f32x4.splat(scale);
    let along = f32x4.splat(0);
    for (let k: usize = 0; k < ROW; k += 16) {
      const dyx = f32x4.mul(v128.load(dy + k), v128.load(x + k));
      along = f32x4.add(along, f32x4.mul(v128.load(gain + k), dyx));
      v128.store(dGain + k, f32x4.add(v128.load(dGain + k), f32x4.mul(dyx, s)));
    }
    const t = f32x4.splat((scale * scale * scale * sum(along)) / <f32>WIDTH);
    for (let k: usize = 0; k < ROW; k += 16) {
      const direct = f32x4.mul(f32x4.mul(v128.load(gain + k), v128.load(dy + k)), s);
      const change = f32x4.sub(direct, f32x4.mul(v128.load(x + k), t));
      v128.store(dx + k, f32x4.add(v128.load(dx + k), change));
    }
  }
}
