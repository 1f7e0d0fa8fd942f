// The score of both kinds of mutual information: a table of cells, each a polynomial through values of the direct kernel
// (mutual-information.ts), filled when a point first falls into it. The twin in plain JavaScript, step for step:
// src/reference/cells.ts.
import { add, demote, div, highPair, lowPair, mul, splat } from "../math/lanes";
import { weightOf } from "./difficulty-weight";
import { MUTUAL_INFORMATION, WEIGHTED_MUTUAL_INFORMATION } from "./kinds";
import { mutualInformation, setRollouts } from "./mutual-information";

/** A cell is a sixteenth of an octave of a and of b: the exponent and the top four bits of their fractions. */
const CELL_BITS = 19;
/** Cells of 1e-3 and of 2^24. */
const FIRST = 0x750;
const LAST = 0x970;

/** cos(k pi / 10): the Chebyshev nodes of degree 5 are at k = 1, 3, 5 (0), 7 and 9. */
const COS_1: f64 = 0.9510565162951535;
const COS_2: f64 = 0.8090169943749475;
const COS_3: f64 = 0.5877852522924731;
const COS_4: f64 = 0.30901699437494745;

/** alpha, beta and n I at 5 x 5 nodes, a row for each node of b, and three nodes more, so that they are groups of four. */
const NODE_A = memory.data(28 * 8, 16);
const NODE_B = memory.data(28 * 8, 16);
const VALUES = memory.data(28 * 8, 16);
/** Coefficients, of x^i y^j the 5 j + i-th. */
const COEFFICIENTS = memory.data(25 * 8, 16);

// Constants stand in memory, as in math/log2.ts.
const ONE = memory.data<f64>([1.0, 1.0], 16);
const C = memory.data<u32>([
  0x750, 0x750, 0x750, 0x750, // FIRST
  0, 0, 0, 0,
  0x220, 0x220, 0x220, 0x220, // LAST - FIRST
  1, 1, 1, 1,
  0x7ffff, 0x7ffff, 0x7ffff, 0x7ffff, // the bits within a cell
  0x40000, 0x40000, 0x40000, 0x40000, // half of them
  0x36800000, 0x36800000, 0x36800000, 0x36800000, // 2^-18
  0xffffffff, 0xffffffff, 0xffffffff, 0, // all but the last
  0x1ff, 0, 0x1ff, 0, // TAG
], 16);

// A cell: one cache line. The coefficients c_ij of x^i y^j as float32, but for the constant:
//    0: c04 c13, then c00 as a float64      16: c03 c12 c22 c40      32: c02 c11 c21 c31      48: c01 c10 c20 c30
// The low nine bits of c00 are the rollouts that the cell was filled for: so no cell is ever emptied.
const C00 = 8;
const C40 = 28;
const TAG: u64 = 0x1ff;

/** Addresses of the cells of the next four points. */
const CELLS = memory.data(16, 16);
/** The rollouts that `setRollouts` was called for. */
let prepared: u32 = 0;

/**
 * Formula: n I_K(a, b) = c00 + sum_ij c_ij x^i y^j, 0 < i + j <= 4, a = min(alpha, beta), b = max(alpha, beta), in the
 *          cell of (a, b), over which x and y go from -1 to 1; then I_K = that / n, and w(m) I_K for weighted mutual
 *          information. c00 is a float64, the sum, a few hundredths of it, is float32.
 * Source:  derived, docs/method.md: n I_K is smooth and bounded where the score itself spans many orders. The
 *          coefficients are those of the Chebyshev series of total degree 4, by the direct kernel at 5 x 5 nodes.
 * Domain:  alpha, beta in [1e-3, 2^24], K in 1..256, kind 0 or 1. `weightsPtr`: 0, or float64 weights in place of w(m).
 *          `tablePtr`: 64 bytes for each cell with a <= b, zero before the first call. `count` is rounded up to a
 *          multiple of 4, and the next four points are read too: columns are padded.
 * Error:   0.60 ulp of float32 after rounding for alpha, beta <= 1e6 and K <= 64; docs/accuracy.md has the rest.
 * Special: symmetric to the last bit. A cell is filled when a point first falls into it, so the cost of filling follows
 *          the data, and the bits of a score do not depend on what was asked before. Traps for another kind.
 * Cost:    that of 28 points of the direct kernel for a new cell, then independent of K. eta and mu fill nothing anew.
 */
