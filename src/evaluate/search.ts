import type { Prior } from '../index.ts';
import type { Belief } from './likelihood.ts';
import { type Minimum, minimize, scan } from './minimize.ts';

/** Least and largest prior mean and evidence that are tried: alpha and beta are then at least 1e-3, as in the library. */
export const MEANS = [0.01, 0.99] as const;
export const EVIDENCES = [0.1, 1000] as const;

/** Each in [0, 1]: the discount, the log odds of the prior's mean, the log of its evidence; losses are smooth in these. */
type Point = readonly [discount: number, mean: number, evidence: number];
const AXES = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;
const [DISCOUNT, , EVIDENCE] = AXES;
/** Beta(1, 1), and a discount that is not far from any other. */
const START: Point = [0.9, 0.5, Math.log(2 / EVIDENCES[0]) / Math.log(EVIDENCES[1] / EVIDENCES[0])];

/** Losses, in nats a visit, that differ by less are the same. */
const SAME = 1e-9;
/** The search is over when a round of it gains less. */
const ENOUGH = 1e-7;
/** Points of an axis that are tried to find the valley. */
const POINTS = 11;
/** How far around the best point the golden sections go: first, and then. */
const REACHES = [0.1, 0.02] as const;
/** Of the stretch searched, how closely the minimum is found. */
const PRECISION = 1 / 50;
/** How many times as far as a round went it is tried to go on. */
const FURTHER = 20;
const MOST_ROUNDS = 50;

export interface Found extends Belief {
  /** Whether the loss depends on it: if not, the log identifies no value. */
  readonly identifies: { readonly discount: boolean; readonly evidence: boolean };
}

/**
 * The belief of least loss. First of a grid, one axis after the other, until no point of it is better; then by golden
 * section along the axes, and along the way that a round of them went (Powell, 1964), until that gains nothing; and once
 * more if then another valley of the grid is lower. What the loss does not depend on stays at discount 1 and evidence 2.
 * @param given prior, if it is not to be searched
 */
export function search(lossOf: (belief: Belief) => number, given: Prior | undefined): Found {
  const loss = (point: Point): number => lossOf(toBelief(point, given));
  const isTold = (axis: Point): boolean => {
    const losses = [0, 0.5, 1].map((value) => loss(map(START, (x, i) => (axis[i] === 1 ? value : x))));
    return Math.max(...losses) - Math.min(...losses) > SAME;
  };
  const axes = (given === undefined ? AXES : [DISCOUNT]).filter(isTold);
  const identifies = { discount: axes.includes(DISCOUNT), evidence: axes.includes(EVIDENCE) };

  let best: Point = identifies.discount ? START : [1, START[1], START[2]];
  let least = loss(best);
  /** Goes to the least loss on a line through the best point. */
  const goAlong = (direction: Point, find: (f: (t: number) => number, low: number, high: number) => Minimum): void => {
    const from = best;
    const found = find((t) => loss(moved(from, direction, t)), ...stretch(from, direction));
    if (found.value < least) [best, least] = [moved(from, direction, found.at), found.value];
  };

  const scanAll = (): boolean => {
    const before = least;
    for (const axis of axes) goAlong(axis, (f, low, high) => scan(f, low, high, POINTS));
    return before - least > ENOUGH;
  };
  const refine = (): void => {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const [from, before] = [best, least];
      const golden = (reach: number) => (f: (t: number) => number, low: number, high: number) =>
        minimize(f, Math.max(low, -reach), Math.min(high, reach), PRECISION * reach);
      for (const axis of axes) goAlong(axis, golden(REACHES[round] ?? REACHES[1]));
      if (round >= REACHES.length && before - least < ENOUGH) return;
      goAlong(
        map(best, (x, i) => x - from[i]),
        golden(FURTHER),
      );
    }
  };

  while (scanAll());
  do refine();
  while (scanAll());
  return { ...toBelief(best, given), identifies };
}

function toBelief([discount, mean, evidence]: Point, given: Prior | undefined): Belief {
  const odds = (2 * mean - 1) * Math.log(MEANS[1] / MEANS[0]);
  const n = EVIDENCES[0] * (EVIDENCES[1] / EVIDENCES[0]) ** evidence;
  return { discount, prior: given ?? { alpha: n / (1 + Math.exp(-odds)), beta: n / (1 + Math.exp(odds)) } };
}

function moved(point: Point, direction: Point, t: number): Point {
  return map(point, (x, i) => Math.min(1, Math.max(0, x + t * direction[i])));
}

function map(point: Point, f: (x: number, i: 0 | 1 | 2) => number): Point {
  return [f(point[0], 0), f(point[1], 1), f(point[2], 2)];
}

/** How far the line through a point stays in the cube. */
function stretch(point: Point, direction: Point): [low: number, high: number] {
  let [low, high] = [-FURTHER, FURTHER];
  for (const [i, d] of direction.entries()) {
    if (d === 0) continue;
    const [a, b] = [-(point[i] as number) / d, (1 - (point[i] as number)) / d];
    low = Math.max(low, Math.min(a, b));
    high = Math.min(high, Math.max(a, b));
  }
  return [low, high];
}
