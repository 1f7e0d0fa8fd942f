import { history, tiled } from './data.mjs';
import { COUNT, candidates, memoryOf, paths, ranking, rollouts, scoring, training, updating } from './jobs.mjs';
import { race } from './race.mjs';

/**
 * @typedef {import('./race.mjs').Standing} Standing
 * @typedef {{ job: string, pool: string, points: number, standings: Standing[] }} Row
 */

/** From here on only what is fast is measured. */
const HUGE = 1e7;
const MOST_CANDIDATES = 5e7;
const BULK = 1e6;

/**
 * Runs all jobs at all sizes, on a pool of real-valued posteriors and on one without discount, the lattice.
 * @param {{ sizes: number[], rounds: number, kernel: BufferSource, onRow: (row: Row) => void }} options
 */
export function suite({ sizes, rounds, kernel, onRow }) {
  for (const points of sizes) {
    const huge = points > HUGE;
    for (const { name, discount, seed } of [
      { name: 'real', discount: 0.9, seed: 1 },
      { name: 'lattice', discount: 1, seed: 2 },
    ]) {
      const columns = huge ? tiled(history(points / 10, discount, seed), points) : history(points, discount, seed);
      const pool = { name, discount, columns };
      const row = (job, contestants, times = rounds) =>
        onRow({ job, pool: name, points, standings: race(contestants, times) });
      row('step', training(pool, kernel), huge ? Math.min(rounds, 5) : rounds);
      if (points > MOST_CANDIDATES) continue; // only the step, for the figure
      row('candidates', candidates(pool, kernel));
      row('paths', paths(pool, kernel), huge ? Math.min(rounds, 5) : rounds);
      if (huge) continue;
      row('score', scoring(pool));
      row('top 256', ranking(pool, kernel));
      if (name === 'lattice') continue;
      row('rollouts', rollouts(pool));
      row('update 256', updating(pool, COUNT));
      row('update bulk', updating(pool, Math.min(points, BULK)));
    }
    const bytes = memoryOf(points);
    onRow({ job: 'memory', pool: 'any', points, standings: [{ name: 'bytes a datapoint', bytes: bytes / points }] });
  }
}
