import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchmark } from '../../../bench/benchmark.mjs';
import { kernelBytes } from '../../core/kernel-bytes.ts';
import { DataError } from '../../errors.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { fromFlags, toInteger } from '../flags/flags.ts';

const HELP = `Usage: insight-wasm bench [flags]

Measures this machine: a training step (select 256, update them) out of the
whole pool and out of 4,096 candidates, full rescores by each path, top-k alone,
updates, memory, cold start; against the fastest plain JavaScript, JavaScript
with a table logarithm, and Eq. 13 as a textbook writes it. All answers are
checked before they are timed. Times are medians of interleaved rounds; only
their ratios are comparable. A minute, or a quarter of an hour with --full.

  --full         pools of up to 50,000,000 datapoints, not 1,000,000 (4 GB)
  --rounds N     of each comparison (15)
  --json FILE    write the results there too

Examples:
  insight-wasm bench
  insight-wasm bench --full --rounds 30 --json results.json
`;

const USUAL = [1e4, 1e5, 1e6];
const FULL = [...USUAL, 5e6, 5e7];

export const bench: Command = {
  summary: 'measure this machine',
  help: HELP,
  async run(args, { stdout }) {
    const { full, rounds, json } = parse(args);
    const { head, rows } = benchmark({
      kernel: kernelBytes(),
      entry: new URL('./index.js', import.meta.url).href,
      sizes: full ? FULL : USUAL,
      rounds,
      print: (line) => stdout.write(`${line}\n`),
    });
    if (json === undefined) return;
    try {
      writeFileSync(json, `${JSON.stringify({ ...head, rows })}\n`);
    } catch (error) {
      throw new DataError('file', `cannot write: ${(error as Error).message}`, { file: json });
    }
  },
};

function parse(args: readonly string[]) {
  const { values, positionals } = fromFlags(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        full: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '15' },
        json: { type: 'string' },
      },
    }),
  );
  if (positionals.length > 0) throw new UsageError(`expected only flags, got ${JSON.stringify(positionals[0])}`);
  return { ...values, rounds: toInteger('rounds', values.rounds, 1, 1000) };
}
