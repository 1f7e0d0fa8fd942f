// What a script pays before its first answer.
import { spawnSync } from 'node:child_process';

const REPORT = 'const { user, system } = process.cpuUsage(); console.log((user + system) / 1000);';

/**
 * The CPU time of a process that imports the package, makes a pool of 1,000, observes each of them once, in one batch or one
 * by one, and selects, over the time of an empty process: medians of interleaved rounds.
 * @param {string} entry address of the package's module @param {number} rounds
 */
export function coldStart(entry, rounds) {
  const start = `import { PosteriorPool } from '${entry}'; const pool = new PosteriorPool(1000);
const indices = Uint32Array.from({ length: 1000 }, (_, i) => i);`;
  const programs = {
    empty: 'export {};',
    'one batch': `${start} pool.update({ indices, successes: indices.map((i) => i % 9), trials: 8 }).select(10);`,
    'one by one': `${start} for (const i of indices) pool.update({ indices: [i], successes: [i % 9], trials: 8 });
pool.select(10);`,
  };
  const times = new Map(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, source] of Object.entries(programs)) {
      const program = ['--input-type=module', '-e', `${source}\n${REPORT}`];
      const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: 'utf8' });
      if (status !== 0) throw new Error(stderr);
      times.get(name).push(Number(stdout));
    }
  }
  const median = (name) => [...times.get(name)].sort((a, b) => a - b)[rounds >> 1];
  const empty = median('empty');
  const standings = ['one batch', 'one by one'].map((name) => ({ name, ms: median(name) - empty }));
  return { job: 'cold start', pool: 'real', points: 1000, standings: [...standings, { name: 'empty', ms: empty }] };
}
