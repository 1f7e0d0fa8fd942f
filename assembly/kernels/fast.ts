// Mutual information by interpolation, for `precision: 'fast'`. The twin in plain JavaScript, step for step:
// src/reference/fast.ts.
import { add, demote, div, highPair, lowPair, mul, splat } from "../math/lanes";
import { weightOf } from "./difficulty-weight";
import { mutualInformation, setRollouts } from "./mutual-information";

/** A cell is an eighth of an octave of a and of b: the exponent and the top three bits of their fractions. */
const CELL_BITS = 20;
/** Cells of 1e-3 and of 2^24. */
const FIRST = 0x3a8;
const LAST = 0x4b8;

/** Chebyshev nodes cos(pi / 8), cos(3 pi / 8), the square of the second, and the difference of their squares. */
const U: f64 = 0.9238795325112867;
const V: f64 = 0.3826834323650898;
const VV: f64 = 0.14644660940672624;
const GAP: f64 = 0.7071067811865476;

/** alpha, beta and I of the 16 nodes of a cell, a pair of nodes at a time. */
const NODE_A = memory.data(128, 16);
const NODE_B = memory.data(128, 16);
const NODE_I = memory.data(128, 16);
/** Coefficients on the way: of each row of nodes, then of all. */
const ROWS = memory.data(128, 16);
const COLUMN = memory.data(32, 16);

// Constants stand in memory, as in math/log2.ts.
const ONE = memory.data<f64>([1.0, 1.0], 16);
const C = memory.data<u32>([
  0x3a8, 0x3a8, 0x3a8, 0x3a8, // FIRST
  0, 0, 0, 0,
  0x110, 0x110, 0x110, 0x110, // LAST - FIRST
  1, 1, 1, 1,
  0xfffff, 0xfffff, 0xfffff, 0xfffff, // the bits within a cell
  0x80000, 0x80000, 0x80000, 0x80000, // half of them
  0x36000000, 0x36000000, 0x36000000, 0x36000000, // 2^-19
], 16);

/** The rollouts that the cells are built for; 0: there are none. */
let built: u32 = 0;
/** Addresses of the cells of four points. */
const CELLS = memory.data(16, 16);

/**
 * Formula: n I_K(a, b) = sum_ij c_ij x^i y^j, i, j <= 3, a = min(alpha, beta), b = max(alpha, beta), in the cell of
 *          (a, b); x and y go from -1 to 1 over it. Times the difficulty weight, computed as in the exact score, if
 *          `weighted`; `steepness` is -eta / ln 2.
 * Source:  derived: n I_K is smooth and bounded where the score itself spans many orders. The polynomial is that
 *          through the exact values at 4 x 4 Chebyshev nodes.
 * Domain:  alpha, beta in [1e-3, 2^24], K in 1..256. `tablePtr`: 64 bytes for each cell with a <= b, zeroed.
 * Error:   5e-7 relative for alpha, beta in [1e-3, 1e6].
 * Special: a cell is built when a point first falls into it; so the cost of building follows the data, and the bits of
 *          a score do not depend on what was asked before. Symmetric to the last bit.
 * Cost:    that of 16 exact points for a new cell, then independent of K. Weights need no rebuild.
 */
