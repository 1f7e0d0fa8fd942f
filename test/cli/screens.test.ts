import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Screen } from '../../src/cli/screen.ts';
import { toText as benchText } from '../../src/cli/text/bench-text.ts';
import { folder, jsonl, program, rolloutRows } from '../support/cli.ts';
import { outputHere, runHere } from '../support/run.ts';

// What a person sees: each screen at 80 columns is a file in screens/, without colour, and with it (^ for ESC).

const state = join(folder, 'pool.iws');
let history = '';
/** Rewards of many values. */
const scores = jsonl(rolloutRows.map((row, i) => ({ ...row, score: ((i * 37) % 101) / 100 })));

beforeAll(async () => {
  history = await outputHere(['simulate', '--prompts', '120', '--steps', '40', '--batch', '48', '--format', 'history']);
  const log = await outputHere(['simulate', '--prompts', '400', '--steps', '12', '--batch', '64']);
  const ids = Array.from({ length: 400 }, (_, i) => ({ id: `prompt-${String(i + 1).padStart(4, '0')}` }));
  await runHere(['state', 'import', '-', '--state', state], jsonl(ids));
  expect((await runHere(['ingest', '-', '--state', state], log)).status).toBe(0);
});

const SCREENS: Readonly<Record<string, { readonly args: readonly string[]; readonly input?: () => string }>> = {
  status: { args: ['status', '--state', state, '--count', '32'] },
  fit: { args: ['fit', '-'], input: () => history },
  replay: { args: ['replay', '-', '--seeds', '3'], input: () => history },
  audit: { args: ['audit', '-', '--threshold', '1'], input: () => jsonl(rolloutRows) },
  'audit-bins': { args: ['audit', '-'], input: () => scores },
};

