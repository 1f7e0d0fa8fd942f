// A run of plain GRPO: K answers a prompt, rewards 0 or 1, advantages (r - mean) / std in the group, one step a batch on
// the policy that sampled it, no KL term.

import { philox } from '../src/random.ts';
import { type ArmName, armOf, type Chooser } from './arms.ts';
import { type Curve, Recorder } from './curve.ts';
import type { Policy, Weighted } from './policy.ts';
import { CLIP, PROMPTS, RATE, ROLLOUTS } from './protocol.ts';
import { STREAMS } from './streams.ts';
import type { Task } from './tasks.ts';

/** What a run starts from. */
export interface Start {
  readonly seed: number;
  readonly arm: ArmName;
  readonly pool: readonly Task[];
  readonly heldOut: readonly Task[];
  /** Rollouts to be spent. */
  readonly budget: number;
  /** Rollouts from one evaluation to the next. */
  readonly interval: number;
}

/** Rollouts of one draw of prompts. */
interface Groups {
  readonly indices: Uint32Array;
  readonly answers: number[][][];
  readonly successes: number[];
}

/** Trains the policy in place from its base. */
export function train(policy: Policy, { seed, arm: name, pool, heldOut, budget, interval }: Start): Curve {
  const arm = armOf(name);
  const chooser = arm.chooser({ seed, pool: pool.length, trueRates: () => policy.rates(pool) });
  const recorder = new Recorder();
  let spent = 0;
  let draws = 0;
  let step = 0;
  recorder.evaluated(spent, policy.rates(heldOut));
  for (; spent < budget; step++) {
    const batch: Weighted[] = [];
    let trained = 0;
    do {
      const groups = rollOut(policy, chooser, pool, seed, draws++);
      spent += groups.indices.length * ROLLOUTS;
      recorder.drew(step, groups.indices, groups.successes.filter(isMixed).length);
      trained += addGroups(batch, groups, pool, PROMPTS - trained);
    } while (arm.dynamic && trained < PROMPTS && spent < budget);
    policy.accumulate(batch);
    policy.step({ rate: RATE, clip: CLIP });
    const due = Math.floor(spent / interval) > Math.floor(recorder.last / interval);
    if (due || spent >= budget) recorder.evaluated(spent, policy.rates(heldOut));
  }
  return recorder.curve(step);
}

const isMixed = (successes: number): boolean => successes > 0 && successes < ROLLOUTS;

/** One draw of prompts and their rollouts, which the chooser is shown. Draw d of any arm has the same random words. */
function rollOut(policy: Policy, chooser: Chooser, pool: readonly Task[], seed: number, draw: number): Groups {
  const indices = chooser.choose(draw);
  const tasks = [...indices].map((index) => pool[index] as Task);
  const answers = policy.sample(tasks, ROLLOUTS, answerWords(indices, seed, draw));
  const successes = answers.map((group, at) => group.filter((answer) => isRight(answer, tasks[at] as Task)).length);
  chooser.observe?.(indices, successes);
  return { indices, answers, successes };
}

/** The random words of answers: a pure function of seed, draw, prompt, rollout and place, four to a block. */
function answerWords(indices: Uint32Array, seed: number, draw: number) {
  let counter = -1;
  let words: readonly number[] = [];
  return (at: number, rollout: number, place: number): number => {
    const wanted = ((indices[at] as number) * ROLLOUTS + rollout) * 4 + (place >>> 2);
    if (wanted !== counter) words = philox((counter = wanted), STREAMS.answers, seed, draw);
    return words[place & 3] as number;
  };
}

function isRight(answer: readonly number[], task: Task): boolean {
  return answer.length === task.answer.length && answer.every((token, g) => token === task.answer[g]);
}

/**
 * Adds the losses of the mixed groups, at most `most` of them; how many there were. Equal answers of a group are one with
 * the sum of their weights: the same gradient for less work.
 */
function addGroups(batch: Weighted[], { indices, answers, successes }: Groups, pool: readonly Task[], most: number) {
  let added = 0;
  answers.forEach((group, at) => {
    const right = successes[at] as number;
    if (!isMixed(right) || added === most) return;
    added++;
    const task = pool[indices[at] as number] as Task;
    const mean = right / ROLLOUTS;
    const deviation = Math.sqrt(mean * (1 - mean));
    const weights = new Map<string, { answer: readonly number[]; weight: number }>();
    for (const answer of group) {
      const advantage = ((isRight(answer, task) ? 1 : 0) - mean) / deviation;
      const weight = advantage / (answer.length * ROLLOUTS * PROMPTS);
      const known = weights.get(answer.join(','));
      if (known === undefined) weights.set(answer.join(','), { answer, weight });
      else known.weight += weight;
    }
    for (const { answer, weight } of weights.values()) batch.push({ task, answer, weight });
  });
  return added;
}
