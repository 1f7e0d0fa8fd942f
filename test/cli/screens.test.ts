import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Screen } from '../../src/cli/screen.ts';
import { folder, jsonl, rolloutRows } from '../support/cli.ts';
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
