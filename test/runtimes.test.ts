import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENTRIES } from './support/engines.ts';

// The matrix itself is `npm run test:runtimes`; here is what needs no other runtime than this one.
const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const programs = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
const committed = read('test/runtimes/digest.txt').trim();

type Conform = (entry: object) => Promise<{ digest: string }>;
let conform: Conform;

beforeAll(async () => {
  const { writePrograms } = await import('./runtimes/program.mjs' as string);
  writePrograms(programs);
  ({ conform } = await import(pathToFileURL(join(programs, 'conformance.mjs')).href));
});

afterAll(() => rmSync(programs, { recursive: true }));

function matrix(args: readonly string[], env?: Record<string, string>): { status: number | null; stdout: string } {
  const options = { cwd: root, encoding: 'utf8', env: { ...process.env, REQUIRE_ALL: '', ...env } } as const;
  return spawnSync(process.execPath, ['test/runtimes/run.mjs', ...args], options);
}

test.each(ENTRIES)('the conformance program has the committed digest on the $name engine', async ({ entry }) => {
  expect(await conform(entry)).toEqual({ digest: committed });
});

test('the conformance program refuses a score that is not within 1 ulp of its golden value', async () => {
  const [{ entry }] = ENTRIES;
  const score: typeof entry.score = (alpha, beta, options) =>
    entry.score(alpha, beta, options).map((s) => s * 1.000001);
  await expect(async () => conform({ ...entry, score })).rejects.toThrow(/, not /);
});

test('one flipped bit of one score in one row fails the run, and only that row', () => {
  const { status, stdout } = matrix(['--rows', 'This Node', '--flip', 'optimising']);
  const rows = stdout.split('\n').filter((line) => line.startsWith('This Node'));
  expect(rows.length).toBeGreaterThan(3);
  expect(rows.filter((line) => line.includes('differs'))).toEqual([expect.stringContaining('optimising')]);
  expect(status).toBe(1);
});

test('a row that cannot run is printed as not run, and is a failure where every row is demanded', () => {
  const nowhere = {
    INSIGHT_WASM_RUNTIMES: join(programs, 'none'),
    npm_config_cache: join(programs, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9',
    npm_config_fetch_retries: '0',
  };
  const optional = matrix(['--rows', 'Bun'], nowhere);
  expect(optional.stdout).toMatch(/^Bun .* not run .*could not be installed/m);
  expect(optional.status).toBe(0);
  expect(matrix(['--rows', 'Bun'], { ...nowhere, REQUIRE_ALL: '1' }).status).toBe(1);
});

test('the committed matrix has every row, and all of them gave the committed digest', () => {
  const { digest, doors, training, rows } = JSON.parse(read('test/runtimes/results.json')) as {
    digest: string;
    doors: string;
    training: string;
    rows: { name: string; status: string; digest: string }[];
  };
  expect(digest).toBe(committed);
  expect(rows.map(({ name }) => name).join('\n')).toBe(matrix(['--list']).stdout.trim());
  expect(doors).toBe(read('test/runtimes/doors.txt').trim());
  expect(training).toBe(read('test/runtimes/training.txt').trim());
  for (const row of rows) {
    const ofDoors = /a log and a state$|^The example page/.test(row.name);
    const wanted = /training$/.test(row.name) ? training : ofDoors ? doors : digest;
    expect(row, row.name).toMatchObject({ status: 'ok', digest: wanted });
  }
});

test('the runtimes page is what the script writes from the committed matrix', async () => {
  const { runtimesPage } = await import('../scripts/runtimes.mjs' as string);
  expect(read('docs/runtimes.md')).toBe(runtimesPage());
});

test('a program that does not end is ended with all that it started', async () => {
  const { run } = await import('./runtimes/processes.mjs' as string);
  const orphan = join(programs, 'orphan');
  await expect(run(['sh', '-c', `(sleep 1; touch ${orphan}) & wait`], { seconds: 0.2 })).rejects.toThrow(/no end in/);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(existsSync(orphan)).toBe(false);
});
