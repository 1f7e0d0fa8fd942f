import type { Prior } from '../../index.ts';
import type { Belief } from './likelihood.ts';
import { minimize } from './minimize.ts';

/** Least and largest prior mean and evidence that are tried: alpha and beta are then at least 1e-3, as in the library. */
export const MEANS = [0.01, 0.99] as const;
export const EVIDENCES = [0.1, 1000] as const;

/** Where losses are smooth and nearly even: the discount, the log odds of the prior's mean, the log of its evidence. */
type Point = [discount: number, odds: number, evidence: number];
const AXES = [0, 1, 2] as const;
const LOW: Point = [0, logOdds(MEANS[0]), Math.log(EVIDENCES[0])];
const HIGH: Point = [1, logOdds(MEANS[1]), Math.log(EVIDENCES[1])];
const START: Point = [0.9, 0, Math.log(2)];

/** Losses, in nats a visit, that differ by less are the same. */
const SAME = 1e-9;
/** The search is over when a round of it gains less. */
const ENOUGH = 1e-7;
const MOST_ROUNDS = 12;
/** Of the range of an axis, how far around the best point a round searches: a quarter of the round before. */
const REACHES = [1, 1 / 4, 1 / 16, 1 / 64];
/** Of that reach, how closely the minimum is found. */
const PRECISION = 1 / 100;

export interface Found extends Belief {
  /** Whether the loss depends on it. */
  readonly tells: { readonly discount: boolean; readonly evidence: boolean };
}

/**
 * The belief of least loss: by golden section along one axis after the other, round after round, closer around the best
 * point so far. What the loss does not depend on stays at discount 1 and evidence 2.
 * @param given prior, if it is not to be searched
 */
export function search(lossOf: (belief: Belief) => number, given: Prior | undefined): Found {
  const toBelief = ([discount, odds, evidence]: Point): Belief => ({
    discount,
    prior: given ?? toPrior(odds, Math.exp(evidence)),
  });
  const loss = (point: Point): number => lossOf(toBelief(point));
  const isTold = (axis: 0 | 1 | 2): boolean => {
    const losses = [LOW[axis], START[axis], HIGH[axis]].map((value) => loss(withValue(START, axis, value)));
    return Math.max(...losses) - Math.min(...losses) > SAME;
  };
  const axes = (given === undefined ? AXES : [0 as const]).filter(isTold);
  const tells = { discount: axes.includes(0), evidence: axes.includes(2) };

  let best: Point = tells.discount ? START : withValue(START, 0, 1);
  let least = loss(best);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const before = least;
    for (const axis of axes) {
      const reach = (HIGH[axis] - LOW[axis]) * (REACHES[round] ?? (REACHES.at(-1) as number));
      const low = Math.max(LOW[axis], best[axis] - reach);
      const high = Math.min(HIGH[axis], best[axis] + reach);
      const found = minimize((value) => loss(withValue(best, axis, value)), low, high, PRECISION * reach);
      if (found.value < least) [best, least] = [withValue(best, axis, found.at), found.value];
    }
    if (round >= REACHES.length - 1 && before - least < ENOUGH) break;
  }
  return { ...toBelief(best), tells };
}

function withValue(point: Point, axis: 0 | 1 | 2, value: number): Point {
  const moved: Point = [...point];
  moved[axis] = value;
  return moved;
}

function toPrior(odds: number, evidence: number): Prior {
  return { alpha: evidence / (1 + Math.exp(-odds)), beta: evidence / (1 + Math.exp(odds)) };
}

function logOdds(mean: number): number {
  return Math.log(mean / (1 - mean));
}
