import type { Visit } from '../visits.ts';
import type { Shape } from './report.ts';

/** Rollouts that a step must have before it means something that all are of one prompt. */
const ENOUGH = 16;

/** What steps and prompts have to do with each other. */
export function toShape(visits: Iterable<Visit>): Shape {
  const steps = new Map<number | undefined, { prompt: number; isSingle: boolean; rollouts: number }>();
  const lastStep = new Map<number, number | undefined>();
  const recurring = new Set<number>();
  for (const { prompt, step, isRollout, trials } of visits) {
    const known = steps.get(step);
    if (known === undefined) steps.set(step, { prompt, isSingle: isRollout, rollouts: trials });
    else {
      known.rollouts += trials;
      known.isSingle &&= isRollout && known.prompt === prompt;
    }
    if (lastStep.has(prompt) && lastStep.get(prompt) !== step) recurring.add(prompt);
    lastStep.set(prompt, step);
  }
  const single = [...steps].filter(
    ([step, { isSingle, rollouts }]) => step !== undefined && isSingle && rollouts >= ENOUGH,
  );
  const [first] = single;
  return {
    singlePrompt: { steps: single.length, step: first?.[0] ?? null, rollouts: first?.[1].rollouts ?? 0 },
    recurring: recurring.size,
  };
}
