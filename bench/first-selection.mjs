// The CPU time of the first selection out of a whole pool, in a process that has scored nothing before: engines have
// compiled nothing yet.
import { spawnSync } from 'node:child_process';

const COUNT = 256;

const source = (here, entry, points, run) => `import { PosteriorPool } from '${entry}';
import { history, tiled } from '${here('data.mjs')}';
import { scoreFast } from '${here('rivals/fast.mjs')}';
import { topKByFilter } from '${here('rivals/top-k.mjs')}';
const columns = tiled(history(${points / 10}, 0.9, 1), ${points});
const pool = new PosteriorPool(${points}, { discount: 0.9 }).set(columns);
const scores = new Float32Array(${points});
const ours = () => pool.select(${COUNT}).indices[0];
const rival = () => {
  scoreFast(columns.alpha, columns.beta, scores, 3, 0.3);
  return topKByFilter(scores, ${COUNT})[0];
};
const from = process.cpuUsage();
if (!(${run}() >= 0)) throw new Error('no selection');
const { user, system } = process.cpuUsage(from);
console.log((user + system) / 1000);`;

/**
 * Medians over fresh processes, ours and plain JavaScript in turn.
 * @param {string} entry address of the package's module @param {number} points @param {number} rounds
 */
export function firstSelection(entry, points, rounds) {
  const here = (file) => new URL(`../benchmark/${file}`, import.meta.url).href;
  const names = { 'insight-wasm': 'ours', 'fast JS + filter': 'rival' };
  const times = new Map(Object.keys(names).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(names)) {
      const program = ['--input-type=module', '-e', source(here, entry, points, run)];
      const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      times.get(name).push(Number(stdout));
    }
  }
  const median = (name) => [...times.get(name)].sort((a, b) => a - b)[rounds >> 1];
  const ours = median('insight-wasm');
  const standings = Object.keys(names).map((name) => {
    const ms = median(name);
    return { name, points, ms, nsPerPoint: (ms * 1e6) / points, ratio: ms / ours };
  });
  return { job: 'first selection', pool: 'real', points, standings };
}
