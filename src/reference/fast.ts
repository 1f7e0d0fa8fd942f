// Twin of assembly/kernels/fast.ts, one point at a time: step for step the same operations, so the same bits.
import { mutualInformation } from './mutual-information.ts';

/** A cell is an eighth of an octave of a and of b: the exponent and the top three bits of their fractions. */
const CELL_BITS = 20;
const CELL_SIZE = 2 ** CELL_BITS;

/** Chebyshev nodes cos(pi / 8), cos(3 pi / 8), the square of the second, and the difference of their squares. */
const U = 0.9238795325112867;
const V = 0.3826834323650898;
const VV = 0.14644660940672624;
const GAP = 0.7071067811865476;
const NODES = [U, V, -V, -U];

const value = new Float32Array(1);
const bits = new Uint32Array(value.buffer);

const bitsOf = (x: number): number => {
  value[0] = x;
  return bits[0] as number;
};

const fromBits = (x: number): number => {
  bits[0] = x;
  return value[0] as number;
};

/** Coefficients of the cells built for `rollouts`: that of x^i y^j is the 4 j + i-th. */
const cells = new Map<number, Float32Array>();
let rollouts = 0;

/** n I_K by interpolation, rounded to float32 in every step. */
export function fastInformation(alpha: number, beta: number, K: number): number {
  if (rollouts !== K) cells.clear();
  rollouts = K;
  const a = bitsOf(Math.min(alpha, beta));
  const b = bitsOf(Math.max(alpha, beta));
  const cell = cellAt(a >>> CELL_BITS, b >>> CELL_BITS);
  const x = coordinate(a);
  const y = coordinate(b);
  const c = (i: number, j: number): number => cell[4 * j + i] as number;
  const inY = (i: number): number => horner(y, c(i, 0), c(i, 1), c(i, 2), c(i, 3));
  return horner(x, inY(0), inY(1), inY(2), inY(3));
}

/** From -1 to 1, in steps of 2^-19; exact. */
function coordinate(x: number): number {
  return ((x & (CELL_SIZE - 1)) - CELL_SIZE / 2) / (CELL_SIZE / 2);
}

function horner(x: number, c0: number, c1: number, c2: number, c3: number): number {
  const { fround } = Math;
  const high = fround(c2 + fround(x * c3));
  return fround(c0 + fround(x * fround(c1 + fround(x * high))));
}

function cellAt(i: number, j: number): Float32Array {
  const key = 4096 * j + i;
  const known = cells.get(key);
  if (known !== undefined) return known;
  const built = buildCell(i, j);
  cells.set(key, built);
  return built;
}

function buildCell(i: number, j: number): Float32Array {
  // 1. The exact values at the nodes: a row is one node of b.
  const [lowA, halfA] = edge(i);
  const [lowB, halfB] = edge(j);
  const rows = NODES.map((nodeB) => {
    const b = lowB + halfB + halfB * nodeB;
    const values = NODES.map((nodeA) => {
      const a = lowA + halfA + halfA * nodeA;
      return (a + b) * mutualInformation(a, b, rollouts);
    });
    return coefficients(values);
  });
  // 2. In y as in x.
  const cell = new Float32Array(16);
  for (let power = 0; power < 4; power++) {
    const column = coefficients(rows.map((row) => row[power] as number));
    for (let y = 0; y < 4; y++) cell[4 * y + power] = column[y] as number;
  }
  return cell;
}

/** Where a cell begins, and half its width. */
function edge(cell: number): [number, number] {
  const low = fromBits(cell * CELL_SIZE);
  return [low, (fromBits((cell + 1) * CELL_SIZE) - low) * 0.5];
}

/** The cubic through values at U, V, -V, -U: even and odd part by themselves. */
function coefficients(values: readonly number[]): number[] {
  const [f0, f1, f2, f3] = values as [number, number, number, number];
  const outer = (f0 + f3) * 0.5;
  const inner = (f1 + f2) * 0.5;
  const slopeOuter = ((f0 - f3) * 0.5) / U;
  const slopeInner = ((f1 - f2) * 0.5) / V;
  const second = (outer - inner) / GAP;
  const third = (slopeOuter - slopeInner) / GAP;
  return [inner - second * VV, slopeInner - third * VV, second, third];
}
