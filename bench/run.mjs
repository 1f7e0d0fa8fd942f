// What ships (dist/) against plain JavaScript, on whatever runs this file: node, bun.
import { PosteriorPool, topK } from '../dist/index.js';
import { same, sameScores } from './agree.mjs';
import { history, visit } from './data.mjs';
import { race } from './race.mjs';
import { conditions, options, printHead, printRow, save } from './report.mjs';
import { scoreFast } from './rivals/fast.mjs';
import { scoreTableLog } from './rivals/table-log.mjs';
import { scoreTextbook } from './rivals/textbook.mjs';
import { topKByFilter, topKByHeap, topKByQuickselect, topKBySort } from './rivals/top-k.mjs';
import { updateLoop } from './rivals/update.mjs';
import { bareScan } from './scan.mjs';

/**
 * @typedef {import('./data.mjs').Columns} Columns
 * @typedef {import('./race.mjs').Contestant} Contestant
 */

const US = 'insight-wasm';
const COUNT = 256;
const [ETA, MU] = [3, 0.3];
const MOST = { 'textbook JS': 10_000, 'JS sort': 1_000_000 }; // points; more would only take time

const SCORERS = { 'fast JS': scoreFast, 'table-log JS': scoreTableLog };
const SELECTORS = {
  'JS filter': topKByFilter,
  'JS heap': topKByHeap,
  'JS quickselect': topKByQuickselect,
  'JS sort': topKBySort,
};

/**
 * A pool of the first `points` of the columns.
 * @param {Columns} columns @param {number} points @param {number} discount
 */
function poolOf({ alpha, beta }, points, discount) {
  return new PosteriorPool(points, { discount }).set({
    alpha: alpha.subarray(0, points),
    beta: beta.subarray(0, points),
  });
}

/** All scores into a reused array. @param {PosteriorPool} pool @param {Columns} columns @returns {Contestant[]} */
function scoring(pool, { alpha, beta }) {
  const points = pool.size;
  const out = new Float32Array(points);
  pool.score({ out });
  let eta = ETA;
  const again = () => {
    eta = eta === ETA ? ETA + 1e-9 : ETA; // another rule each time: the pool keeps the scores of the last one
    return pool.score({ out, acquisition: { kind: 'weighted-mutual-information', eta } })[points - 1];
  };
  const ours = { name: US, points, run: again };
  const rival = (name, scorer, count) => {
    const [a, b, scores] = [alpha.subarray(0, count), beta.subarray(0, count), new Float32Array(count)];
    const run = () => {
      scorer(a, b, scores, ETA, MU);
      return scores[count - 1];
    };
    run();
    sameScores(name, scores, out);
    return { name, points: count, run };
  };
  return [
    ours,
    ...Object.entries(SCORERS).map(([name, scorer]) => rival(name, scorer, points)),
    rival('textbook JS', scoreTextbook, Math.min(points, MOST['textbook JS'])),
  ];
}

/** The best 256 of a column of scores. @param {Float32Array} scores @returns {Contestant[]} */
function ranking(scores) {
  const points = scores.length;
  const expected = topK(scores, COUNT).indices;
  const contestants = Object.entries(SELECTORS).filter(([name]) => points <= (MOST[name] ?? points));
  const rivals = contestants.map(([name, best]) => {
    same(name, best(scores, COUNT), expected);
    return { name, points, run: () => best(scores, COUNT)[0] };
  });
  return [{ name: US, points, run: () => topK(scores, COUNT).indices[0] }, ...rivals];
}

/**
 * A training step: select 256, roll them out, update them. `from`: the options of the selection at each step.
 * @param {PosteriorPool} pool @param {Columns} columns @param {number} discount
 * @param {(step: number) => object | undefined} from @returns {Contestant[]}
 */
function training(pool, columns, discount, from) {
  const points = pool.size;
  const trials = new Uint16Array(COUNT).fill(8);
  const outcome = (index, step) => ((index * 2_654_435_761 + step * 40_503) % 9) | 0;
  let step = 0;
  const ours = () => {
    const { indices } = pool.select(COUNT, from(++step));
    pool.update({ indices, successes: indices.map((index) => outcome(index, step)), trials });
    return indices[0];
  };
  const scan = { name: 'bare Wasm scan', points, run: bareScan(pool.score(), COUNT) };
  if (from(0) !== undefined) return [{ name: US, points, run: ours }, scan];
  const expected = pool.select(COUNT);
  const rivals = Object.entries(SCORERS).map(([name, scorer]) => {
    const plain = { alpha: columns.alpha.slice(0, points), beta: columns.beta.slice(0, points) };
    const scores = new Float32Array(points);
    const select = () => {
      scorer(plain.alpha, plain.beta, scores, ETA, MU);
      return topKByFilter(scores, COUNT);
    };
    const values = Float32Array.from(select(), (index) => scores[index]);
    sameScores(name, values, expected.scores); // by value: its last bits may swap two near-equal datapoints
    const run = () => {
      const indices = select();
      const successes = Uint16Array.from(indices, (index) => outcome(index, ++step));
      updateLoop(plain, indices, successes, trials, discount);
      return indices[0];
    };
    return { name: `${name} + filter`, points, run };
  });
  return [{ name: US, points, run: ours }, scan, ...rivals];
}

/**
 * One visit of `count` datapoints.
 * @param {Columns} columns @param {number} size @param {number} count @returns {Contestant[]}
 */
function updating(columns, size, count) {
  const discount = 0.9;
  const batch = visit(size, count, 3);
  const { indices, successes, trials } = batch;
  const pool = poolOf(columns, size, discount);
  const plain = { alpha: columns.alpha.slice(0, size), beta: columns.beta.slice(0, size) };
  pool.update(batch);
  updateLoop(plain, indices, successes, trials, discount);
  same('alpha', plain.alpha, pool.alpha);
  same('beta', plain.beta, pool.beta);
  const last = indices[count - 1];
  return [
    { name: US, points: count, run: () => pool.update(batch).alpha[last] },
    {
      name: 'unchecked JS loop',
      points: count,
      run: () => {
        updateLoop(plain, indices, successes, trials, discount);
        return plain.alpha[last];
      },
    },
  ];
}

const { rounds, quick, json } = options();
const sizes = quick ? [1e4] : [1e4, 1e5, 1e6, 5e6];
const largest = sizes.at(-1);
const pools = [
  { name: 'real', discount: 0.9, columns: history(largest, 0.9, 1) },
  { name: 'lattice', discount: 1, columns: history(largest, 1, 2) },
];

const head = conditions(rounds);
const rows = [];
const row = (job, pool, points, contestants) => {
  const result = { job, pool, points, standings: race(contestants, rounds) };
  rows.push(result);
  printRow(result);
};

printHead(head, 'Median time of a call (ns a point); rivals: how many times as long a point.');
for (const points of sizes) {
  for (const { name, discount, columns } of pools) {
    const pool = poolOf(columns, points, discount);
    row('score', name, points, scoring(pool, columns));
    row('top 256', name, points, ranking(pool.score()));
    row(
      'step',
      name,
      points,
      training(pool, columns, discount, () => undefined),
    );
    const candidates = (seed) => ({ candidates: { size: 16 * COUNT, seed } });
    row('candidates', name, points, training(pool, columns, discount, candidates));
    pool.dispose();
  }
  row('update 256', 'real', points, updating(pools[0].columns, points, COUNT));
  row('update all', 'real', points, updating(pools[0].columns, points, points));
}
save(json, head, rows);
