// The same work in numpy and scipy, in the same run: rounds of ours and theirs in turn. Needs Debian's python3-numpy and
// python3-scipy, or their like.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PosteriorPool, topK } from 'insight-wasm';
import { sameScores } from './agree.mjs';
import { history } from './data.mjs';
import { conditions, formatHead, options, save } from './report.mjs';

const POINTS = 1_000_000;
const COUNT = 256;
const [ETA, MU] = [3, 0.3];
const TEXTBOOK_POINTS = 65_536;

const python = ['python3', '/usr/bin/python3'].find(
  (file) => spawnSync(file, ['-c', 'import numpy, scipy.special']).status === 0,
);
if (python === undefined) {
  console.error('bench:peers measures nothing: no python3 with numpy and scipy here');
  console.error('Debian: apt-get install python3-numpy python3-scipy');
  process.exit(1);
}

const { rounds, quick, json } = options();
const points = quick ? POINTS / 10 : POINTS;
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-peers-'));
const columns = history(points, 0.9, 1);
writeFileSync(join(folder, 'alpha.f32'), columns.alpha);
writeFileSync(join(folder, 'beta.f32'), columns.beta);

const script = fileURLToPath(new URL('peers.py', import.meta.url));
const peer = spawn(python, [script, folder, String(COUNT), String(ETA), String(MU)], {
  stdio: ['pipe', 'pipe', 'inherit'],
  env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }, // one thread, as ours
});
const lines = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();
const answer = async () => {
  const { value, done } = await lines.next();
  if (done) throw new Error('the peer ended early');
  return value;
};

/** Seconds that the peer takes for a job. @param {string} job */
async function theirs(job) {
  peer.stdin.write(`${job}\n`);
  return Number(await answer());
}

const pool = new PosteriorPool(points, { discount: 0.9 }).set(columns);
const scores = new Float32Array(points);
let eta = ETA;
const ours = {
  rescore: () => {
    eta = eta === ETA ? ETA + 1e-9 : ETA; // another rule each time: the pool keeps the scores of the last one
    pool.score({ out: scores, acquisition: { kind: 'weighted-mutual-information', eta } });
  },
  top: () => topK(scores, COUNT),
  step: () => {
    const { indices } = pool.select(COUNT);
    pool.update({ indices, successes: indices.map((index) => (index * 7) % 9), trials: 8 });
  },
};

/** @param {() => void} run Seconds a call, of as many as take two milliseconds. */
function secondsOf(run) {
  const start = performance.now();
  let calls = 0;
  for (; performance.now() - start < 2; calls++) run();
  return (performance.now() - start) / calls / 1000;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Ours against the peer's, in turn. */
async function duel(job, run, peerJob, peerPoints = points) {
  const times = { ours: [], theirs: [], ratios: [] };
  for (let round = 0; round < rounds; round++) {
    const mine = secondsOf(run) / points;
    const other = (await theirs(peerJob)) / peerPoints;
    times.ours.push(mine);
    times.theirs.push(other);
    times.ratios.push(other / mine);
  }
  const row = {
    job,
    peer: peerJob,
    points,
    nsPerPoint: median(times.ours) * 1e9,
    peerNsPerPoint: median(times.theirs) * 1e9,
    ratio: median(times.ratios),
  };
  const [mine, other] = [row.nsPerPoint, row.peerNsPerPoint].map((ns) => ns.toPrecision(3));
  console.log(
    `${job.padEnd(24)} ${mine.padStart(8)} ns   ${peerJob.padEnd(9)} ${other.padStart(8)} ns   ${row.ratio.toPrecision(3)}x`,
  );
  return row;
}

try {
  const head = { ...conditions(rounds), peer: await answer() };
  console.log(`${formatHead(head)}\n\nns a point, medians; how many times as long numpy and scipy take.`);
  ours.rescore();
  await theirs('one-pass');
  await theirs('save');
  const bytes = readFileSync(join(folder, 'scores.f32'));
  sameScores('numpy', new Float32Array(bytes.buffer, bytes.byteOffset, points), scores, 2e-6);
  const rows = [
    await duel('rescore', ours.rescore, 'one-pass'),
    await duel('rescore', ours.rescore, 'textbook', Math.min(points, TEXTBOOK_POINTS)),
    await duel('top 256', ours.top, 'top'),
    await duel('step', ours.step, 'step'),
  ];
  save(json, head, rows);
} finally {
  peer.stdin.end();
  await once(peer, 'exit');
  rmSync(folder, { recursive: true });
}
