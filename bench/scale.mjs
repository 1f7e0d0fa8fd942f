// What states of many prompts cost: `node bench/scale.mjs [prompts...]`, by default 1,000,000 and 10,000,000. For each
// size it imports so many ids of 16 bytes from stdin, starts serve on the state, selects, observes known and unknown
// prompts, saves, and opens the state again. CPU and peak memory are those of each process, from the system; bytes a
// prompt are above a process that does nothing. The files lie in BENCH_FOLDER, by default the folder for
// such files: on a disk each observe waits for a sync of it, in /dev/shm for none.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const sizes = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? tmpdir(), 'insight-scale-'));
const BATCH = 256;
const MARK = 'usage ';
const report = `import { writeSync } from 'node:fs';
process.on('exit', () => writeSync(2, ${JSON.stringify(MARK)} + JSON.stringify(process.resourceUsage()) + '\\n'));`;

/** Starts the command; `done` has its CPU in seconds and its peak memory in bytes. */
function start(...args) {
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, program, ...args],
    { stdio: 'pipe' },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  const done = new Promise((resolve, reject) => {
    child.once('close', (code) => {
      const line = errors.split('\n').find((one) => one.startsWith(MARK));
      if (code !== 0 || line === undefined) return reject(new Error(errors));
      const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(line.slice(MARK.length));
      resolve({ cpu: (userCPUTime + systemCPUTime) / 1e6, peak: 1024 * maxRSS });
    });
  });
  return { child, done };
}

async function run(...args) {
  const { child, done } = start(...args);
  child.stdout.resume();
  child.stdin.end();
  return done;
}

const idOf = (i) => `prompt-${String(i).padStart(9, '0')}`;

async function importRows(path, size) {
  const { child, done } = start('state', 'import', '-', '--state', path, '--discount', '0.9');
  child.stdout.resume();
  for (let i = 0; i < size; ) {
    let rows = '';
    for (const end = Math.min(size, i + 20_000); i < end; i++) rows += `{"id":"${idOf(i)}"}\n`;
    if (!child.stdin.write(rows)) await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  return done;
}

function serve(path) {
  const { child, done } = start('serve', '--state', path, '--save-every', '0');
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
      return done;
    },
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

async function measure(size, empty) {
  const path = join(folder, 'pool.iws');
  const show = (name, { cpu, peak }) => {
    const bytes = ((peak - empty) / size).toFixed(0);
    console.log(
      `  ${name.padEnd(22)}${cpu.toFixed(1).padStart(8)} s of CPU, peak ${(peak / 1e9).toFixed(2)} GB, ${bytes} bytes a prompt`,
    );
  };
  console.log(`\n${size.toLocaleString('en')} prompts`);
  show('import', await importRows(path, size));
  console.log(`  file                  ${(statSync(path).size / size).toFixed(0).padStart(8)} bytes a prompt`);

  const process = serve(path);
  // The seconds that the process itself has spent in an operation, so that nobody else's work is counted.
  const own = async (request) => {
    const before = (await process.ask({ op: 'metrics' })).seconds[request.op];
    const answer = await process.ask(request);
    const after = (await process.ask({ op: 'metrics' })).seconds[request.op];
    return [1000 * (after - before), answer];
  };
  const [first] = await own({ op: 'select', count: BATCH });
  const times = { select: [], observe: [], unknown: [], after: [] };
  for (let step = 1; step <= 30; step++) {
    const [selecting, { ids }] = await own({ op: 'select', count: BATCH });
    const observations = ids.map((id, i) => ({ id, step, successes: i % 9, trials: 8 }));
    const [observing] = await own({ op: 'observe', observations });
    times.select.push(selecting);
    times.observe.push(observing);
  }
  for (let step = 31; step <= 60; step++) {
    const observations = Array.from({ length: 16 }, (_, i) => ({
      id: `new-${step}-${i}`,
      step,
      successes: 1,
      trials: 8,
    }));
    const [observing] = await own({ op: 'observe', observations });
    const [selecting] = await own({ op: 'select', count: BATCH });
    times.unknown.push(observing);
    times.after.push(selecting);
  }
  const ms = (values) => `${median(values).toFixed(2)} ms, worst ${Math.max(...values).toFixed(2)} ms`;
  console.log(`  first select          ${first.toFixed(0).padStart(8)} ms`);
  console.log(`  select ${BATCH}            ${ms(times.select)}`);
  console.log(`  observe ${BATCH}, durable  ${ms(times.observe)}`);
  console.log(`  observe 16 unknown    ${ms(times.unknown)}`);
  console.log(`  the select after that ${ms(times.after)}`);
  const [saving] = await own({ op: 'save' });
  console.log(`  save                  ${saving.toFixed(0).padStart(8)} ms`);
  show('serve, all of this', await process.end());

  const again = serve(path);
  const { prompts } = await again.ask({ op: 'get', ids: ['new-60-15', idOf(size - 1)] });
  if (prompts[0]?.visits !== 1 || prompts[1] === null) throw new Error('what was saved is not there');
  show('open again, get', await again.end());
  rmSync(path);
}

try {
  const { peak } = await run('--version');
  console.log(`${cpus()[0]?.model}, Node ${process.versions.node}; an empty process has ${(peak / 1e6).toFixed(0)} MB`);
  for (const size of sizes.length > 0 ? sizes : [1e6, 1e7]) await measure(size, peak);
} finally {
  rmSync(folder, { recursive: true });
}
