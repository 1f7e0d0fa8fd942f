// Times of selections under constraints, out of a state whose scores are held: node bench/constraints.mjs [prompts ...]
// Milliseconds of CPU a call (all threads), which other work on the machine hardly changes, and the median of the clock.
import { execFileSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { openState } from '../dist/node.js';
import { mergeParts } from '../dist/state.js';

const sizes = process.argv.slice(2).map(Number);
const COUNT = 256;
const GROUPS = ['math', 'code', 'chat', 'logic', 'science', 'agent', 'tools', 'rare'];
const CALLS = 40;

let x = 1;
const random = (below) => {
  x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0;
  return Math.floor((x / 2 ** 32) * below);
};

/** Two thirds of the prompts were seen, at one of 390 steps; "rare" is a hundredth of them, and all wrong. */
async function makeState(size) {
  const folder = mkdtempSync(join(process.env.BENCH_FOLDER ?? '/dev/shm', 'insight-constraints-'));
  const [rows, path] = [join(folder, 'rows.jsonl'), join(folder, 'pool.iws')];
  try {
    const out = createWriteStream(rows);
    for (let i = 0; i < size; i++) {
      const group = random(100) === 0 ? 'rare' : GROUPS[random(7)];
      const successes = group === 'rare' ? 0 : random(9);
      const seen = { alpha: 1 + successes, beta: 9 - successes, visits: 1, step: random(390) };
      out.write(`${JSON.stringify({ id: `prompt-${i}`, group, ...(random(3) > 0 && seen) })}\n`);
    }
    await finished(out.end());
    const program = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
    const args = ['state', 'import', rows, '--state', path, '--group', 'group', '--discount', '0.9'];
    execFileSync(process.execPath, [program, ...args]);
    return openState(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function measure(name, body) {
  body();
  body();
  const times = [];
  const cpu = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) {
    const begin = performance.now();
    body();
    times.push(performance.now() - begin);
  }
  const { user, system } = process.cpuUsage(cpu);
  const own = (user + system) / 1000 / CALLS;
  const median = times.sort((a, b) => a - b)[CALLS >> 1];
  console.log(`  ${name.padEnd(52)}${own.toFixed(2).padStart(8)} CPU${median.toFixed(2).padStart(8)} median`);
}

for (const size of sizes.length > 0 ? sizes : [1e6]) {
  console.log(
    `${cpus()[0]?.model}, Node ${process.versions.node}; ${size.toLocaleString('en')} prompts, select ${COUNT}, ms`,
  );
  const state = await makeState(size);
  const acquisition = { kind: 'non-degenerate', rollouts: 8 };
  const select = (query) => state.select(COUNT, { acquisition, ...query });
  const ids = [...state.ids()];
  const some = new Set(Array.from({ length: 100_000 }, () => ids[random(ids.length)]));
  const best = state.select(100_000, { acquisition }).map(({ id }) => id);
  measure('no constraint', () => select({}));
  measure('cooldown of 2 steps', () => select({ cooldown: 2 }));
  measure('cooldown of 60 steps (a tenth of the prompts)', () => select({ cooldown: 60 }));
  measure('exclude of 100,000, a Set', () => select({ exclude: some }));
  const list = [...some];
  measure('exclude of 100,000, an array', () => select({ exclude: list }));
  const bestSet = new Set(best);
  measure('exclude of the best 100,000, a Set', () => select({ exclude: bestSet }));
  measure('at most 8 visits', () => select({ maxVisits: 8 }));
  measure('never visited', () => select({ maxVisits: 1 }));
  const shares = Object.fromEntries(GROUPS.map((group) => [group, 1 / GROUPS.length]));
  measure('quotas of 8 groups, one of them never among the best', () => select({ quotas: shares }));
  const { rare: _, ...seven } = shares;
  measure('quotas of 7 of 8 groups', () => select({ quotas: seven }));
  const bounds = Object.fromEntries(GROUPS.map((group) => [group, [16, 48]]));
  measure('bounds of 8 groups', () => select({ quotas: bounds }));
  measure('floor of a quarter', () => select({ floor: 0.25 }));
  measure('floor, quotas of 8 groups, cooldown', () => select({ floor: 0.25, quotas: shares, cooldown: 2 }));
  let mu = 0;
  const ramp = () => ({ kind: 'weighted-mutual-information', mu: (mu = (mu + 0.01) % 1) });
  measure('a schedule: another mu at each call', () => select({ acquisition: ramp() }));
  const candidates = { size: 16 * COUNT, seed: 1 };
  measure('the same with 4,096 candidates', () => select({ acquisition: ramp(), candidates }));
  const query = { acquisition, quotas: shares, floor: 0.25 };
  const place = { offset: 0, of: size };
  measure('part, with quotas of 8 groups and a floor', () => state.selectPart(COUNT, place, query));
  const part = state.selectPart(COUNT, place, query);
  measure('merge of it', () => mergeParts([part], { count: COUNT, quotas: shares, floor: 0.25 }));
}
