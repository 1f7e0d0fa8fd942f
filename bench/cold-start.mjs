// What a script pays before its first answer: import, a pool of 1,000, 1,000 observations in one batch or one by one, a
// selection; the time of the whole process over that of an empty one, interleaved.
import { spawnSync } from 'node:child_process';

const entry = new URL('../dist/index.js', import.meta.url).href;
const start = `import { PosteriorPool } from '${entry}'; const pool = new PosteriorPool(1000);
const indices = Uint32Array.from({ length: 1000 }, (_, i) => i);`;
const programs = {
  'one batch': `${start} pool.update({ indices, successes: indices.map((i) => i % 9), trials: 8 }).select(10);`,
  'one by one': `${start} for (const i of indices) pool.update({ indices: [i], successes: [i % 9], trials: 8 });
pool.select(10);`,
  empty: 'export {};',
};

const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
for (let round = 0; round < 31; round++) {
  for (const [name, source] of Object.entries(programs)) {
    const before = performance.now();
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source]);
    if (status !== 0) throw new Error(String(stderr));
    times[name].push(performance.now() - before);
  }
}
const median = (name) => times[name].sort((a, b) => a - b)[15];
console.log(`${process.version}: an empty process ${median('empty').toFixed(1)} ms`);
for (const name of ['one batch', 'one by one']) {
  console.log(`1,000 observations, ${name}: ${(median(name) - median('empty')).toFixed(1)} ms more`);
}
