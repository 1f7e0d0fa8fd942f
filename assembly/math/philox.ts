const W = memory.data(16, 16);

/**
 * Formula: Philox4x32-10: ten rounds over a 128-bit counter with a 64-bit key; four words of 32 random bits.
 * Source:  Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
 * Domain:  counter (c0, 0, 0, stream), key (k0, k1).
 * Special: returns the address of the four words, which the next call overwrites.
 * Cost:    20 multiplications.
 */
export function philox(c0: u32, stream: u32, k0: u32, k1: u32): usize {
  let c1: u32 = 0;
  let c2: u32 = 0;
  let c3 = stream;
  for (let round = 0; round < 10; round++) {
    const p = <u64>c0 * 0xd2511f53;
    const q = <u64>c2 * 0xcd9e8d57;
    c0 = <u32>(q >> 32) ^ c1 ^ k0;
    c1 = <u32>q;
    c2 = <u32>(p >> 32) ^ c3 ^ k1;
    c3 = <u32>p;
    k0 += 0x9e3779b9;
    k1 += 0xbb67ae85;
  }
  store<u32>(W, c0);
  store<u32>(W, c1, 4);
  store<u32>(W, c2, 8);
  store<u32>(W, c3, 12);
  return W;
}
