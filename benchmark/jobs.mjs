// The jobs of the report: each returns its contestants, ours first, after checking that their answers agree.
import { PosteriorPool, topK } from 'insight-wasm';
import { same, sameScores } from './agree.mjs';
import { barePaths, bareScan } from './bare.mjs';
import { visit } from './data.mjs';
import { scoreFast } from './rivals/fast.mjs';
import { scoreTableLog } from './rivals/table-log.mjs';
import { scoreTextbook } from './rivals/textbook.mjs';
import { topKByFilter, topKByHeap, topKByQuickselect, topKBySort } from './rivals/top-k.mjs';
import { updateLoop } from './rivals/update.mjs';

/**
 * @typedef {import('./data.mjs').Columns} Columns
 * @typedef {import('./race.mjs').Contestant} Contestant
 * @typedef {{ name: string, discount: number, columns: Columns }} Case a pool to measure with, and its name
 */

export const US = 'insight-wasm';
export const COUNT = 256;
const KIND = 'weighted-mutual-information';
const [ETA, MU] = [3, 0.3];
/** Steps of a loop follow one another for so long: a sample is hundreds of them. */
const LOOP_MS = 20;
/** More points would only take time. */
const MOST = { 'textbook JS': 10_000, 'JS sort': 1_000_000, 'fast JS': 5_000_000, 'table-log JS': 5_000_000 };

const SCORERS = { 'fast JS': scoreFast, 'table-log JS': scoreTableLog, 'textbook JS': scoreTextbook };
const SELECTORS = {
  'JS filter': topKByFilter,
  'JS heap': topKByHeap,
  'JS quickselect': topKByQuickselect,
  'JS sort': topKBySort,
};

/** @param {Case} pool */
function poolOf({ columns, discount }) {
  return new PosteriorPool(columns.alpha.length, { discount }).set(columns);
}

/** A rule that is another one each time, so that the pool has no scores of it. */
function fresh() {
  let eta = ETA;
  return () => {
    eta = eta === ETA ? ETA + 1e-9 : ETA;
    return { kind: KIND, eta };
  };
}

/** @param {Columns} columns @param {number} count */
function first({ alpha, beta }, count) {
  return { alpha: alpha.subarray(0, count), beta: beta.subarray(0, count) };
}

/** All scores into a reused array. @param {Case} pool @returns {Contestant[]} */
export function scoring(pool) {
  const points = pool.columns.alpha.length;
  const ours = poolOf(pool);
  const out = new Float32Array(points);
  const expected = ours.score();
  const rule = fresh();
  const rivals = Object.entries(SCORERS).map(([name, scorer]) => {
    const count = Math.min(points, MOST[name]);
    const { alpha, beta } = first(pool.columns, count);
    const scores = new Float32Array(count);
    const run = () => {
      scorer(alpha, beta, scores, ETA, MU);
      return scores[count - 1];
    };
    run();
    sameScores(name, scores, expected);
    return { name, points: count, run };
  });
  return [{ name: US, points, run: () => ours.score({ out, acquisition: rule() })[points - 1] }, ...rivals];
}

/** The kernel's ways to score both columns, against a SIMD sum of them. @param {Case} pool @param {BufferSource} kernel */
export function paths({ columns, discount }, kernel) {
  const points = columns.alpha.length;
  const bare = barePaths(kernel, columns);
  bare.cells();
  const exact = bare.scores.slice();
  const lattice = [{ name: 'lattice', points, run: bare.lattice }];
  if (discount === 1) {
    bare.lattice();
    same('lattice', bare.scores, exact);
  }
  return [
    { name: 'SIMD sum', points, run: bare.sum },
    { name: 'cells', points, run: bare.cells },
    ...(discount === 1 ? lattice : []),
  ];
}

/** All scores at other numbers of rollouts, against those at 8. @param {Case} pool @returns {Contestant[]} */
export function rollouts(pool) {
  const points = pool.columns.alpha.length;
  const out = new Float32Array(points);
  return [8, 64, 256].map((count) => {
    const ours = poolOf(pool);
    const rule = fresh();
    const run = () => ours.score({ out, acquisition: { ...rule(), rollouts: count } })[points - 1];
    return { name: `K = ${count}`, points, run, sampleMs: LOOP_MS };
  });
}

/** The best 256 of a column of scores. @param {Case} pool @param {BufferSource} kernel @returns {Contestant[]} */
export function ranking(pool, kernel) {
  const scores = poolOf(pool).score();
  const points = scores.length;
  const expected = topK(scores, COUNT).indices;
  const bare = bareScan(kernel, scores, COUNT);
  const rivals = Object.entries(SELECTORS)
    .filter(([name]) => points <= (MOST[name] ?? points))
    .map(([name, best]) => {
      same(name, best(scores, COUNT), expected);
      return { name, points, run: () => best(scores, COUNT)[0] };
    });
  return [
    { name: US, points, run: () => topK(scores, COUNT).indices[0] },
    { name: 'bare Wasm scan', points, run: bare.scan },
    { name: 'SIMD sum', points, run: bare.sum },
    ...rivals,
  ];
}