export function scoreFast(
  weighted: bool, alphaPtr: usize, betaPtr: usize, outPtr: usize, count: u32, K: u32, eta: f64, mu: f64, tablePtr: usize,
): void {
  const steepness = splat(eta * -1.4426950408889634);
  const center = splat(mu);
  if (built != K) {
    memory.fill(tablePtr, 0, TABLE_BYTES);
    setRollouts(K);
    built = K;
  }
  const table = i32x4.splat(<i32>tablePtr);
  for (let i: usize = 0, bytes = <usize>count << 2; i < bytes; i += 16) {
    const alpha = v128.load(alphaPtr + i);
    const beta = v128.load(betaPtr + i);
    const a = i32x4.min_u(alpha, beta); // as bits, which are in the order of the numbers
    const b = i32x4.max_u(alpha, beta);
    v128.store(CELLS, i32x4.add(table, cellOf(a, b)));
    let value = interpolate(coordinate(a), coordinate(b));
    if (v128.any_true(f32x4.eq(value, v128.load(C, 16)))) {
      build(tablePtr, K);
      value = interpolate(coordinate(a), coordinate(b));
    }

    const a0 = lowPair(alpha);
    const b0 = lowPair(beta);
    const a1 = highPair(alpha);
    const b1 = highPair(beta);
    const q0 = div(v128.load(ONE), add(a0, b0));
    const q1 = div(v128.load(ONE), add(a1, b1));
    let low = mul(lowPair(value), q0);
    let high = mul(highPair(value), q1);
    if (weighted) {
      low = mul(weightOf(a0, b0, q0, steepness, center), low);
      high = mul(weightOf(a1, b1, q1, steepness, center), high);
    }
    v128.store(outPtr + i, demote(low, high));
  }
}

/** Bytes of the table: `scoreFast`. */
export const TABLE_BYTES: u32 = (LAST - FIRST + 1) * (LAST - FIRST + 2) / 2 * 64;

/** Offset of the cell (i, j) in the table, the j (j + 1) / 2 + i-th. */
// @ts-ignore: decorator
@inline function cellOf(a: v128, b: v128): v128 {
  const i = eighth(a);
  const j = eighth(b);
  const row = i32x4.shr_u(i32x4.mul(j, i32x4.add(j, v128.load(C, 48))), 1);
  return i32x4.shl(i32x4.add(row, i), 6);
}

/** Which eighth of an octave; for the padding, which is outside the domain, some one. */
// @ts-ignore: decorator
@inline function eighth(bits: v128): v128 {
  const cell = i32x4.sub(i32x4.shr_u(bits, CELL_BITS), v128.load(C));
  return i32x4.min_s(i32x4.max_s(cell, v128.load(C, 16)), v128.load(C, 32));
}

/** From -1 to 1, in steps of 2^-19; exact. */
// @ts-ignore: decorator
@inline function coordinate(bits: v128): v128 {
  const offset = i32x4.sub(v128.and(bits, v128.load(C, 64)), v128.load(C, 80));
  return f32x4.mul(f32x4.convert_i32x4_s(offset), v128.load(C, 96));
}

/** n I of four points, 0 where the cell is not built. */
// @ts-ignore: decorator
@inline function interpolate(x: v128, y: v128): v128 {
  // 1. The polynomials in y: for each point the coefficients of x^0 to x^3.
  const p0 = inY(load<u32>(CELLS), v128.shuffle<i32>(y, y, 0, 0, 0, 0));
  const p1 = inY(load<u32>(CELLS, 4), v128.shuffle<i32>(y, y, 1, 1, 1, 1));
  const p2 = inY(load<u32>(CELLS, 8), v128.shuffle<i32>(y, y, 2, 2, 2, 2));
  const p3 = inY(load<u32>(CELLS, 12), v128.shuffle<i32>(y, y, 3, 3, 3, 3));
  // 2. Transposed, the polynomial in x of four points at once.
  const low01 = v128.shuffle<i32>(p0, p1, 0, 4, 1, 5);
  const low23 = v128.shuffle<i32>(p2, p3, 0, 4, 1, 5);
  const high01 = v128.shuffle<i32>(p0, p1, 2, 6, 3, 7);
  const high23 = v128.shuffle<i32>(p2, p3, 2, 6, 3, 7);
  const c0 = v128.shuffle<i64>(low01, low23, 0, 2);
  const c1 = v128.shuffle<i64>(low01, low23, 1, 3);
  const c2 = v128.shuffle<i64>(high01, high23, 0, 2);
  const c3 = v128.shuffle<i64>(high01, high23, 1, 3);
  return f32x4.add(c0, f32x4.mul(x, f32x4.add(c1, f32x4.mul(x, f32x4.add(c2, f32x4.mul(x, c3))))));
}

