// What ships (dist/) against plain JavaScript, on whatever runs this file: node, bun.
import { readFileSync } from 'node:fs';
import { benchmark } from '../benchmark/benchmark.mjs';
import { formatRow } from '../benchmark/report.mjs';
import { firstSelection } from './first-selection.mjs';
import { options, save } from './report.mjs';

const QUICK = [1e4, 1e5];
const FULL = [1e4, 1e5, 1e6, 5e6, 5e7, 1e8];
/** Sizes of the first selection, and its rounds: each is a process that makes its pool anew. */
const FIRST = [1e6, 5e6];
const MOST_ROUNDS = 9;

const { rounds, quick, json } = options();
const kernel = readFileSync(new URL('../dist/kernel.wasm', import.meta.url));
const entry = new URL('../dist/index.js', import.meta.url).href;
const { head, rows } = benchmark({ kernel, entry, sizes: quick ? QUICK : FULL, rounds, print: console.log });
for (const points of quick ? [] : FIRST) {
  rows.push(firstSelection(entry, points, Math.min(rounds, MOST_ROUNDS)));
  console.log(formatRow(rows.at(-1)));
}
save(json, head, rows);
