import { benchmark } from '../../../benchmark/benchmark.mjs';
import { kernelBytes } from '../../core/kernel-bytes.ts';
import type { Command } from '../command.ts';
import { integerIn, parseOnly, toggle, toHelp, withDefault } from '../flags/flags.ts';
import { writeLines } from '../output.ts';
import { toText } from '../text/bench-text.ts';

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
A terminal gets a summary in 12 lines: times of a call, and how many times as
long the best plain JavaScript takes. A pipe gets all, and so does --json.

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
  async run(args, { stdout, stderr, screen }) {
    const { full, rounds, json } = parseOnly(args, FLAGS);
    const print = (line: string): void => {
      if (screen === undefined) stdout.write(`${line}\n`);
      else if (stderr.isTTY) stderr.write(`\r${line.trimStart().slice(0, screen.columns - 1)}\x1b[K`);
    };
    const { head, rows } = benchmark({
      kernel: kernelBytes(),
      entry: new URL('./index.js', import.meta.url).href,
      sizes: full ? FULL : USUAL,
      rounds,
      print: json ? () => {} : print,
    });
    if (json) stdout.write(`${JSON.stringify({ ...head, rows })}\n`);
    else if (screen !== undefined) {
      if (stderr.isTTY) stderr.write('\r\x1b[K');
      await writeLines(stdout, toText(head, rows, screen));
    }
  },
};
