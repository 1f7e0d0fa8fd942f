// What a process beside the trainer costs: `node bench/serve.mjs [prompts...]`, by default 100,000, 1,000,000 and
// 10,000,000. For each size it writes a state, starts serve on it, and prints medians and the worst of what a client
// waits for. The files lie in BENCH_FOLDER, by default /dev/shm, a tmpfs: on a disk each observe waits for a sync of it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { writeState } from './write-state.mjs';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? '/dev/shm', 'insight-serve-'));
const BATCH = 256;
const ROUNDS = 60;

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
  writeState(
    path,
    Uint32Array.from({ length: size }, (_, i) => i),
  );
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
