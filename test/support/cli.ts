import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect } from 'vitest';
import { type PoolOptions, PosteriorPool, type SelectOptions } from '../../src/index.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const program = join(root, 'dist/cli.js');
if (!existsSync(program))
  throw new Error('the tests of the command run dist/cli.js: build it first with npm run build');

export const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

export type Fields = Readonly<Record<string, unknown>>;

export function cli(args: readonly string[], input: string | Uint8Array = '', node: readonly string[] = []) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, program, ...args], {
    input,
    maxBuffer: 1e9,
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** What a run that must succeed prints. */
export function output(args: readonly string[], input?: string | Uint8Array): string {
  const { status, stdout, stderr } = cli(args, input);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

export const jsonl = (rows: readonly Fields[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

export interface Observation {
  readonly id: string;
  readonly successes: number;
  readonly trials: number;
}

/** What `select --json` should print: one update of the library an observation. */
export function expected(
  observations: readonly Observation[],
  count: number,
  options: SelectOptions = {},
  poolOptions?: PoolOptions,
): string {
  const ids = [...new Set(observations.map(({ id }) => id))];
  const pool = new PosteriorPool(ids.length, poolOptions);
  for (const { id, successes, trials } of observations) {
    pool.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
  }
  const { indices, scores } = pool.select(count, options);
  return jsonl(
    Array.from(indices, (index, i) => {
      const { mean, evidence } = pool.get(index);
      return { id: ids[index], score: scores[i], mean, evidence };
    }),
  );
}

/** Observations of 40 prompts at 3 steps, the same every time. */
export const visits = Array.from({ length: 120 }, (_, i) => ({
  id: `p${(i * 7) % 40}`,
  step: Math.floor(i / 40),
  successes: (i * i * 5 + i) % 9,
  trials: 8,
}));
export const rolloutRows = visits.flatMap(({ id, step, successes, trials }) =>
  Array.from({ length: trials }, (_, k) => ({ id, step, score: k < successes ? 1 : 0 })),
);
export const historyRows = visits.slice(0, 40).map(({ id }) => {
  const own = visits.filter((visit) => visit.id === id);
  return { id, trials: 8, successes: own.map(({ successes }) => successes) };
});
