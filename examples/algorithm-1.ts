// Algorithm 1 of InSight (arXiv 2603.01907) against a simulated policy: select, roll out, update; save and resume.
import { PosteriorPool } from 'insight-wasm';

const PROMPTS = 10_000;
const ROLLOUTS = 8;
const BATCH = 256;

/** The policy: true success rates, which training raises a little; and a coin (xorshift) to roll out with. */
const rate = Float64Array.from({ length: PROMPTS }, (_, i) => (i % 100) / 100);
let state = 1;
const coin = (p: number): boolean => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32 < p;
};
const rollOut = (prompt: number): number => {
  let successes = 0;
  for (let k = 0; k < ROLLOUTS; k++) if (coin(rate[prompt]!)) successes++;
  rate[prompt] = Math.min(1, rate[prompt]! + 0.01 * (successes / ROLLOUTS) * (1 - successes / ROLLOUTS));
  return successes;
};

let pool = new PosteriorPool(PROMPTS, { discount: 0.9 });
for (let step = 0; step < 50; step++) {
  // Eq. 17: the best M of 16 M random candidates. A fresh pool is one tie, which the lowest indices would win.
  const { indices } = pool.select(BATCH, { candidates: { seed: step } });
  const successes = Array.from(indices, rollOut);
  pool.update({ indices, successes, trials: ROLLOUTS }); // Eq. 6
  const informative = successes.filter((s) => s > 0 && s < ROLLOUTS).length;
  if (step % 10 === 9) {
    console.log(`step ${step + 1}: ${((100 * informative) / BATCH).toFixed(0)} % of the groups taught something`);
    pool = PosteriorPool.fromBytes(pool.toBytes()); // save, and resume from what was saved
  }
}
