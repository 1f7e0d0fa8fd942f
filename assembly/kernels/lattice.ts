// Scores by table, for pools without discount: their posteriors are alpha0 + S, beta0 + F with whole S and F, and few of
// them differ. The table holds the scores of all S, F < 256 that were met so far, and NaN for the others.
import { scatter } from "./gather";

const TABLE_BYTES = 256 * 256 * 4;
const TABLE = memory.data(256 * 256 * 4, 64);
/** The entry of S = F = 255 stands for all that has no place in the table, and stays NaN. */
const NOWHERE = TABLE_BYTES - 4;
/** Of eight points. */
const OFFSETS = memory.data(32, 16);

// Constants stand in memory, as in math/log2.ts.
const C = memory.data<u32>([
  0x4b000000, 0x4b000000, 0x4b000000, 0x4b000000, // 2^23: adding it to an S in [0, 256) leaves S in the low byte
  0xffffff00, 0xffffff00, 0xffffff00, 0xffffff00, // the other bytes, which are then those of 2^23
  0x0003fffc, 0x0003fffc, 0x0003fffc, 0x0003fffc, // the bits of an offset
], 16);

/**
 * Empties the table: before the first use, and whenever the rule changes.
 * Formula: NaN in every entry.
 * Source:  no score is NaN.
 * Domain:  -
 * Error:   none.
 * Special: -
 * Cost:    256 KB are written.
 */
export function clearLattice(): void {
  memory.fill(TABLE, 0xff, TABLE_BYTES);
}

/**
 * Looks up `count` points of the columns, rounded up to a multiple of 8, and stages those whose scores are not in the
 * table: their positions, offsets in the table, alphas and betas, in blocks of room for all. Score them, then call
 * `enterLattice`.
 * Formula: the entry of (S, F) with S = alpha - alpha0, F = beta - beta0.
 * Source:  pools without discount: docs/design.md.
 * Domain:  alpha, beta in [1e-3, 2^24].
 * Error:   none: an entry is used only where alpha0 + S and beta0 + F give back the bits of alpha and beta.
 * Special: what is off the lattice is staged every time.
 * Cost:    about 40 operations for four points that are in the table.
 * @returns how many are staged
 */
export function lookUpLattice(
  alphaPtr: usize, betaPtr: usize, outPtr: usize, count: u32, alpha0: f32, beta0: f32,
  indicesPtr: usize, offsetsPtr: usize, alphasPtr: usize, betasPtr: usize,
): u32 {
  const a0 = f32x4.splat(alpha0);
  const b0 = f32x4.splat(beta0);
  let waiting: u32 = 0;
  for (let i: u32 = 0; i < count; i += 8) {
    const at = <usize>i << 2;
    const offsets0 = offsetsOf(v128.load(alphaPtr + at), v128.load(betaPtr + at), a0, b0);
    const offsets1 = offsetsOf(v128.load(alphaPtr + at, 16), v128.load(betaPtr + at, 16), a0, b0);
    const low = lookUp(offsets0);
    const high = lookUp(offsets1);
    v128.store(outPtr + at, low);
    v128.store(outPtr + at, high, 16);
    const missing = i16x8.narrow_i32x4_s(f32x4.ne(low, low), f32x4.ne(high, high));
    if (!v128.any_true(missing)) continue;

    v128.store(OFFSETS, offsets0);
    v128.store(OFFSETS, offsets1, 16);
    const left = count - i; // the padding waits for nothing
    for (let bits = i16x8.bitmask(missing) & (left < 8 ? (1 << left) - 1 : 0xff); bits; bits &= bits - 1) {
      const lane = <usize>ctz(bits) << 2;
      const to = <usize>waiting << 2;
      store<u32>(indicesPtr + to, <u32>((at + lane) >> 2));
      store<u32>(alphasPtr + to, load<u32>(alphaPtr + at + lane));
      store<u32>(betasPtr + to, load<u32>(betaPtr + at + lane));
      store<u32>(offsetsPtr + to, load<u32>(OFFSETS + lane));
      waiting++;
    }
  }
  return waiting;
}

/**
 * Hands the scores of what `lookUpLattice` staged out, and puts them into the table.
 * Formula: a copy to the position and to the entry of each.
 * Source:  `lookUpLattice`.
 * Domain:  `count` is what that returned, the blocks are its own.
 * Error:   none.
 * Special: what is off the lattice goes to an entry that is emptied again.
 * Cost:    two writes at a random place for each.
 */
export function enterLattice(
  count: u32, indicesPtr: usize, offsetsPtr: usize, scoresPtr: usize, outPtr: usize,
): void {
  scatter(count, indicesPtr, scoresPtr, outPtr);
  for (let i: usize = 0, end = <usize>count << 2; i < end; i += 4) {
    store<f32>(<usize>load<u32>(offsetsPtr + i), load<f32>(scoresPtr + i), TABLE);
  }
  store<f32>(NOWHERE, NaN, TABLE);
}

/** Offsets in the table of four points; NOWHERE, where all bits are set, of what is off the lattice. */
// @ts-ignore: decorator
@inline function offsetsOf(alpha: v128, beta: v128, a0: v128, b0: v128): v128 {
  const magic = v128.load(C);
  // S and F in the low bytes, and whether they do not give back alpha and beta to the bit.
  const S = f32x4.add(f32x4.sub(alpha, a0), magic);
  const F = f32x4.add(f32x4.sub(beta, b0), magic);
  const large = i32x4.ne(v128.and(v128.or(S, F), v128.load(C, 16)), magic);
  const offAlpha = f32x4.ne(f32x4.add(a0, f32x4.sub(S, magic)), alpha);
  const offBeta = f32x4.ne(f32x4.add(b0, f32x4.sub(F, magic)), beta);
  const off = v128.or(v128.or(offAlpha, offBeta), large);
  return v128.and(v128.or(v128.or(i32x4.shl(S, 10), i32x4.shl(F, 2)), off), v128.load(C, 32));
}

/** The entries at four offsets. */
// @ts-ignore: decorator
@inline function lookUp(offsets: v128): v128 {
  const low = i64x2.extract_lane(offsets, 0);
  const high = i64x2.extract_lane(offsets, 1);
  let found = v128.load32_zero(<usize>low, TABLE);
  found = v128.load32_lane(<usize>(low >> 32), found, 1, TABLE);
  found = v128.load32_lane(<usize>high, found, 2, TABLE);
  return v128.load32_lane(<usize>(high >> 32), found, 3, TABLE);
}
