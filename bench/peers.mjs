// The same work in numpy and scipy, and the rescore in C, in the same run: rounds of ours and theirs in turn. Needs
// Debian's python3-numpy and python3-scipy or a C compiler for x86-64; what is missing is left out, and named.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PosteriorPool, topK } from 'insight-wasm';
import { sameScores } from '../benchmark/agree.mjs';
import { history } from '../benchmark/data.mjs';
import { conditions, formatHead } from '../benchmark/report.mjs';
import { options, save } from './report.mjs';

const POINTS = 1_000_000;
const COUNT = 256;
const [ETA, MU] = [3, 0.3];
const TEXTBOOK_POINTS = 65_536;

const python = ['python3', '/usr/bin/python3'].find(
  (file) => spawnSync(file, ['-c', 'import numpy, scipy.special']).status === 0,
);
const compiler = ['cc', 'gcc', 'clang'].find((file) => spawnSync(file, ['--version']).status === 0);
if (python === undefined)
  console.error('no python3 with numpy and scipy (Debian: apt-get install python3-numpy python3-scipy)');
if (compiler === undefined) console.error('no C compiler (Debian: apt-get install gcc)');
if (python === undefined && compiler === undefined) {
  console.error('bench:peers measures nothing');
  process.exit(1);
}

const { rounds, quick, json } = options();
const points = quick ? POINTS / 10 : POINTS;
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-peers-'));
const columns = history(points, 0.9, 1);
writeFileSync(join(folder, 'alpha.f32'), columns.alpha);
writeFileSync(join(folder, 'beta.f32'), columns.beta);

/** A process that answers each job, a line, by the seconds that it took. */
class Peer {
  #process;
  #lines;

  /** @param {string} file @param {string[]} args */
  constructor(file, args) {
    const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' }; // one thread, as ours
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next line: first its name. */
  async answer() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the peer ended early');
    return value;
  }

  /** @param {string} job */
  async seconds(job) {
    this.#process.stdin.write(`${job}\n`);
    return Number(await this.answer());
  }

  async end() {
    this.#process.stdin.end();
    await once(this.#process, 'exit');
  }
}

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Exact code in C for a target, or undefined where it does not compile or run. @param {string[]} flags */
async function native(name, flags) {
  if (compiler === undefined) return undefined;
  const file = join(folder, name);
  if (spawnSync(compiler, ['-O3', '-w', ...flags, here('peers.c'), '-o', file]).status !== 0) return undefined;
  if (spawnSync(file, [folder, '0', '3', '0.3'], { input: '' }).status !== 0) return undefined;
  return new Peer(file, [folder, String(points), String(ETA), String(MU)]);
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

/** CPU time of this process in seconds: another load on the machine does not lengthen it. */
function cpuSeconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** @param {() => void} run Seconds a call, of as many as take two milliseconds. */
function secondsOf(run) {
  const start = cpuSeconds();
  let calls = 0;
  for (; cpuSeconds() - start < 0.002; calls++) run();
  return (cpuSeconds() - start) / calls;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** Ours against the peer's, in turn. @param {Peer} peer */
async function duel(job, run, peer, name, peerJob, peerPoints = points) {
  const times = { ours: [], theirs: [], ratios: [] };
  for (let round = 0; round < rounds; round++) {
    const mine = secondsOf(run) / points;
    const other = (await peer.seconds(peerJob)) / peerPoints;
    times.ours.push(mine);
    times.theirs.push(other);
    times.ratios.push(other / mine);
  }
  const row = {
    job,
    peer: name,
    points,
    nsPerPoint: median(times.ours) * 1e9,
    peerNsPerPoint: median(times.theirs) * 1e9,
    ratio: median(times.ratios),
  };
  const [mine, other] = [row.nsPerPoint, row.peerNsPerPoint].map((ns) => ns.toPrecision(3));
  console.log(
    `${job.padEnd(24)} ${mine.padStart(8)} ns   ${name.padEnd(12)} ${other.padStart(8)} ns   ${row.ratio.toPrecision(3)}x`,
  );
  return row;
}

/** Its scores against ours, before anything is timed. @param {Peer} peer */
async function check(peer, name, bound) {
  if (name === 'numpy') await peer.seconds('one-pass');
  await peer.seconds('save');
  const bytes = readFileSync(join(folder, 'scores.f32'));
  sameScores(name, new Float32Array(bytes.buffer, bytes.byteOffset, points), scores, bound);
}

const peers = [];
try {
  const numpy = python && new Peer(python, [here('peers.py'), folder, String(COUNT), String(ETA), String(MU)]);
  const natives = [
    ['C AVX2+FMA', await native('avx2', ['-mavx2', '-mfma', '-ffp-contract=fast', '-DLANES=8'])],
    ['C SSE4.1', await native('sse4', ['-msse4.1', '-DLANES=4'])],
  ].filter(([, peer]) => peer !== undefined);
  peers.push(...natives.map(([, peer]) => peer), ...(numpy ? [numpy] : []));
  const head = { ...conditions(rounds) };
  if (numpy) head.peer = await numpy.answer();
  for (const [, peer] of natives) head.compiler = (await peer.answer()).replace(/^\d+ lanes, /, `${compiler} `);
  console.log(`${formatHead(head)}\n\nns a point of CPU time, medians; how many times as long the peer takes.`);
  ours.rescore();
  const rows = [];
  for (const [name, peer] of natives) {
    await check(peer, name, 2e-7);
    rows.push(await duel('rescore', ours.rescore, peer, name, 'score'));
  }
  if (numpy) {
    await check(numpy, 'numpy', 2e-6);
    rows.push(
      await duel('rescore', ours.rescore, numpy, 'one-pass', 'one-pass'),
      await duel('rescore', ours.rescore, numpy, 'textbook', 'textbook', Math.min(points, TEXTBOOK_POINTS)),
      await duel('top 256', ours.top, numpy, 'top', 'top'),
      await duel('step', ours.step, numpy, 'step', 'step'),
    );
  }
  save(json, head, rows);
} finally {
  await Promise.all(peers.map((peer) => peer.end()));
  rmSync(folder, { recursive: true });
}