async function show(name: string, screen?: Screen, flags: readonly string[] = []): Promise<string> {
  const { args, input } = SCREENS[name]!;
  const { status, stdout } = await runHere([...args, ...flags], input?.(), screen);
  expect(status).toBe(0);
  return stdout.replaceAll(state, 'pool.iws');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a style
const STYLES = /\x1b\[\d+m/g;
const unstyle = (text: string): string => text.replaceAll(STYLES, '');

describe.each(Object.keys(SCREENS))('the screen of %s', (name) => {
  test('at 80 columns is the committed one, with and without colour', async () => {
    const plain = await show(name, { columns: 80, color: false });
    const colored = await show(name, { columns: 80, color: true });
    await expect(plain).toMatchFileSnapshot(`screens/${name}.txt`);
    await expect(colored.replaceAll('\x1b', '^')).toMatchFileSnapshot(`screens/${name}.color.txt`);
  });

  test('says nothing by colour alone', async () => {
    const colored = await show(name, { columns: 80, color: true });
    expect(colored).toMatch(STYLES);
    expect(unstyle(colored)).toBe(await show(name, { columns: 80, color: false }));
  });

  test.each([40, 50, 60, 72, 80])('breaks no line wrongly at %i columns', async (columns) => {
    const lines = unstyle(await show(name, { columns, color: true })).split('\n');
    const next = lines.findIndex((line) => line.startsWith('next: ')); // a command to copy
    for (const line of next < 0 ? lines : lines.slice(0, next)) {
      expect([...line].length, line).toBeLessThanOrEqual(columns);
    }
  });

  test('is not that of a pipe, which has neither styles nor bars; and JSON is the same', async () => {
    const piped = await show(name);
    expect(piped).not.toMatch(STYLES);
    expect(piped).not.toMatch(/[▁-▟]/);
    expect(await show(name, { columns: 80, color: true }, ['--json'])).toBe(await show(name, undefined, ['--json']));
  });
});

test('the titles of a selection are bold, and nothing else of it changes', async () => {
  const args = ['select', '-', '--count', '5'];
  const plain = (await runHere(args, jsonl(rolloutRows))).stdout;
  const colored = (await runHere(args, jsonl(rolloutRows), { columns: 80, color: true })).stdout;
  expect(colored).not.toBe(plain);
  expect(unstyle(colored)).toBe(plain);
});

describe('the program', () => {
  const args = [program, 'status', '--state', state, '--count', '32'];
  const spawn = (file: string, words: readonly string[], env: Readonly<Record<string, string>>): string => {
    const { stdout, stderr, status } = spawnSync(file, words, { encoding: 'utf8', env: { ...process.env, ...env } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.replaceAll('\r\n', '\n');
  };

  test('shows a pipe what a terminal gets if FORCE_COLOR says so', async () => {
    expect(spawn(process.execPath, args, {})).toBe(await show('status'));
    expect(spawn(process.execPath, args, { FORCE_COLOR: '1' })).toBe(
      await show('status', { columns: 80, color: true }),
    );
  });

  test('finds out how wide a terminal is, and honours NO_COLOR on it', async ({ skip }) => {
    if (process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0) {
      console.warn('SKIPPED: a terminal is made by script of util-linux, which this system lacks');
      skip();
    }
    const line = [process.execPath, ...args].map((word) => `'${word}'`).join(' ');
    const onTerminal = (columns: number, env: Readonly<Record<string, string>>): string =>
      spawn('script', ['-qec', `stty cols ${columns}; ${line}`, '/dev/null'], { TERM: 'xterm', NO_COLOR: '', ...env });
    expect(onTerminal(80, {})).toBe(await show('status', { columns: 80, color: true }));
    expect(onTerminal(60, { NO_COLOR: '1' })).toBe(await show('status', { columns: 60, color: false }));
    expect(onTerminal(120, {})).toBe(await show('status', { columns: 80, color: true }));
  });
});

describe('the screen of bench', () => {
  const head = {
    package: '0.2.0',
    runtime: 'Node 20.20.2, V8 11.3',
    cpu: 'AMD EPYC',
    cores: 2,
    load: 1.25,
    rounds: 15,
  };
  const row = (
    job: string,
    pool: string,
    points: number,
    ...standings: [name: string, ms: number, ratio: number][]
  ) => ({
    job,
    pool,
    points,
    standings: standings.map(([name, ms, ratio]) => ({
      name,
      ms,
      nsPerPoint: (ms * 1e6) / (job === 'update 256' ? 256 : points),
      ratio,
    })),
  });
  const us = 'insight-wasm';
  const rows = [
    row(
      'step',
      'real',
      1e6,
      [us, 0.0808, 1],
      ['bare Wasm scan', 0.24, 3.04],
      ['fast JS + filter', 155, 1920],
      ['table-log JS + filter', 105, 1300],
    ),
    row('step', 'lattice', 1e6, [us, 0.0533, 1], ['fast JS + filter', 137, 2570]),
    row('candidates', 'real', 1e6, [us, 0.0937, 1], ['unscored', 0.152, 1.62]),
    row('score', 'real', 1e5, [us, 0.96, 1], ['fast JS', 12, 12.5]),
    row('score', 'real', 1e6, [us, 9.74, 1], ['fast JS', 122, 12.6], ['table-log JS', 95, 9.76]),
    row('score', 'lattice', 1e6, [us, 2.29, 1], ['fast JS', 120, 52.5]),
    row('rollouts', 'real', 1e6, ['K = 8', 11.5, 1], ['K = 256', 11.7, 1.02]),
    row('top 256', 'real', 1e6, [us, 0.285, 1], ['JS filter', 0.88, 3.08]),
    row('update 256', 'real', 1e6, [us, 0.00497, 1], ['unchecked JS loop', 0.0021, 0.425]),
    row('update bulk', 'real', 1e6, [us, 39.3, 1], ['unchecked JS loop', 46.8, 1.19]),
    { job: 'memory', pool: 'any', points: 1e6, standings: [{ name: 'bytes a datapoint', bytes: 12.9063 }] },
    row('cold start', 'real', 1000, ['one batch', 12.4, 1]),
  ];

  test('is a summary in 12 lines of the largest pool, with and without colour', async () => {
    const plain = benchText(head, rows, { columns: 80, color: false });
    expect(plain.length).toBe(12);
    const colored = benchText(head, rows, { columns: 80, color: true });
    expect(colored.map(unstyle)).toEqual(plain);
    await expect(`${plain.join('\n')}\n`).toMatchFileSnapshot('screens/bench.txt');
    await expect(`${colored.join('\n')}\n`.replaceAll('\x1b', '^')).toMatchFileSnapshot('screens/bench.color.txt');
  });

  test.each([40, 50, 60, 72])('breaks no line wrongly at %i columns', (columns) => {
    for (const line of benchText(head, rows, { columns, color: false })) {
      expect([...line].length, line).toBeLessThanOrEqual(columns);
    }
  });
});