// @ts-ignore: decorator
@inline function inY(cell: usize, y: v128): v128 {
  let sum = f32x4.add(v128.load(cell, 32), f32x4.mul(y, v128.load(cell, 48)));
  sum = f32x4.add(v128.load(cell, 16), f32x4.mul(y, sum));
  return f32x4.add(v128.load(cell), f32x4.mul(y, sum));
}

/** Builds those of the four cells that are not yet. */
function build(tablePtr: usize, K: u32): void {
  for (let point: usize = 0; point < 16; point += 4) {
    const ptr = <usize>load<u32>(CELLS + point);
    if (load<f32>(ptr) != 0) continue;
    let j: u32 = 0;
    let i = <u32>((ptr - tablePtr) >> 6);
    while (i > j) i -= ++j;
    buildCell(ptr, i + FIRST, j + FIRST, K);
  }
}

function buildCell(ptr: usize, cellA: u32, cellB: u32, K: u32): void {
  // 1. The exact values at the nodes, four at a time: a row is one node of b.
  const lowA = <f64>reinterpret<f32>(cellA << CELL_BITS);
  const lowB = <f64>reinterpret<f32>(cellB << CELL_BITS);
  const halfA = (<f64>reinterpret<f32>((cellA + 1) << CELL_BITS) - lowA) * 0.5;
  const halfB = (<f64>reinterpret<f32>((cellB + 1) << CELL_BITS) - lowB) * 0.5;
  for (let row: usize = 0; row < 4; row++) {
    const b = lowB + halfB + halfB * node(row);
    for (let column: usize = 0; column < 4; column++) {
      const at = (row << 5) + (column << 3);
      store<f64>(NODE_A + at, lowA + halfA + halfA * node(column));
      store<f64>(NODE_B + at, b);
    }
    const a0 = v128.load(NODE_A + (row << 5));
    const a1 = v128.load(NODE_A + (row << 5), 16);
    const b01 = splat(b);
    mutualInformation(a0, b01, a1, b01, K, NODE_I + (row << 5));
    v128.store(NODE_I + (row << 5), mul(add(a0, b01), v128.load(NODE_I + (row << 5))));
    v128.store(NODE_I + (row << 5), mul(add(a1, b01), v128.load(NODE_I + (row << 5), 16)), 16);
    coefficients(NODE_I + (row << 5), 8, ROWS + (row << 5));
  }
  // 2. In y as in x, and into the table: 16 bytes for each power of y.
  for (let power: usize = 0; power < 4; power++) {
    coefficients(ROWS + (power << 3), 32, COLUMN);
    for (let j: usize = 0; j < 4; j++) {
      store<f32>(ptr + (j << 4) + (power << 2), <f32>load<f64>(COLUMN + (j << 3)));
    }
  }
}

// @ts-ignore: decorator
@inline function node(i: usize): f64 {
  return i == 0 ? U : i == 1 ? V : i == 2 ? -V : -U;
}

/** The cubic through values at U, V, -V, -U, which stand `stride` bytes apart: even and odd part by themselves. */
function coefficients(valuesPtr: usize, stride: usize, outPtr: usize): void {
  const f0 = load<f64>(valuesPtr);
  const f1 = load<f64>(valuesPtr + stride);
  const f2 = load<f64>(valuesPtr + 2 * stride);
  const f3 = load<f64>(valuesPtr + 3 * stride);
  const outer = (f0 + f3) * 0.5;
  const inner = (f1 + f2) * 0.5;
  const slopeOuter = (f0 - f3) * 0.5 / U;
  const slopeInner = (f1 - f2) * 0.5 / V;
  const second = (outer - inner) / GAP;
  const third = (slopeOuter - slopeInner) / GAP;
  store<f64>(outPtr, inner - second * VV);
  store<f64>(outPtr, slopeInner - third * VV, 8);
  store<f64>(outPtr, second, 16);
  store<f64>(outPtr, third, 24);
}
