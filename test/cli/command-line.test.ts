import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, output, root } from '../support/cli.ts';

const commands = [
  'audit',
  'ingest',
  'select',
  'explain',
  'status',
  'state',
  'serve',
  'fit',
  'replay',
  'report',
  'simulate',
  'bench',
];

describe('a wrong command line', () => {
  const cases: readonly [args: string, reason: string][] = [
    ['', `expected a command: ${commands.join(', ')}`],
    ['__proto__', `expected a command: ${commands.join(', ')}, got __proto__`],
    ['select', 'expected LOGS: files, folders or globs, or - for stdin'],
    ['select a --id x --hash y', '--id and --hash exclude each other'],
    ['select a --reward x --rate y', '--reward is for rollouts, --successes and --rate are for counts'],
    ['select a --successes x --rate y', '--successes and --rate exclude each other'],
    ['select a --rate x', '--rate needs --trials'],
    ['select a --successes x --trials 65536', '--trials expected an integer in [1, 65535], got 65536'],
    [
      'select a --format xml',
      '--format expected one of verl, prime-rl, nemo-gym, verifiers, histories, jsonl, csv, trl, parquet, got "xml"',
    ],
    ['select a --colour', "Unknown option '--colour'"],
    ['select a --count', "Option '--count <value>' argument missing"],
    ['select a --count ten', '--count expected a number, got "ten"'],
    ['select a --count=', '--count expected a number, got ""'],
    ['select a --count 1.5', '--count expected an integer in [0, 9007199254740991], got 1.5'],
    ['select a --count -1', '--count expected a value; one that begins with a dash is written --count=-1'],
    ['select a --count=-1', '--count expected an integer in [0, 9007199254740991], got -1'],
    [
      'select a --acquisition best',
      '--acquisition expected one of weighted-mutual-information, mutual-information, difficulty-weight, variance-reduction, inverse-evidence, expected-difficulty, non-degenerate, bernoulli-variance, success-chance, random, got "best"',
    ],
    ['select a --rollouts 257', '--rollouts expected an integer in [1, 256], got 257'],
    ['select a --acquisition non-degenerate --rollouts 1', '--rollouts expected an integer in [2, 256], got 1'],
    ['select a --eta=-1', '--eta expected a number in [0, 10000], got -1'],
    ['select a --mu 2', '--mu expected a number in [0, 1], got 2'],
    ['select a --acquisition expected-difficulty --target 2', '--target expected a number in [0, 1], got 2'],
    ['select a --target 0.5', '--acquisition weighted-mutual-information takes rollouts, eta, mu, not --target'],
    ['select a --acquisition inverse-evidence --eta 3', '--acquisition inverse-evidence takes no parameter, not --eta'],
    ['select a --acquisition random', '--acquisition random needs --seed'],
    ['select a --acquisition random --seed 0.5', '--seed expected an integer in [0, 9007199254740991], got 0.5'],
    [
      'select a --acquisition mutual-information --seed 1',
      '--seed is for --candidates and for draws: mutual-information takes none',
    ],
    ['select a --draw', '--draw needs --seed'],
    [
      'select a --acquisition bernoulli-variance --draw --seed 1',
      '--draw is not for --acquisition bernoulli-variance: it has no draws',
    ],
    ['select a --candidates 10', '--candidates needs --seed'],
    ['status --state a b', 'expected only flags, got "b"'],
    ['status', 'expected --state FILE'],
    ['select a --candidates=-1 --seed 1', '--candidates expected an integer in [0, 9007199254740991], got -1'],
    ['select a --prior 1', '--prior expected two numbers as A,B, got "1"'],
    ['select a --prior 1,x', '--prior expected a number, got "x"'],
    ['select a --prior 1,0', '--prior expected a number in [0.001, 1000000], got 0'],
    ['select a --discount 1.1', '--discount expected a number in [0, 1], got 1.1'],
    ['select a --threshold Infinity', '--threshold expected a number, got "Infinity"'],
    ['select a --engine gpu', '--engine expected one of wasm, reference, got "gpu"'],
    ['fit', 'expected LOGS: files, folders or globs, or - for stdin'],
    ['fit a --prior 1', '--prior expected two numbers as A,B, got "1"'],
    ['fit a --prior 1,0', '--prior expected a number in [0.001, 1000000], got 0'],
    ['fit a --discount 1', "Unknown option '--discount'"],
    ['replay', 'expected LOGS: files, folders or globs, or - for stdin'],
    ['replay a --count 0', '--count expected an integer in [1, 4294967295], got 0'],
    ['replay a --rounds 0', '--rounds expected an integer in [1, 65536], got 0'],
    ['replay a --seeds 0', '--seeds expected an integer in [1, 1000], got 0'],
    ['replay a --rollouts 1', '--rollouts expected an integer in [2, 256], got 1'],
    ['replay a --candidates 0', '--candidates expected an integer in [1, 4294967295], got 0'],
    ['replay a --discount 2', '--discount expected a number in [0, 1], got 2'],
    ['replay a --prior 1,x', '--prior expected a number, got "x"'],
    ['simulate x', 'expected only flags, got "x"'],
    ['simulate --prompts 0', '--prompts expected an integer in [1, 10000000], got 0'],
    ['simulate --rollouts 65536', '--rollouts expected an integer in [1, 65535], got 65536'],
    ['simulate --format csv', '--format expected one of rollouts, counts, history, got "csv"'],
  ];

  test.each(cases)('insight-wasm %s', (line, reason) => {
    const args = line.split(' ').filter(Boolean);
    const command = commands.includes(args[0] ?? '') ? `${args[0]} ` : '';
    expect(cli(args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `insight-wasm: ${reason}; see insight-wasm ${command}--help\n`,
    });
  });

  test('help fits a screen of 39 lines and 80 columns, everywhere', () => {
    for (const args of [
      ['--help'],
      ['-h'],
      ['select', '--bogus', '-h'],
      ...commands.map((command) => [command, '--help']),
    ]) {
      const lines = output(args).trimEnd().split('\n');
      expect(lines[0]).toMatch(/^Usage: insight-wasm /);
      expect(lines.length).toBeLessThanOrEqual(39);
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80);
    }
  });

  test('--version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(output(['--version'])).toBe(`${version}\n`);
  });
});