/** What the rollouts of a prompt came to, in place of a model. @param {number} index @param {number} step */
export const outcome = (index, step) => (Math.imul(index, 0x9e3779b1) + Math.imul(step, 0x85ebca6b)) >>> 29;

/**
 * One step of training on ours: select 256, roll them out, update them.
 * @param {PosteriorPool} pool @param {(step: number) => object | undefined} options of the selection
 */
function trainingStep(pool, options) {
  const successes = new Uint16Array(COUNT);
  let step = 0;
  return () => {
    const { indices } = pool.select(COUNT, options(++step));
    for (let i = 0; i < indices.length; i++) successes[i] = outcome(indices[i], step);
    pool.update({ indices, successes: successes.subarray(0, indices.length), trials: 8 });
    return indices[0];
  };
}

/** The same in plain JavaScript: score all, filter, update. */
function rivalStep(name, scorer, { columns, discount }, expected) {
  const points = columns.alpha.length;
  const plain = { alpha: columns.alpha.slice(), beta: columns.beta.slice() };
  const scores = new Float32Array(points);
  const select = () => {
    scorer(plain.alpha, plain.beta, scores, ETA, MU);
    return topKByFilter(scores, COUNT);
  };
  const values = Float32Array.from(select(), (index) => scores[index]);
  sameScores(name, values, expected); // by value: its last bits may swap two near-equal datapoints
  let step = 0;
  const run = () => {
    const indices = select();
    step++;
    const successes = Uint16Array.from(indices, (index) => outcome(index, step));
    updateLoop(plain, indices, successes, 8, discount);
    return indices[0];
  };
  return { name: `${name} + filter`, points, run };
}

/**
 * A training step out of the whole pool. `full`: with our own full rescore at each step too.
 * @param {Case} pool @param {BufferSource} kernel @returns {Contestant[]}
 */
export function training(pool, kernel) {
  const points = pool.columns.alpha.length;
  const ours = poolOf(pool);
  const scores = ours.score();
  const { scan } = bareScan(kernel, scores, COUNT);
  const expected = ours.select(COUNT).scores;
  const rule = fresh();
  const rescored = trainingStep(poolOf(pool), () => ({ acquisition: rule() }));
  const rivals = Object.entries(SCORERS)
    .filter(([name]) => points <= MOST[name])
    .map(([name, scorer]) => rivalStep(name, scorer, pool, expected));
  return [
    { name: US, points, run: trainingStep(ours, () => undefined), sampleMs: LOOP_MS },
    { name: 'bare Wasm scan', points, run: scan },
    { name: 'full Wasm rescore', points, run: rescored },
    ...rivals,
  ];
}

/**
 * The paper's step: the best 256 of 4,096 random candidates. `unscored`: in a pool that never scored all of its
 * datapoints, so that the candidates are scored one set after another.
 * @param {Case} pool @param {BufferSource} kernel @returns {Contestant[]}
 */
export function candidates(pool, kernel) {
  const points = pool.columns.alpha.length;
  const ours = poolOf(pool);
  const { scan } = bareScan(kernel, ours.score(), COUNT);
  const options = (seed) => ({ candidates: { size: 16 * COUNT, seed } });
  return [
    { name: US, points, run: trainingStep(ours, options), sampleMs: LOOP_MS },
    { name: 'unscored', points, run: trainingStep(poolOf(pool), options), sampleMs: LOOP_MS },
    { name: 'bare Wasm scan', points, run: scan },
  ];
}

/** One visit of `count` datapoints. @param {Case} pool @param {number} count @returns {Contestant[]} */
export function updating(pool, count) {
  const { columns, discount } = pool;
  const batch = visit(columns.alpha.length, count, 3);
  const { indices, successes, trials } = batch;
  const ours = poolOf(pool);
  const plain = { alpha: columns.alpha.slice(), beta: columns.beta.slice() };
  ours.update(batch);
  updateLoop(plain, indices, successes, trials, discount);
  same('alpha', plain.alpha, ours.alpha);
  same('beta', plain.beta, ours.beta);
  const last = indices[count - 1];
  const loop = () => {
    updateLoop(plain, indices, successes, trials, discount);
    return plain.alpha[last];
  };
  return [
    { name: US, points: count, run: () => ours.update(batch).alpha[last] },
    { name: 'unchecked JS loop', points: count, run: loop },
  ];
}

/** Bytes of a pool's memory. @param {number} points */
export function memoryOf(points) {
  return new PosteriorPool(points).alpha.buffer.byteLength;
}
