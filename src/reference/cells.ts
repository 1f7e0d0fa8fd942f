// Twin of assembly/kernels/cells.ts, one point at a time: step for step the same operations, so the same bits. What a cell
// is filled with is the direct kernel, mutual-information.ts.
import { fromWords, highWord, lowWord } from './bits.ts';
import { mutualInformation } from './mutual-information.ts';

/** A cell is a sixteenth of an octave of a and of b: the exponent and the top four bits of their fractions. */
const CELL_BITS = 19;
const CELL_SIZE = 2 ** CELL_BITS;

/** cos(k pi / 10): the Chebyshev nodes of degree 5 are at k = 1, 3, 5 (0), 7 and 9. */
const COS_1 = 0.9510565162951535;
const COS_2 = 0.8090169943749475;
const COS_3 = 0.5877852522924731;
const COS_4 = 0.30901699437494745;
const NODES = [COS_1, COS_3, 0, -COS_3, -COS_1];

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

/** The polynomial of total degree 4 in x and y over a cell. */
interface Cell {
  /** The coefficient of x^0 y^0, a double. */
  readonly constant: number;
  /** That of x^i y^j, 0 < i + j <= 4, is the 5 j + i-th, as float32. */
  readonly coefficients: Float32Array;
}

/** The cells that were filled for `rollouts`. */
const cells = new Map<number, Cell>();
let rollouts = 0;

/** I_K of Beta(alpha, beta) in nats, before the rounding to float32; alpha and beta are float32. */
export function informationByCells(alpha: number, beta: number, K: number): number {
  if (rollouts !== K) cells.clear();
  rollouts = K;
  const a = bitsOf(Math.min(alpha, beta));
  const b = bitsOf(Math.max(alpha, beta));
  const { constant, coefficients } = cellAt(a >>> CELL_BITS, b >>> CELL_BITS);
  const x = coordinate(a);
  const y = coordinate(b);
  return (constant + interpolate(coefficients, x, y)) * (1 / (alpha + beta));
}

/** n I without its constant; every step is float32. */
function interpolate(c: Float32Array, x: number, y: number): number {
  const { fround } = Math;
  const c1 = horner(y, c[1] as number, c[6] as number, c[11] as number, c[16] as number);
  const c2 = horner(y, c[2] as number, c[7] as number, c[12] as number, 0);
  const c3 = horner(y, c[3] as number, c[8] as number, 0, 0);
  const inX = horner(x, c1, c2, c3, c[4] as number);
  const inY = horner(y, c[5] as number, c[10] as number, c[15] as number, c[20] as number);
  return fround(fround(y * inY) + fround(x * inX));
}

/** From -1 to 1, in steps of 2^-18; exact. */
function coordinate(x: number): number {
  return ((x & (CELL_SIZE - 1)) - CELL_SIZE / 2) / (CELL_SIZE / 2);
}

function horner(x: number, c0: number, c1: number, c2: number, c3: number): number {
  const { fround } = Math;
  const high = fround(c2 + fround(x * c3));
  return fround(c0 + fround(x * fround(c1 + fround(x * high))));
}

function cellAt(i: number, j: number): Cell {
  const key = 4096 * j + i;
  const known = cells.get(key);
  if (known !== undefined) return known;
  const filled = fillCell(i, j);
  cells.set(key, filled);
  return filled;
}

function fillCell(i: number, j: number): Cell {
  // 1. n I by the direct kernel at the nodes: a row is one node of b.
  const [lowA, halfA] = edge(i);
  const [lowB, halfB] = edge(j);
  const rows = NODES.map((nodeB) => {
    const b = lowB + halfB + halfB * nodeB;
    const values = NODES.map((nodeA) => {
      const a = lowA + halfA + halfA * nodeA;
      return (a + b) * mutualInformation(a, b, rollouts);
    });
    return series(values);
  });
  // 2. The Chebyshev series in y as in x, as far as total degree 4; then the powers.
  const columns = NODES.map((_, x) => {
    const column = series(rows.map((row) => row[x] as number));
    return powers(column.map((value, y) => (x + y <= 4 ? value : 0)));
  });
  const all = NODES.flatMap((_, y) => powers(columns.map((column) => column[y] as number)));
  const constant = all[0] as number;
  const tagged = fromWords(highWord(constant), ((lowWord(constant) & ~0x1ff) | rollouts) >>> 0);
  return { constant: tagged, coefficients: Float32Array.from(all) };
}

/** Where a cell begins, and half its width. */
function edge(cell: number): [number, number] {
  const low = fromBits(cell * CELL_SIZE);
  return [low, (fromBits((cell + 1) * CELL_SIZE) - low) * 0.5];
}

/** The Chebyshev series through values at the five nodes, as far as degree 4. */
function series(values: readonly number[]): number[] {
  const [f0, f1, f2, f3, f4] = values as [number, number, number, number, number];
  const outer = f0 + f4;
  const inner = f1 + f3;
  const outerSlope = f0 - f4;
  const innerSlope = f1 - f3;
  return [
    0.2 * (outer + inner + f2),
    0.4 * (outerSlope * COS_1 + innerSlope * COS_3),
    0.4 * (outer * COS_2 - inner * COS_4 - f2),
    0.4 * (outerSlope * COS_3 - innerSlope * COS_1),
    0.4 * (outer * COS_4 - inner * COS_2 + f2),
  ];
}

/** From a Chebyshev series of degree 4 to the coefficients of the powers. */
function powers(values: readonly number[]): number[] {
  const [t0, t1, t2, t3, t4] = values as [number, number, number, number, number];
  return [t0 - t2 + t4, t1 - 3 * t3, 2 * t2 - 8 * t4, 4 * t3, 8 * t4];
}
