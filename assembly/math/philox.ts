const W4 = memory.data(64, 16);

/**
 * Formula: Philox4x32-10: ten rounds over a 128-bit counter with a 64-bit key; four words of 32 random bits. Here for
 *          four counters side by side: four times word 0, then four times word 1, and so on.
 * Source:  Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
 * Domain:  counters (c0, c1, 0, stream), four c0 at `countersPtr`; key (k0, k1).
 * Error:   none.
 * Special: returns the address of the 16 words, which the next call overwrites.
 * Cost:    80 multiplications, two at a time.
 */
export function philoxOfFour(countersPtr: usize, c1: u32, stream: u32, k0: u32, k1: u32): usize {
  const m = i32x4.splat(0xd2511f53);
  const n = i32x4.splat(0xcd9e8d57);
  let x0 = v128.load(countersPtr);
  let x1 = i32x4.splat(c1);
  let x2 = i32x4.splat(0);
  let x3 = i32x4.splat(stream);
  for (let round = 0; round < 10; round++) {
    const pLow = i64x2.extmul_low_i32x4_u(x0, m);
    const pHigh = i64x2.extmul_high_i32x4_u(x0, m);
    const qLow = i64x2.extmul_low_i32x4_u(x2, n);
    const qHigh = i64x2.extmul_high_i32x4_u(x2, n);
    x0 = v128.xor(v128.xor(v128.shuffle<i32>(qLow, qHigh, 1, 3, 5, 7), x1), i32x4.splat(k0));
    x1 = v128.shuffle<i32>(qLow, qHigh, 0, 2, 4, 6);
    x2 = v128.xor(v128.xor(v128.shuffle<i32>(pLow, pHigh, 1, 3, 5, 7), x3), i32x4.splat(k1));
    x3 = v128.shuffle<i32>(pLow, pHigh, 0, 2, 4, 6);
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  v128.store(W4, x0);
  v128.store(W4, x1, 16);
  v128.store(W4, x2, 32);
  v128.store(W4, x3, 48);
  return W4;
}

/** The same for the four counters from `c0` on, with c1 = 0. */
export function philoxFrom(c0: u32, stream: u32, k0: u32, k1: u32): usize {
  v128.store(W4, i32x4.add(i32x4.splat(c0), i32x4(0, 1, 2, 3)));
  return philoxOfFour(W4, 0, stream, k0, k1);
}
