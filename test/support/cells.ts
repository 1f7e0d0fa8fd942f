import * as oracle from '../../src/reference.ts';
import type { Entry } from './engines.ts';
import { ulps } from './golden.ts';

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);
const FIRST = 0x3a83126f; // 1e-3
const LAST = 0x49742400; // 1e6
const CELL_BITS = 19; // assembly/kernels/cells.ts

const fromBits = (x: number): number => {
  bits[0] = Math.min(Math.max(x, FIRST), LAST);
  return value[0] as number;
};

/** A float32 of [1e-3, 1e6], spread evenly over the bit patterns. */
export function anywhere(random: () => number): number {
  return fromBits(FIRST + Math.floor(random() * (LAST - FIRST + 1)));
}

/** The first or the last number of a cell of the table, or the one behind the first. */
export function atSeam(random: () => number): number {
  const cell = (FIRST >>> CELL_BITS) + Math.floor(random() * ((LAST >>> CELL_BITS) - (FIRST >>> CELL_BITS) + 1));
  return fromBits(cell * 2 ** CELL_BITS + Math.floor(random() * 3) - 1);
}

/** The worst error in ulp of both kinds of mutual information over points of a generator, against the oracle. */
export function worstOf(entry: Entry, rollouts: number, count: number, next: () => number): number {
  const alpha = Float32Array.from({ length: count }, next);
  const beta = Float32Array.from({ length: count }, next);
  const plain = entry.score(alpha, beta, { acquisition: { kind: 'mutual-information', rollouts } });
  const weighted = entry.score(alpha, beta, { acquisition: { kind: 'weighted-mutual-information', rollouts } });
  let worst = 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [alpha[i] as number, beta[i] as number];
    const information = oracle.mutualInformation(a, b, rollouts);
    worst = Math.max(
      worst,
      ulps(plain[i] as number, information),
      ulps(weighted[i] as number, oracle.difficultyWeight(a, b) * information),
    );
  }
  return worst;
}
