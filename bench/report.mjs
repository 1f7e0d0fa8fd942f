import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** `--rounds N` (30), `--quick`, `--json FILE`. */
export function options() {
  const { values } = parseArgs({
    options: { rounds: { type: 'string' }, quick: { type: 'boolean', default: false }, json: { type: 'string' } },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 5 : 30));
  if (!(Number.isInteger(rounds) && rounds > 0)) throw new RangeError('"--rounds" expected a positive integer');
  return { rounds, quick: values.quick, json: values.json };
}

/**
 * Writes the results as JSON, a row a line; without a file, nothing.
 * @param {string | undefined} file @param {ReturnType<typeof import('../benchmark/report.mjs').conditions>} head @param {object[]} rows
 */
export function save(file, head, rows) {
  if (file === undefined) return;
  const rounded = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);
  const lines = rows.map((row) => JSON.stringify(row, rounded));
  writeFileSync(file, `${JSON.stringify(head).slice(0, -1)},"rows":[\n${lines.join(',\n')}\n]}\n`);
}
