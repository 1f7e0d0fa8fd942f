import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

/**
 * @typedef {import('./race.mjs').Standing} Standing
 * @typedef {import('./suite.mjs').Row} Row
 */

/** `--rounds N` (30), `--quick`, `--json FILE`. */
export function options() {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 5 : 30));
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

/** @param {ReturnType<typeof conditions>} head */
export function formatHead(head) {
  return Object.entries(head)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

/** A line for a row: the first contestant's time, the others by ratio; of memory and cold start what there is. @param {Row} row */
export function formatRow({ job, pool, points, standings }) {
  const [first, ...others] = standings;
  const title = `${job.padEnd(12)} ${pool.padEnd(8)} ${points.toExponential(0).replace('+', '')}`;
  if (first.ratio === undefined) {
    const facts = standings.map(({ name, bytes, ms }) => `${name} ${bytes?.toFixed(2) ?? `${ms.toFixed(1)} ms`}`);
    return `${title} ${facts.join('   ')}`;
  }
  const time = `${duration(first.ms).padStart(8)} (${first.nsPerPoint.toPrecision(3)})`;
  const ratios = others.map(({ name, ratio }) => `${name} ${ratio.toPrecision(3)}x`).join('   ');
  return `${title} ${time.padEnd(18)} ${ratios}`;
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
