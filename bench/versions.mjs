// This build against another one, of an earlier commit: node bench/versions.mjs /path/to/other/dist/index.js
// In one run, call by call in turn, in CPU time, as the machine may be busy.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { history } from '../benchmark/data.mjs';
import { outcome } from '../benchmark/jobs.mjs';

const [, , other, job] = process.argv;
const entries = [new URL('../dist/index.js', import.meta.url).href, pathToFileURL(other).href];
const packages = await Promise.all(entries.map((entry) => import(entry)));
const [MILLION, MANY, COUNT] = [1_000_000, 5_000_000, 256];
const KIND = 'weighted-mutual-information';

/** @param {() => void} run */
function cpuMs(run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Times `make(package)` of both in turn. */
function duel(title, make, { rounds = 11, calls = 1, warm = 3 } = {}) {
  const runs = packages.map(make);
  const times = runs.map(() => []);
  for (const run of runs) for (let i = 0; i < warm * calls; i++) run();
  for (let round = 0; round < rounds; round++) {
    runs.forEach((run, i) => {
      times[i].push(
        cpuMs(() => {
          for (let call = 0; call < calls; call++) run();
        }) / calls,
      );
    });
  }
  print(title, times.map(median));
}

function print(title, [ours, theirs]) {
  const [a, b] = [ours, theirs].map((ms) => `${ms.toPrecision(3)} ms`.padStart(11));
  console.log(`${title.padEnd(52)} ${a} ${b}   ${(ours / theirs).toFixed(3)}`);
}

const poolOf = ({ PosteriorPool }, columns) => new PosteriorPool(columns.alpha.length, { discount: 0.9 }).set(columns);

/** All scores, by another rule each time, so that the pool has none of it. */
const rescore = (columns, rollouts) => (entry) => {
  const pool = poolOf(entry, columns);
  const out = new Float32Array(columns.alpha.length);
  let eta = 3;
  return () => {
    eta = eta === 3 ? 3 + 1e-9 : 3;
    pool.score({ out, acquisition: { kind: KIND, rollouts, eta } });
  };
};

const step = (columns, options) => (entry) => {
  const pool = poolOf(entry, columns);
  const successes = new Uint16Array(COUNT);
  let i = 0;
  return () => {
    const { indices } = pool.select(COUNT, options(++i));
    indices.forEach((index, j) => {
      successes[j] = outcome(index, i);
    });
    pool.update({ indices, successes, trials: 8 });
  };
};

const candidates = (rollouts) => (seed) => ({
  acquisition: { kind: KIND, rollouts },
  candidates: { size: 16 * COUNT, seed },
});

/** Points spread log-uniformly over [1e-3, 1e6]^2, as no pool is. */
function anywhere(size) {
  let seed = 1;
  const next = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return 10 ** (-3 + (9 * seed) / 2 ** 32);
  };
  const [alpha, beta] = [0, 0].map(() => Float32Array.from({ length: size }, () => Math.max(next(), 1.0001e-3)));
  return { alpha, beta };
}

/** In a fresh process. */
function first(entry, size) {
  const source = `import { PosteriorPool } from '${entry}';
import { history, tiled } from '${new URL('../benchmark/data.mjs', import.meta.url).href}';
const pool = new PosteriorPool(${size}, { discount: 0.9 }).set(tiled(history(500_000, 0.9, 1), ${size}));
const before = process.cpuUsage();
pool.select(${COUNT});
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

function firstSelection(size, rounds) {
  const times = entries.map(() => []);
  for (let round = 0; round < rounds; round++)
    entries.forEach((entry, i) => {
      times[i].push(first(entry, size));
    });
  print(`first selection of ${size.toLocaleString('en')}`, times.map(median));
}

const JOBS = {
  rescore: () => {
    const columns = history(MILLION, 0.9, 1);
    for (const rollouts of [8, 64, 256])
      duel(`rescore 1,000,000, K = ${rollouts}`, rescore(columns, rollouts), { rounds: rollouts > 8 ? 5 : 15 });
    duel('rescore 5,000,000, K = 8', rescore(history(MANY, 0.9, 1), 8));
    duel('rescore 1,000,000 log-uniform over [1e-3, 1e6]^2', rescore(anywhere(MILLION), 8));
  },
  step: () =>
    duel(
      'step of 5,000,000',
      step(history(MANY, 0.9, 1), () => undefined),
      { rounds: 51, calls: 150 },
    ),
  'candidates 8': () =>
    duel("the paper's step, never scored, K = 8", step(history(MANY, 0.9, 1), candidates(8)), {
      rounds: 51,
      calls: 20,
      warm: 10,
    }),
  'candidates 64': () =>
    duel("the paper's step, never scored, K = 64", step(history(MANY, 0.9, 1), candidates(64)), {
      rounds: 51,
      calls: 20,
      warm: 10,
    }),
  first: () => {
    firstSelection(MANY, 7);
    firstSelection(100_000_000, 3);
  },
  rest: () => {
    const columns = history(MILLION, 0.9, 1);
    const scores = packages[0].score(columns.alpha, columns.beta);
    const bytes = poolOf(packages[0], columns).toBytes();
    duel('random scores of 1,000,000', (entry) => {
      const pool = poolOf(entry, columns);
      let seed = 0;
      return () => pool.score({ acquisition: { kind: 'random', seed: ++seed } });
    });
    duel(
      'topK 256 of 1,000,000',
      ({ topK }) =>
        () =>
          topK(scores, COUNT),
      { calls: 5 },
    );
    duel(
      'topK 4,096 of 1,000,000',
      ({ topK }) =>
        () =>
          topK(scores, 4_096),
      { calls: 5 },
    );
    duel(
      'fromBytes of 1,000,000',
      ({ PosteriorPool }) =>
        () =>
          PosteriorPool.fromBytes(bytes),
    );
    duel(
      'fromBytes, a larger size',
      ({ PosteriorPool }) =>
        () =>
          PosteriorPool.fromBytes(bytes, { size: MILLION + 9 }),
    );
    const indices = Uint32Array.from({ length: COUNT }, (_, i) => 3_907 * i);
    const batch = { indices, successes: new Uint16Array(COUNT).fill(3), trials: 8 };
    duel(
      'update 256 of 1,000,000',
      (entry) => {
        const pool = poolOf(entry, columns);
        return () => pool.update(batch);
      },
      { calls: 2_000 },
    );
  },
};

console.log(`${'CPU time'.padEnd(52)}        this       other   ratio`);
for (const [name, run] of Object.entries(JOBS)) if (job === undefined || job === name) run();
