import { CHANCES_ROW, HEAD_WIDTH, HEADS, MOST_LENGTH, QKV_ROW, ROW, WIDTH } from "./layout";
import { add16, dot16 } from "./lanes";
import { softmax } from "./softmax";

const SCALE: f32 = 0.25; // 1 / sqrt(HEAD_WIDTH)
const HEAD_BYTES: usize = 4 * HEAD_WIDTH;
const KEY: usize = 4 * WIDTH; // from a query to its key, from a key to its value

/** Room for the derivatives of one row of chances. */
const dChances = memory.data(4 * <i32>MOST_LENGTH, 16);

/**
 * What one position takes from the `count` positions that end with it, of all heads: softmax(q k / 4) v. The rows of
 * queries, keys and values of these positions stand one after the other from `first` on.
 */
export function attend(out: usize, chances: usize, first: usize, count: usize): void {
  const q = first + (count - 1) * QKV_ROW;
  for (let head: usize = 0; head < HEADS; head++) {
    const at = head * HEAD_BYTES;
    for (let s: usize = 0; s < count; s++) {
      store<f32>(chances + 4 * s, SCALE * dot16(q + at, first + s * QKV_ROW + KEY + at));
    }
    softmax(chances, count);
    memory.fill(out + at, 0, HEAD_BYTES);
    for (let s: usize = 0; s < count; s++) {
      add16(out + at, load<f32>(chances + 4 * s), first + s * QKV_ROW + 2 * KEY + at);
    }
    chances += CHANCES_ROW;
  }
}

/** The way back, for the same position: adds to the gradients of the rows from `dFirst` on. */
export function attendBack(dFirst: usize, dOut: usize, chances: usize, first: usize, count: usize): void {
  const q = first + (count - 1) * QKV_ROW;
  const dq = dFirst + (count - 1) * QKV_ROW;
  for (let head: usize = 0; head < HEADS; head++) {
    const at = head * HEAD_BYTES;
    let mean: f32 = 0;
    for (let s: usize = 0; s < count; s++) {
      const p = load<f32>(chances + 4 * s);
      const d = dot16(dOut + at, first + s * QKV_ROW + 2 * KEY + at);
      store<f32>(dChances + 4 * s, d);
      mean += p * d;
      add16(dFirst + s * QKV_ROW + 2 * KEY + at, p, dOut + at);
    }
    for (let s: usize = 0; s < count; s++) {
      const d = SCALE * load<f32>(chances + 4 * s) * (load<f32>(dChances + 4 * s) - mean);
      add16(dq + at, d, first + s * QKV_ROW + KEY + at);
      add16(dFirst + s * QKV_ROW + KEY + at, d, q + at);
    }
    chances += CHANCES_ROW;
  }
}

/** All positions of `count` sequences of `length`. */
export function attendAll(out: usize, chances: usize, qkv: usize, count: usize, length: usize): void {
  for (let sequence: usize = 0; sequence < count; sequence++, qkv += length * QKV_ROW) {
    for (let t: usize = 0; t < length; t++, out += ROW, chances += HEADS * CHANCES_ROW) {
      attend(out, chances, qkv, t + 1);
    }
  }
}

/** The way back of all positions; overwrites `dQkv`. */
export function attendAllBack(dQkv: usize, dOut: usize, chances: usize, qkv: usize, count: usize, length: usize): void {
  memory.fill(dQkv, 0, count * length * QKV_ROW);
  for (let sequence: usize = 0; sequence < count; sequence++, qkv += length * QKV_ROW, dQkv += length * QKV_ROW) {
    for (let t: usize = 0; t < length; t++, dOut += ROW, chances += HEADS * CHANCES_ROW) {
      attendBack(dQkv, dOut, chances, qkv, t + 1);
    }
  }
}
