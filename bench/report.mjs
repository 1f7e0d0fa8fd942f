import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

/**
 * @typedef {import('./race.mjs').Standing} Standing
 * @typedef {{ job: string, pool: string, points: number, standings: Standing[] }} Row
 */

/** `--rounds N` (15), `--quick`, `--json FILE`. */
export function options() {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 5 : 15));
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new RangeError('"--rounds" expected a positive integer');
  return { rounds, quick: values.quick, json: values.json };
}

/** What a number depends on. @param {number} rounds */
export function conditions(rounds) {
  const { bun, node, v8 } = process.versions;
  return {
    package: JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
    runtime: bun === undefined ? `Node ${node}, V8 ${v8}` : `Bun ${bun}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: Number(loadavg()[0].toFixed(2)),
    date: new Date().toISOString().slice(0, 10),
    rounds,
  };
}

/** @param {ReturnType<typeof conditions>} head @param {string} caption */
export function printHead(head, caption) {
  const facts = Object.entries(head).map(([name, value]) => `${name} ${value}`);
  console.log(`${facts.join('; ')}\n\n${caption}`);
}

/** @param {Row} row */
export function printRow({ job, pool, points, standings }) {
  const [ours, ...rivals] = standings;
  const time = `${duration(ours.ms).padStart(8)} (${ours.nsPerPoint.toPrecision(3)})`;
  const others = rivals.map(({ name, ratio }) => `${name} ${ratio.toPrecision(3)}x`).join('   ');
  console.log(
    `${job.padEnd(12)} ${pool.padEnd(8)} ${points.toExponential(0).replace('+', '')} ${time.padEnd(18)} ${others}`,
  );
}

/** @param {number} ms */
function duration(ms) {
  return ms < 1 ? `${(1000 * ms).toPrecision(3)} us` : `${ms.toPrecision(3)} ms`;
}

/**
 * Writes the results as JSON, a row a line; without a file, nothing.
 * @param {string | undefined} file @param {ReturnType<typeof conditions>} head @param {object[]} rows
 */
export function save(file, head, rows) {
  if (file === undefined) return;
  const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  const lines = rows.map((row) => JSON.stringify(row, rounded));
  writeFileSync(file, `${JSON.stringify(head).slice(0, -1)},"rows":[\n${lines.join(',\n')}\n]}\n`);
}
