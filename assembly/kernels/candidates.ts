import { philoxFrom } from "../math/philox";

/** A hash table of indices + 1, so that 0 is free. */
const TABLE = memory.data(32768 * 4, 16);
/** log2 of how many of its slots are in use: eight for each draw, while there are, so that most probes find a free one. */
let bits: u32 = 0;
const STREAM: u32 = 1;

/**
 * Starts a draw of `total` indices, and forgets those drawn before.
 * Formula: -
 * Source:  `draw`.
 * Domain:  `total` in 1..16,384.
 * Error:   none.
 * Special: -
 * Cost:    up to 128 KB are written.
 */
export function beginDraw(total: u32): void {
  bits = min(15, 35 - clz(total - 1));
  memory.fill(TABLE, 0, 4 << bits);
}

/**
 * Formula: draws `from` to `to` of `total` of a uniform set without replacement of `size` indices, unsorted.
 * Source:  Floyd's algorithm (Bentley, Floyd: A sample of brilliance, CACM 1987); the twin in plain JavaScript:
 *          src/candidates.ts.
 * Domain:  total <= size < 2^32; `from` is a multiple of 8; after `beginDraw`, in order.
 * Error:   none.
 * Special: a pure function of (size, total, seed): draw i takes the top 53 bits of words 0 and 1, or 2 and 3 if it is
 *          odd, of counter i / 2.
 * Cost:    half a Philox block and a probe or two a draw.
 */
export function draw(
  from: u32, to: u32, total: u32, size: u32, seedLow: u32, seedHigh: u32, outPtr: usize,
): void {
  for (let i = from; i < to; i += 8) {
    const words = philoxFrom(i >> 1, STREAM, seedLow, seedHigh);
    for (let j: u32 = 0, draws = min(to - i, 8); j < draws; j++) {
      const ptr = words + (<usize>(j >> 1) << 2) + (<usize>(j & 1) << 5);
      const high = load<u32>(ptr) >> 5;
      const low = load<u32>(ptr, 16) >> 6;
      const last = size - total + i + j;
      let index = <u32>((<f64>high * 67108864 + <f64>low) * 1.1102230246251565e-16 * (<f64>last + 1));
      if (!insert(index)) {
        index = last;
        insert(index);
      }
      store<u32>(outPtr + (<usize>(i - from + j) << 2), index);
    }
  }
}

/** Whether the index was not there yet. */
function insert(index: u32): bool {
  let ptr = TABLE + (<usize>((index * 0x9e3779b1) >> (32 - bits)) << 2);
  for (let held = load<u32>(ptr); held != 0; held = load<u32>(ptr)) {
    if (held == index + 1) return false;
    ptr = ptr + 4 < TABLE + (4 << bits) ? ptr + 4 : TABLE;
  }
  store<u32>(ptr, index + 1);
  return true;
}
