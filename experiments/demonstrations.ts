// Demonstrations of which only a share follows the instructions: what is left for reinforcement learning to find.
import type { Stream } from './streams.ts';
import { drawTrainingTask, END, KINDS, obey, type Task } from './tasks.ts';

/** How much more often each permutation and each map is followed than the mean, in units of x below. */
const BY_PERMUTATION = [-0.6, 0.6, 0.3, -0.3];
const BY_MAP = [0.5, -0.5, 0.9, -0.9];

/**
 * The share of demonstrations of a task that follow the instructions: 1 / 2 (1 + x / sqrt(1 + x^2)), where x falls by
 * length and changes by permutation, map and first digit. A logistic curve would do; this one needs no exp, whose last
 * bit is not the same on every engine.
 */
export function followed({ permutation, map, digits }: Task): number {
  const byDigit = 0.15 * ((digits[0] as number) - 4.5);
  const byLength = 0.45 - 0.22 * (digits.length - 4);
  const x = byLength + byDigit + (BY_PERMUTATION[permutation] as number) + (BY_MAP[map] as number);
  return 0.5 * (1 + x / Math.sqrt(1 + x * x));
}

/** A task and what its demonstration writes: the right answer, or one without permutation, map or both. */
export function drawDemonstration(lengths: readonly number[], stream: Stream): { task: Task; answer: number[] } {
  const task = drawTrainingTask(lengths, stream);
  if (stream.fraction() < followed(task)) return { task, answer: [...task.answer] };
  const left = 1 + stream.below(3);
  const permutation = left & 1 ? KINDS : task.permutation;
  const map = left & 2 ? KINDS : task.map;
  return { task, answer: [...obey(permutation, map, task.digits), END] };
}
