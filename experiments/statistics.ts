// Paired comparisons of a few seeds: no exp, no log, so that every engine prints the same digits.
import { Stream } from './streams.ts';

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return Number.isInteger(half)
    ? ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
    : (sorted[Math.floor(half)] as number);
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 10_000;

/** Percentile bootstrap of the mean (95 %): a pure function of the values. */
export function bootstrap(values: readonly number[]): Interval {
  const stream = new Stream('resample', values.length);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[stream.below(values.length)] as number;
    return sum / values.length;
  }).sort();
  return { low: means[0.025 * RESAMPLES] as number, high: means[0.975 * RESAMPLES - 1] as number };
}

/** Exact two-sided sign test; differences of 0 are left out. */
export function signTest(differences: readonly number[]): number {
  const wins = differences.filter((value) => value > 0).length;
  const count = differences.filter((value) => value !== 0).length;
  let chance = 0.5 ** count;
  let tail = 0;
  for (let k = 0; k <= Math.min(wins, count - wins); k++) {
    tail += chance;
    chance *= (count - k) / (k + 1);
  }
  return Math.min(1, 2 * tail);
}

/** Holm's step-down correction of all p-values together, in their order. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, at) => ({ p, at })).sort((a, b) => a.p - b.p || a.at - b.at);
  const corrected = new Array<number>(ps.length);
  let least = 0;
  order.forEach(({ p, at }, rank) => {
    least = Math.max(least, Math.min(1, (ps.length - rank) * p));
    corrected[at] = least;
  });
  return corrected;
}

/** Points (rollouts, rate) with rollouts rising from 0. */
export interface Points {
  readonly rollouts: readonly number[];
  readonly rates: readonly number[];
}

/** Area under the curve by trapezoids, over its width: the mean rate. */
export function areaOf({ rollouts, rates }: Points): number {
  let area = 0;
  for (let i = 1; i < rates.length; i++) {
    const width = (rollouts[i] as number) - (rollouts[i - 1] as number);
    area += (((rates[i] as number) + (rates[i - 1] as number)) / 2) * width;
  }
  return area / (rollouts.at(-1) as number);
}

/** The rate at some number of rollouts, on the line between two points. */
export function rateAt({ rollouts, rates }: Points, at: number): number {
  const i = Math.max(
    1,
    rollouts.findIndex((value) => value >= at),
  );
  const from = rollouts[i - 1] as number;
  const share = (at - from) / ((rollouts[i] as number) - from);
  return (rates[i - 1] as number) + share * ((rates[i] as number) - (rates[i - 1] as number));
}

/** The rollouts at which the line first comes to a rate, or undefined. */
export function rolloutsTo({ rollouts, rates }: Points, rate: number): number | undefined {
  const i = rates.findIndex((value) => value >= rate);
  if (i <= 0) return i === 0 ? 0 : undefined;
  const [low, high] = [rates[i - 1] as number, rates[i] as number];
  const from = rollouts[i - 1] as number;
  return from + ((rate - low) / (high - low)) * ((rollouts[i] as number) - from);
}

/**
 * How many times fewer rollouts an arm needs than the base arm to what the base arm has at half of its budget. An arm
 * that never gets there counts as if it did at the end of the budget, which is in its favour.
 */
export function speedUp(arm: Points, base: Points): number {
  const budget = base.rollouts.at(-1) as number;
  const rate = rateAt(base, budget / 2);
  const first = base.rollouts[1] as number;
  const needs = (points: Points) => Math.max(first, rolloutsTo(points, rate) ?? budget);
  return needs(base) / needs(arm);
}
