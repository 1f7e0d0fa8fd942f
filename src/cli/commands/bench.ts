import { benchmark } from '../../../bench/benchmark.mjs';
import { kernelBytes } from '../../core/kernel-bytes.ts';
import type { Command } from '../command.ts';
import { integerIn, parseOnly, toggle, toHelp, withDefault } from '../flags/flags.ts';

const FLAGS = {
  full: toggle('pools of up to 50,000,000 datapoints, not 1,000,000 (4 GB)'),
  rounds: withDefault('N', 'of each comparison', '15', integerIn(1, 1000)),
  json: toggle('the results as one object'),
} as const;

const HELP = `Usage: insight-wasm bench [flags]

Measures this machine: a training step (select 256, update them) out of the
whole pool and out of 4,096 candidates, full rescores by each path, top-k alone,
updates, memory, cold start; against the fastest plain JavaScript, JavaScript
with a table logarithm, and Eq. 13 as a textbook writes it. All answers are
checked before they are timed. Times are medians of interleaved rounds; only
their ratios are comparable. A minute, or a quarter of an hour with --full.

${toHelp(FLAGS)}
Examples:
  insight-wasm bench
  insight-wasm bench --full --rounds 30 --json > results.json
`;

const USUAL = [1e4, 1e5, 1e6];
const FULL = [...USUAL, 5e6, 5e7];

export const bench: Command = {
  summary: 'measure this machine',
  help: HELP,
  async run(args, { stdout }) {
    const { full, rounds, json } = parseOnly(args, FLAGS);
    const { head, rows } = benchmark({
      kernel: kernelBytes(),
      entry: new URL('./index.js', import.meta.url).href,
      sizes: full ? FULL : USUAL,
      rounds,
      print: (line) => void (json || stdout.write(`${line}\n`)),
    });
    if (json) stdout.write(`${JSON.stringify({ ...head, rows })}\n`);
  },
};