export function scoreByCells(
  kind: i32, alphaPtr: usize, betaPtr: usize, outPtr: usize, count: u32, K: u32, eta: f64, mu: f64, weightsPtr: usize,
  tablePtr: usize,
): void {
  const weighted = kind == WEIGHTED_MUTUAL_INFORMATION;
  if (!weighted && kind != MUTUAL_INFORMATION) unreachable();
  const steepness = splat(eta * -1.4426950408889634);
  const center = splat(mu);
  const table = i32x4.splat(<i32>tablePtr);
  const tag = i64x2.splat(<i64>K);
  // The cells of four points are found while the four before are scored, as the way from alpha and beta to what stands in
  // a cell is long: measured a fifth faster.
  let alpha = v128.load(alphaPtr);
  let beta = v128.load(betaPtr);
  let a = smaller(alpha, beta);
  let b = larger(alpha, beta);
  v128.store(CELLS, i32x4.add(table, offsetOf(a, b)));
  for (let i: usize = 0, bytes = <usize>count << 2; i < bytes; i += 16) {
    const cell0 = <usize>load<u32>(CELLS);
    const cell1 = <usize>load<u32>(CELLS, 4);
    const cell2 = <usize>load<u32>(CELLS, 8);
    const cell3 = <usize>load<u32>(CELLS, 12);
    const x = coordinate(a);
    const y = coordinate(b);
    const a0 = lowPair(alpha);
    const b0 = lowPair(beta);
    const a1 = highPair(alpha);
    const b1 = highPair(beta);

    alpha = v128.load(alphaPtr + i, 16);
    beta = v128.load(betaPtr + i, 16);
    a = smaller(alpha, beta);
    b = larger(alpha, beta);
    v128.store(CELLS, i32x4.add(table, offsetOf(a, b)));

    let c0 = constants(cell0, cell1);
    let c1 = constants(cell2, cell3);
    if (!areFilled(c0, c1, tag)) {
      fill(cell0, tablePtr, K);
      fill(cell1, tablePtr, K);
      fill(cell2, tablePtr, K);
      fill(cell3, tablePtr, K);
      c0 = constants(cell0, cell1);
      c1 = constants(cell2, cell3);
    }
    const sum = interpolate(cell0, cell1, cell2, cell3, x, y);
    const q0 = div(v128.load(ONE), add(a0, b0));
    const q1 = div(v128.load(ONE), add(a1, b1));
    let low = mul(add(c0, lowPair(sum)), q0);
    let high = mul(add(c1, highPair(sum)), q1);
    if (weightsPtr) {
      low = mul(v128.load(weightsPtr + (i << 1)), low);
      high = mul(v128.load(weightsPtr + (i << 1), 16), high);
    } else if (weighted) {
      low = mul(weightOf(mul(a0, q0), mul(b0, q0), steepness, center), low);
      high = mul(weightOf(mul(a1, q1), mul(b1, q1), steepness, center), high);
    }
    v128.store(outPtr + i, demote(low, high));
  }
}

/** Bytes of the table. */
export const TABLE_BYTES: u32 = (LAST - FIRST + 1) * (LAST - FIRST + 2) / 2 * 64;

// Positive floats are in the order of their bits.
// @ts-ignore: decorator
@inline function smaller(alpha: v128, beta: v128): v128 { return i32x4.min_u(alpha, beta); }
// @ts-ignore: decorator
@inline function larger(alpha: v128, beta: v128): v128 { return i32x4.max_u(alpha, beta); }

/** The constants of two cells. */
// @ts-ignore: decorator
@inline function constants(first: usize, second: usize): v128 {
  return v128.shuffle<i64>(v128.load(first), v128.load(second), 1, 3);
}

/** Whether four cells, by their constants, are filled for K, which `tag` is twice. */
// @ts-ignore: decorator
@inline function areFilled(low: v128, high: v128, tag: v128): bool {
  const differ = v128.or(v128.xor(low, tag), v128.xor(high, tag));
  return !v128.any_true(v128.and(differ, v128.load(C, 128)));
}

/** Offset of the cell (i, j) in the table, the j (j + 1) / 2 + i-th. */
// @ts-ignore: decorator
@inline function offsetOf(a: v128, b: v128): v128 {
  const i = sixteenth(a);
  const j = sixteenth(b);
  const row = i32x4.shr_u(i32x4.mul(j, i32x4.add(j, v128.load(C, 48))), 1);
  return i32x4.shl(i32x4.add(row, i), 6);
}

