import type { SuccessRule } from '../row.ts';

export interface ValueCount {
  readonly value: number;
  readonly count: number;
}

export interface Proposal extends SuccessRule {
  /** Whether the values leave little doubt. */
  readonly isClear: boolean;
}

/** Distinct values of a reward that takes steps; a reward with more is shaped by something continuous. */
const MOST_STEPS = 20;

/** Rewards of which most are of their own, or too many to take steps. */
export function isContinuous(values: readonly ValueCount[], others: number, rollouts: number): boolean {
  return others > 0 || values.length > MOST_STEPS || (values.length > 4 && 2 * values.length > rollouts);
}

/**
 * A success is what lies above the widest gap between two distinct rewards, of equal gaps the highest: 1 of 0, 0.1, 1;
 * 1 and 1.2 of 0, 0.2, 1, 1.2. Keeps the rule in use if that makes the same successes; none if all rewards are equal.
 * @param values distinct, rising
 */
export function proposeRule(values: readonly ValueCount[], inUse: SuccessRule): Proposal | undefined {
  let widest = 0;
  let below: number | undefined;
  let above = 0;
  let runnerUp = 0;
  for (let i = 1; i < values.length; i++) {
    const [low, high] = [(values[i - 1] as ValueCount).value, (values[i] as ValueCount).value];
    const gap = high - low;
    if (gap >= widest * (1 - 1e-9)) [runnerUp, widest, below, above] = [widest, gap, low, high];
    else runnerUp = Math.max(runnerUp, gap);
  }
  if (below === undefined) return undefined;
  const isSame = below < inUse.threshold && inUse.threshold <= above;
  const threshold = isSame ? inUse.threshold : (below + above) / 2;
  return { threshold, isClear: values.length <= MOST_STEPS && runnerUp < 0.75 * widest };
}
