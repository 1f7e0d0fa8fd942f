import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/**
 * @typedef {import('./race.mjs').Standing} Standing
 * @typedef {import('./suite.mjs').Row} Row
 */

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
