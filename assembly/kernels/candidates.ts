import { philox } from "../math/philox";

/** Slots of the hash table, a power of two; the table holds indices + 1, so that 0 is free. */
const SLOTS: u32 = 32768;
const TABLE = memory.data(32768 * 4, 16);
const STREAM: u32 = 1;

/** Forgets the indices drawn so far. */
export function beginDraw(): void {
  memory.fill(TABLE, 0, SLOTS << 2);
}

/**
 * Formula: draws `from` to `to` of `total` <= 16,384 of a uniform set without replacement of `size` indices, unsorted.
 * Source:  Floyd's algorithm (Bentley, Floyd: A sample of brilliance, CACM 1987); the twin in plain JavaScript:
 *          src/candidates.ts.
 * Special: a pure function of (size, total, seed): draw i takes the top 53 bits of words 0 and 1 of counter i.
 * Cost:    a Philox block and a probe or two a draw.
 */
export function draw(
  from: u32, to: u32, total: u32, size: u32, seedLow: u32, seedHigh: u32, outPtr: usize,
): void {
  for (let i = from; i < to; i++) {
    const words = philox(i, STREAM, seedLow, seedHigh);
    const high = load<u32>(words) >> 5;
    const low = load<u32>(words, 4) >> 6;
    const last = size - total + i;
    let index = <u32>((<f64>high * 67108864 + <f64>low) * 1.1102230246251565e-16 * (<f64>last + 1));
    if (!insert(index)) {
      index = last;
      insert(index);
    }
    store<u32>(outPtr + (<usize>(i - from) << 2), index);
  }
}

/** Whether the index was not there yet. */
function insert(index: u32): bool {
  let ptr = TABLE + (<usize>((index * 0x9e3779b1) >> 17) << 2);
  for (let held = load<u32>(ptr); held != 0; held = load<u32>(ptr)) {
    if (held == index + 1) return false;
    ptr = ptr + 4 < TABLE + (SLOTS << 2) ? ptr + 4 : TABLE;
  }
  store<u32>(ptr, index + 1);
  return true;
}
