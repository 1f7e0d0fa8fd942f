// The supervised phase: from random weights to the base policy of a seed.
import { drawDemonstration } from './demonstrations.ts';
import type { Policy } from './policy.ts';
import { CLIP, type Plan, WARM_UP } from './protocol.ts';
import { Stream } from './streams.ts';

/** One step: a function of the policy, the seed and the number of the step, so that training can go on from a checkpoint. */
export function superviseStep(policy: Policy, seed: number, step: number, { supervised, lengths }: Plan): void {
  const { steps, batch, rate } = supervised;
  const stream = new Stream('demonstrations', seed, step);
  const shown = Array.from({ length: batch }, () => drawDemonstration(lengths, stream));
  const tokens = shown.reduce((sum, { answer }) => sum + answer.length, 0);
  policy.accumulate(shown.map(({ task, answer }) => ({ task, answer, weight: 1 / tokens })));
  const rising = (step + 1) / Math.min(WARM_UP, steps);
  const falling = (steps - step) / steps;
  policy.step({ rate: rate * Math.min(1, rising) * falling, clip: CLIP });
}
