// What a seed fixes for all arms: base policy, pool, held-out tasks.
import type { Policy } from './policy.ts';
import { FAR_LENGTHS, type Plan, type RegimeName } from './protocol.ts';
import { Stream } from './streams.ts';
import { drawTrainingTask, heldOutTasks, type Task } from './tasks.ts';

/** The prompts of a regime: each within reach or not by chance, as likely as the regime says. */
export function poolOf(seed: number, regime: RegimeName, { regimes, lengths }: Plan): Task[] {
  const stream = new Stream('pool', seed);
  const { pool, far } = regimes[regime];
  return Array.from({ length: pool }, () => drawTrainingTask(stream.fraction() < far ? FAR_LENGTHS : lengths, stream));
}

/** The tasks that success is measured on, the same in all regimes of a seed. */
export function heldOutOf(seed: number, { lengths, heldOutEach }: Plan): Task[] {
  return heldOutTasks(lengths, heldOutEach, new Stream('evaluation', seed));
}

/** How far a base policy has come. */
export interface Base {
  readonly mean: number;
  /** Expected share of mixed groups among the held-out tasks. */
  readonly mixed: number;
}

export function describeBase(policy: Policy, heldOut: readonly Task[]): Base {
  const rates = policy.rates(heldOut);
  const power8 = (x: number) => x * x * x * x * (x * x * x * x);
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  const mixed = rates.reduce((sum, rate) => sum + 1 - power8(rate) - power8(1 - rate), 0) / rates.length;
  return { mean: Number(mean.toFixed(6)), mixed: Number(mixed.toFixed(6)) };
}
