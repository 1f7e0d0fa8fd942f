// The score by the number of rollouts, and what of its lead over JavaScript is algebra, what a logarithm of its own, and
// what the table of cells and SIMD.
import { PosteriorPool } from 'insight-wasm';
import { score as scoreReference } from 'insight-wasm/reference';
import { same, sameScores } from '../benchmark/agree.mjs';
import { history } from '../benchmark/data.mjs';
import { race } from '../benchmark/race.mjs';
import { conditions, formatHead } from '../benchmark/report.mjs';
import { scoreFast } from '../benchmark/rivals/fast.mjs';
import { scoreTableLog } from '../benchmark/rivals/table-log.mjs';
import { scoreTextbook } from '../benchmark/rivals/textbook.mjs';
import { options, save } from './report.mjs';

const POINTS = 20_000;
const FEW = 1_000; // for what is slow
const [ETA, MU] = [3, 0.3];

const { rounds, quick, json } = options();
const { alpha, beta } = history(POINTS, 0.9, 1);
const pool = new PosteriorPool(POINTS).set({ alpha, beta });

/** @param {{ kind: string, rollouts: number }} acquisition @returns {import('./race.mjs').Contestant[]} */
function engines(acquisition) {
  const out = new Float32Array(POINTS);
  const few = new Float32Array(FEW);
  const [a, b] = [alpha.subarray(0, FEW), beta.subarray(0, FEW)];
  const twin = () => scoreReference(a, b, { acquisition, out: few })[FEW - 1];
  const ours = () => pool.score({ acquisition, out })[POINTS - 1];
  ours();
  twin();
  same('reference engine', few, out.subarray(0, FEW));
  return [
    { name: 'insight-wasm', points: POINTS, run: ours },
    { name: 'reference engine', points: FEW, run: twin },
  ];
}

/**
 * @param {string} name @param {typeof scoreFast} scorer @param {number} points
 * @returns {import('./race.mjs').Contestant}
 */
function rival(name, scorer, points) {
  const [a, b, out] = [alpha.subarray(0, points), beta.subarray(0, points), new Float32Array(points)];
  const run = () => {
    scorer(a, b, out, ETA, MU);
    return out[points - 1];
  };
  run();
  sameScores(name, out, pool.score());
  return { name, points, run };
}

const head = conditions(rounds);
const rows = [];
console.log(`${formatHead(head)}\n\nns a point; how many times as long the same steps take in JavaScript.`);
for (const kind of ['weighted-mutual-information', 'mutual-information']) {
  for (const rollouts of quick ? [1, 8] : [1, 4, 8, 16, 64, 256]) {
    const standings = race(engines({ kind, rollouts }), rounds);
    rows.push({ kind, rollouts, standings });
    const [ours, twin] = standings;
    const time = ours.nsPerPoint.toPrecision(3).padStart(5);
    console.log(`${kind.padEnd(28)} K = ${String(rollouts).padEnd(4)} ${time} ${twin.ratio.toPrecision(3)}x`);
  }
}

const standings = race(
  [
    ...engines({ kind: 'weighted-mutual-information', rollouts: 8 }),
    rival('table-log JS', scoreTableLog, POINTS),
    rival('fast JS', scoreFast, POINTS),
    rival('textbook JS', scoreTextbook, FEW),
  ],
  rounds,
);
rows.push({ kind: 'weighted-mutual-information', rollouts: 8, standings });
const ratio = (name) => standings.find((standing) => standing.name === name).ratio;
const step = (what, from, to) => console.log(`${what.padEnd(55)} ${(ratio(from) / ratio(to)).toPrecision(3)}x`);
console.log('\nWeighted mutual information, K = 8: where the lead comes from.');
step('algebra: textbook JS -> fast JS', 'textbook JS', 'fast JS');
step('own logarithm: fast JS -> table-log JS', 'fast JS', 'table-log JS');
step('table and SIMD: table-log JS -> kernel', 'table-log JS', 'insight-wasm');
step('same steps, one lane: reference engine -> kernel', 'reference engine', 'insight-wasm');
save(json, head, rows);
