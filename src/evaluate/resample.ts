import { philox } from '../random.ts';
import { type History, visitsOf } from './history.ts';

/** What the words of the generator are for, after the streams of src/random.ts and of the simulation. */
const RESAMPLE_STREAM = 3;

/** As many prompts, drawn with replacement and each with all its visits: a bootstrap sample, a function of the seed. */
export function resample(history: History, seed: number): History {
  const { prompts, starts, successes, trials, logOrders } = history;
  const drawn = Uint32Array.from({ length: prompts }, (_, i) =>
    Math.floor((philox(i, RESAMPLE_STREAM, seed)[0] / 2 ** 32) * prompts),
  );
  const newStarts = new Uint32Array(prompts + 1);
  drawn.forEach((prompt, i) => {
    newStarts[i + 1] = (newStarts[i] as number) + visitsOf(history, prompt);
  });
  const copy = (column: Uint16Array): Uint16Array => {
    const copied = new Uint16Array(newStarts[prompts] as number);
    drawn.forEach((prompt, i) => {
      copied.set(column.subarray(starts[prompt], starts[prompt + 1]), newStarts[i]);
    });
    return copied;
  };
  return {
    prompts,
    starts: newStarts,
    successes: copy(successes),
    trials: copy(trials),
    logOrders: Float64Array.from(drawn, (prompt) => logOrders[prompt] as number),
  };
}