/** Which sixteenth of an octave; for the padding, which is outside the domain, some one. */
// @ts-ignore: decorator
@inline function sixteenth(bits: v128): v128 {
  const cell = i32x4.sub(i32x4.shr_u(bits, CELL_BITS), v128.load(C));
  return i32x4.min_s(i32x4.max_s(cell, v128.load(C, 16)), v128.load(C, 32));
}

/** From -1 to 1, in steps of 2^-18; exact. */
// @ts-ignore: decorator
@inline function coordinate(bits: v128): v128 {
  const offset = i32x4.sub(v128.and(bits, v128.load(C, 64)), v128.load(C, 80));
  return f32x4.mul(f32x4.convert_i32x4_s(offset), v128.load(C, 96));
}

/** n I without its constant of four points in these cells. */
// @ts-ignore: decorator
@inline function interpolate(cell0: usize, cell1: usize, cell2: usize, cell3: usize, x: v128, y: v128): v128 {
  // 1. The polynomials in y: for each point the coefficients of x^0, which lacks a factor y, to x^3.
  const p0 = inY(cell0, v128.shuffle<i32>(y, y, 0, 0, 0, 0));
  const p1 = inY(cell1, v128.shuffle<i32>(y, y, 1, 1, 1, 1));
  const p2 = inY(cell2, v128.shuffle<i32>(y, y, 2, 2, 2, 2));
  const p3 = inY(cell3, v128.shuffle<i32>(y, y, 3, 3, 3, 3));
  let c4 = v128.load32_zero(cell0, C40);
  c4 = v128.load32_lane(cell1, c4, 1, C40);
  c4 = v128.load32_lane(cell2, c4, 2, C40);
  c4 = v128.load32_lane(cell3, c4, 3, C40);
  // 2. Transposed, the polynomial in x of four points at once.
  const low01 = v128.shuffle<i32>(p0, p1, 0, 4, 1, 5);
  const low23 = v128.shuffle<i32>(p2, p3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(p0, p1, 2, 6, 3, 7);
  const high23 = v128.shuffle<i32>(p2, p3, 2, 6, 3, 7);
  const c0 = v128.shuffle<i64>(low01, low23, 0, 2);
  const c1 = v128.shuffle<i64>(low01, low23, 1, 3);
  const c2 = v128.shuffle<i64>(high01, high23, 0, 2);
  const c3 = v128.shuffle<i64>(high01, high23, 1, 3);
  const high = f32x4.add(c2, f32x4.mul(x, f32x4.add(c3, f32x4.mul(x, c4))));
  return f32x4.add(f32x4.mul(y, c0), f32x4.mul(x, f32x4.add(c1, f32x4.mul(x, high))));
}

/** By Horner's scheme; c40 and c00, which stand among the coefficients, are left out. */
// @ts-ignore: decorator
@inline function inY(cell: usize, y: v128): v128 {
  const third = v128.and(v128.load(cell, 16), v128.load(C, 112));
  const sum = f32x4.add(v128.load(cell, 32), f32x4.mul(y, f32x4.add(third, f32x4.mul(y, v128.load64_zero(cell)))));
  return f32x4.add(v128.load(cell, 48), f32x4.mul(y, sum));
}

/** Fills a cell, unless it is filled for K. */
function fill(ptr: usize, tablePtr: usize, K: u32): void {
  if ((load<u64>(ptr, C00) & TAG) == <u64>K) return;
  if (prepared != K) setRollouts(K);
  prepared = K;
  const cell = <u32>((ptr - tablePtr) >> 6);
  const j = <u32>((sqrt(<f64>(8 * cell + 1)) - 1) * 0.5);
  fillCell(ptr, cell - j * (j + 1) / 2 + FIRST, j + FIRST, K);
}

/** Fills the cell of these bits of a and of b. */
function fillCell(ptr: usize, cellA: u32, cellB: u32, K: u32): void {
  // 1. n I by the direct kernel at the nodes, four at a time.
  const lowA = <f64>reinterpret<f32>(cellA << CELL_BITS);
  const lowB = <f64>reinterpret<f32>(cellB << CELL_BITS);
  const halfA = (<f64>reinterpret<f32>((cellA + 1) << CELL_BITS) - lowA) * 0.5;
  const halfB = (<f64>reinterpret<f32>((cellB + 1) << CELL_BITS) - lowB) * 0.5;
  for (let i: usize = 0; i < 28; i++) {
    store<f64>(NODE_A + (i << 3), lowA + halfA + halfA * node(i % 5));
    store<f64>(NODE_B + (i << 3), lowB + halfB + halfB * node(i / 5));
  }
  for (let at: usize = 0; at < 28 * 8; at += 32) {
    mutualInformation(NODE_A + at, NODE_B + at, K, VALUES + at);
    for (let i = at; i < at + 32; i += 8) {
      store<f64>(VALUES + i, (load<f64>(NODE_A + i) + load<f64>(NODE_B + i)) * load<f64>(VALUES + i));
    }
  }

  // 2. The Chebyshev series in x, then in y, as far as total degree 4; then the powers.
  for (let row: usize = 0; row < 200; row += 40) series(VALUES + row, 8, COEFFICIENTS + row);
  for (let i: usize = 0; i < 40; i += 8) series(COEFFICIENTS + i, 40, COEFFICIENTS + i);
  for (let i: usize = 1; i < 5; i++) {
    for (let j: usize = 5 - i; j < 5; j++) store<f64>(COEFFICIENTS + ((5 * j + i) << 3), 0);
  }
  for (let i: usize = 0; i < 40; i += 8) powers(COEFFICIENTS + i, 40);
  for (let row: usize = 0; row < 200; row += 40) powers(COEFFICIENTS + row, 8);

  // 3. Into the table.
  for (let i: usize = 0; i < 16; i++) {
    const from = load<u8>(ORDER + i);
    store<f32>(ptr + (i << 2), <f32>load<f64>(COEFFICIENTS + (<usize>from << 3)));
  }
  store<u64>(ptr, (load<u64>(COEFFICIENTS) & ~TAG) | <u64>K, C00);
}

/** Which coefficient stands where in a cell: 5 j + i; in the place of c00, anything. */
const ORDER = memory.data<u8>([20, 16, 0, 0, 15, 11, 12, 4, 10, 6, 7, 8, 5, 1, 2, 3]);

// @ts-ignore: decorator
@inline function node(k: usize): f64 {
  return k == 0 ? COS_1 : k == 1 ? COS_3 : k == 2 ? 0 : k == 3 ? -COS_3 : -COS_1;
}

/** The Chebyshev series through values at the five nodes, `stride` bytes apart, as far as degree 4; it may replace them. */
function series(valuesPtr: usize, stride: usize, outPtr: usize): void {
  const f0 = load<f64>(valuesPtr);
  const f1 = load<f64>(valuesPtr + stride);
  const f2 = load<f64>(valuesPtr + 2 * stride);
  const f3 = load<f64>(valuesPtr + 3 * stride);
  const f4 = load<f64>(valuesPtr + 4 * stride);
  const outer = f0 + f4;
  const inner = f1 + f3;
  const outerSlope = f0 - f4;
  const innerSlope = f1 - f3;
  store<f64>(outPtr, 0.2 * (outer + inner + f2));
  store<f64>(outPtr + stride, 0.4 * (outerSlope * COS_1 + innerSlope * COS_3));
  store<f64>(outPtr + 2 * stride, 0.4 * (outer * COS_2 - inner * COS_4 - f2));
  store<f64>(outPtr + 3 * stride, 0.4 * (outerSlope * COS_3 - innerSlope * COS_1));
  store<f64>(outPtr + 4 * stride, 0.4 * (outer * COS_4 - inner * COS_2 + f2));
}

/** From a Chebyshev series of degree 4, `stride` bytes apart, to the coefficients of the powers, in its place. */
function powers(ptr: usize, stride: usize): void {
  const t2 = load<f64>(ptr + 2 * stride);
  const t3 = load<f64>(ptr + 3 * stride);
  const t4 = load<f64>(ptr + 4 * stride);
  store<f64>(ptr, load<f64>(ptr) - t2 + t4);
  store<f64>(ptr + stride, load<f64>(ptr + stride) - 3 * t3);
  store<f64>(ptr + 2 * stride, 2 * t2 - 8 * t4);
  store<f64>(ptr + 3 * stride, 4 * t3);
  store<f64>(ptr + 4 * stride, 8 * t4);
}
