// What a process beside the trainer costs: `node bench/serve.mjs [prompts...]`, by default 100,000, 1,000,000 and
// 10,000,000. For each size it writes a state, starts serve on it, and prints medians and the worst of what a client
// waits for. The files lie in BENCH_FOLDER, by default /dev/shm, a tmpfs: on a disk each observe waits for a sync of it.
import { spawn } from 'node:child_process';
import * as crypto from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? '/dev/shm', 'insight-serve-'));
const BATCH = 256;
const ROUNDS = 60;

const idOf = (i) => `prompt-${i}`;
const hashOf = (text) => Number.parseInt(crypto.createHash('sha256').update(text).digest('hex').slice(0, 12), 16);

/** Writes a state of so many prompts, each seen once at discount 0.9: docs/state.md has the layout. */
function writeState(path, size) {
  const order = new Float64Array(size);
  for (let i = 0; i < size; i++) order[i] = hashOf(idOf(i));
  const hashes = order.slice().sort();
  // Which prompt has a hash: by the low bits of both, as 48 bits leave room for few prompts in a double.
  const places = new Map();
  const byHash = new Uint32Array(size);
  const find = (hash) => {
    let [low, high] = [0, size];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (hashes[middle] < hash) low = middle + 1;
      else high = middle;
    }
    while (places.has(low)) low++;
    return low;
  };
  for (let i = 0; i < size; i++) {
    const at = find(order[i]);
    if (hashes[at + 1] === order[i]) places.set(at, i); // a collision of 48 bits: next to none
    byHash[at] = i;
  }
  const offsets = new Uint32Array(size + 1);
  for (let at = 0, end = 0; at < size; at++) offsets[at + 1] = end += idOf(byHash[at]).length;
  const ids = Buffer.alloc(offsets[size]);
  for (let at = 0; at < size; at++) ids.write(idOf(byHash[at]), offsets[at], 'latin1');
  const meta = { discount: 0.9, prior: { alpha: 1, beta: 1 }, logs: [] };
  const successes = new Float64Array(size);
  for (let at = 0; at < size; at++) successes[at] = (byHash[at] * 7) % 9;
  const sections = [
    Buffer.from(JSON.stringify(meta)),
    new Float32Array(size).fill(1),
    new Float32Array(size).fill(1),
    successes,
    new Float64Array(size).fill(8),
    new Uint32Array(size).fill(1),
    new Float64Array(size),
    hashes,
    offsets,
    ids,
    new Float64Array(size).fill(Number.NaN),
    new Uint8Array(size),
    new Float64Array(0),
    new Uint8Array(0),
  ].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const lengths = Buffer.alloc(8 * sections.length);
  for (const [i, { length }] of sections.entries()) lengths.writeUInt32LE(length, 8 * i);
  const parts = [lengths, ...sections.flatMap((section) => [section, Buffer.alloc(-section.length & 7)])];
  const hash = crypto.createHash('sha256');
  for (const part of parts) hash.update(part);
  const header = Buffer.alloc(16);
  header.write('IWSTAT\r\n', 'latin1');
  header.writeUInt32LE(2, 8);
  header.writeUInt32LE(sections.length, 12);
  const file = openSync(path, 'w');
  for (const part of [header, hash.digest(), ...parts]) {
    for (let at = 0; at < part.length; ) at += writeSync(file, part, at, Math.min(part.length - at, 2 ** 30));
  }
  closeSync(file);
}

function start(path, ...flags) {
  const child = spawn(process.execPath, [program, 'serve', '--state', path, ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = JSON.parse((await lines.next()).value);
      if (answer.error !== undefined) throw new Error(answer.error.message);
      return answer;
    },
    end() {
      child.stdin.end();
      return new Promise((resolve) => child.once('close', resolve));
    },
  };
}

async function timed(body) {
  const begin = performance.now();
  const value = await body();
  return [performance.now() - begin, value];
}

const show = (times) => {
  const sorted = times.toSorted((a, b) => a - b);
  const ms = (value) => value.toFixed(2).padStart(8);
  return `${ms(sorted[sorted.length >> 1])} median ${ms(sorted.at(-1))} worst`;
};

async function measure(size) {
  const path = join(folder, 'pool.iws');
  writeState(path, size);
  console.log(`\n${size.toLocaleString('en')} prompts`);
  let serve;
  const [starting] = await timed(async () => {
    serve = start(path, '--save-every', '0');
    await serve.ask({ op: 'hello' });
  });
  console.log(`  start, hello answered        ${starting.toFixed(0).padStart(8)} ms`);
  const [first] = await timed(() => serve.ask({ op: 'select', count: BATCH, hold: true }));
  console.log(`  first select                 ${first.toFixed(1).padStart(8)} ms`);
  await serve.ask({ op: 'release', all: true });
  const times = { observe: [], select: [] };
  const held = [];
  for (let step = 1; step <= ROUNDS; step++) {
    const [selecting, { ids }] = await timed(() => serve.ask({ op: 'select', count: BATCH, hold: true }));
    held.push(ids);
    if (held.length <= 4) continue; // 1,024 stay in flight
    const observations = held.shift().map((id, i) => ({ id, step, successes: i % 9, trials: 8 }));
    const [observing] = await timed(() => serve.ask({ op: 'observe', observations }));
    times.select.push(selecting);
    times.observe.push(observing);
  }
  const { seconds, requests } = await serve.ask({ op: 'metrics' });
  console.log(`  observe 256, durable         ${show(times.observe)} ms`);
  console.log(`  select 256, 1,024 in flight  ${show(times.select)} ms`);
  const own = (op) => ((1000 * seconds[op]) / requests[op]).toFixed(2);
  console.log(`  of that in serve: observe ${own('observe')} ms, select ${own('select')} ms (means, with the first)`);
  await serve.end();

  serve = start(path, '--save-every', '256');
  await serve.ask({ op: 'select', count: BATCH });
  const { ids } = await serve.ask({ op: 'select', count: BATCH, hold: true });
  const observations = ids.map((id) => ({ id, step: ROUNDS + 1, successes: 1, trials: 8 }));
  const waits = [];
  const begin = performance.now();
  await serve.ask({ op: 'observe', observations }); // begins to fold
  for (;;) {
    const [wait] = await timed(() => serve.ask({ op: 'select', count: BATCH }));
    waits.push(wait);
    const { unsaved } = await serve.ask({ op: 'metrics' });
    if (unsaved === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  console.log(`  select during a fold         ${show(waits)} ms, fold ${(performance.now() - begin).toFixed(0)} ms`);
  await serve.end();
}

try {
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}, ${folder}`);
  for (const size of sizes.length > 0 ? sizes : [1e5, 1e6, 1e7]) await measure(size);
} finally {
  rmSync(folder, { recursive: true });
}
