import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

// The package as a user gets it: packed, installed into an empty project, used from there.
const root = fileURLToPath(new URL('..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
const run = (file: string, args: readonly string[], cwd = project): string => {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: '' },
  });
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
};

let files: string[] = [];
let archive = '';

beforeAll(() => {
  const packed = run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], root);
  const [tarball] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  files = tarball.files.map(({ path }) => path);
  archive = join(project, tarball.filename);
  writeFileSync(join(project, 'package.json'), '{ "name": "scratch", "private": true }');
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive]);
});

afterAll(() => rmSync(project, { recursive: true }));

const program = `
const pool = new PosteriorPool(1000, { discount: 0.9 });
pool.update({ indices: [3, 7], successes: [4, 0], trials: 8 });
const { indices, scores } = pool.select(3, { exclude: [0] });
if (indices.length !== 3 || scores[0] !== score([1], [1])[0]) throw new Error('wrong selection');
if (topK(Float32Array.of(1, 3, 2), 1).indices[0] !== 1) throw new Error('wrong topK');
if (PosteriorPool.fromBytes(pool.toBytes(), { engine: referenceEngine }).get(3).alpha !== pool.get(3).alpha) throw new Error('wrong snapshot');
const engine = createEngine(readFileSync(kernel));
if (slimScore([1], [1], { engine })[0] !== score([1], [1])[0]) throw new Error('wrong slim score');
console.log('fine', digamma(1).toFixed(6));
`;

/** A log of the four kinds through all doors; prints the same in both module systems. */
const doors = `
const rows = Array.from({ length: 12 }, (_, i) => ({ id: 'p' + (i % 3), step: Math.floor(i / 3), score: i % 2 }));
const text = rows.map((row) => JSON.stringify(row) + '\\n').join('');
(async () => {
  const visits = new Visits();
  const [read] = await readLogs([Buffer.from(text), gzipSync(text)], (row) => visits.add(row));
  const report = await auditLogs([new Blob([text])]);
  const state = new PromptState({ discount: 0.9 });
  await state.ingest([new File([text], 'log.jsonl')]);
  saveState('pool.iws', state);
  const { discount } = fit(visits, { prior: { alpha: 1, beta: 1 } });
  const lines = await readFiles([path], () => {});
  console.log(read.rows, report.prompts, openState('pool.iws').select(1)[0].id, discount <= 1, lines[0].rows);
})();
`;

test('the tarball holds what users need and nothing else', () => {
  expect(files.filter((path) => !/^(?:dist|docs)\//.test(path)).sort()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'THIRD_PARTY_NOTICES',
    'package.json',
  ]);
  expect(files.filter((path) => /\.wat$|\.map$|debug|tmp/.test(path))).toEqual([]);
  expect(files).toContain('dist/kernel.wasm');
  const { packages } = JSON.parse(run('npm', ['ls', '--all', '--json', '--long'])) as { packages?: unknown };
  expect(packages).toBeUndefined();
  expect(run('npm', ['ls', '--all', '--parseable']).trim().split('\n')).toHaveLength(2); // the project and the package
});

test('publint and attw find nothing to improve', () => {
  expect(run('npx', ['publint', 'run', archive, '--strict'], root)).toContain('All good!');
  // kernel.wasm has no declarations: what an import makes of it is up to the bundler.
  const attw = ['attw', archive, '--profile', 'node16', '--exclude-entrypoints', 'kernel.wasm'];
  expect(run('npx', attw, root)).toContain('"insight-wasm/slim"'); // a problem is an exit code
});

test('npm has nothing to correct or to warn of when it is published', () => {
  const { status, stderr } = spawnSync('npm', ['publish', '--dry-run', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
  });
  const warnings = stderr.split('\n').filter((line) => /^npm (?!notice)/.test(line));
  expect(warnings.filter((line) => !line.includes('requires you to be logged in'))).toEqual([]);
  expect(status).toBe(0);
});

test('it works as an ES module and as CommonJS, with no configuration', () => {
  const names = { 'insight-wasm': 'PosteriorPool, score, topK', 'insight-wasm/reference': 'digamma, referenceEngine' };
  const slim = { 'insight-wasm/slim': 'createEngine, score as slimScore' };
  const imports = (to: (names: string, entry: string) => string): string =>
    Object.entries({ ...names, ...slim })
      .map(([entry, list]) => to(list, entry))
      .join('\n');
  writeFileSync(
    join(project, 'a.mjs'),
    `${imports((list, entry) => `import { ${list} } from '${entry}';`)}
import { readFileSync } from 'node:fs';
const kernel = new URL(import.meta.resolve('insight-wasm/kernel.wasm'));
${program}`,
  );
  writeFileSync(
    join(project, 'b.cjs'),
    `${imports((list, entry) => `const { ${list.replace(' as ', ': ')} } = require('${entry}');`)}
const { readFileSync } = require('node:fs');
const kernel = require.resolve('insight-wasm/kernel.wasm');
${program}`,
  );
  expect(run('node', ['a.mjs'])).toBe('fine -0.577216\n');
  expect(run('node', ['b.cjs'])).toBe('fine -0.577216\n');
});

test('logs, states and evaluation come through their doors, as an ES module and as CommonJS', () => {
  writeFileSync(join(project, 'rollouts.jsonl'), '{"id":"a","score":1}\n{"id":"b","score":0}\n');
  const names = {
    'insight-wasm/logs': 'auditLogs, readLogs, Visits',
    'insight-wasm/state': 'PromptState',
    'insight-wasm/evaluate': 'fit',
    'insight-wasm/node': 'openState, readLogs as readFiles, saveState',
    'node:zlib': 'gzipSync',
  };
  const esm = Object.entries(names).map(([entry, list]) => `import { ${list} } from '${entry}';`);
  const cjs = Object.entries(names).map(
    ([entry, list]) => `const { ${list.replace(' as ', ': ')} } = require('${entry}');`,
  );
  const path = `const path = 'rollouts.jsonl';`;
  writeFileSync(join(project, 'doors.mjs'), [...esm, path, doors].join('\n'));
  writeFileSync(join(project, 'doors.cjs'), [...cjs, path, doors].join('\n'));
  expect(run('node', ['doors.mjs'])).toBe('12 3 p1 true 2\n');
  expect(run('node', ['doors.cjs'])).toBe('12 3 p1 true 2\n');
});

test('the command runs', () => {
  writeFileSync(
    join(project, 'log.jsonl'),
    '{"id":"a","successes":4,"trials":8}\n{"id":"b","successes":8,"trials":8}\n',
  );
  const [best] = run('npx', ['--offline', 'insight-wasm', 'select', 'log.jsonl', '--count', '1', '--json'])
    .trim()
    .split('\n');
  expect(JSON.parse(best as string)).toMatchObject({ id: 'a', mean: 0.5, evidence: 10 });
});

describe.each(['typescript', 'typescript-5.6'])('under %s, strict and with exactOptionalPropertyTypes', (compiler) => {
  const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc');
  const source = `
import { type Acquisition, type Column, type EngineFactory, PosteriorPool, score, type Selection, topK } from 'insight-wasm';
import { mutualInformation, referenceEngine } from 'insight-wasm/reference';
import * as slim from 'insight-wasm/slim';
import { auditLogs, DataError, readLogs, type Report, type Row, Visits } from 'insight-wasm/logs';
import { type Choice, PromptState } from 'insight-wasm/state';
import { type Comparison, type Fit, fit, replay } from 'insight-wasm/evaluate';
import { openState, readLogs as readFiles, saveState, withLock } from 'insight-wasm/node';

const visits = new Visits({ threshold: 0.5 });
const read: Promise<number> = readLogs([new Uint8Array(3)], (row: Row) => visits.add(row), { format: undefined }).then((all) => all.length);
const report: Promise<Report> = auditLogs([], { rollouts: 8 });
const state: PromptState = new PromptState({ prior: undefined }).add(['a']).observe([{ id: 'a', successes: 1, trials: 2 }]);
const best: Choice | undefined = state.select(1, { acquisition: { kind: 'non-degenerate' }, cooldown: 2 })[0];
const fitted: Fit = fit(visits);
const compared: Comparison = replay(visits, { discount: fitted.discount });
const saved: Promise<void> = withLock('pool.iws', () => saveState('pool.iws', openState('pool.iws')));
void [read, report, best, compared, saved, readFiles(['a'], () => {}), new DataError('file', 'x').code];
// @ts-expect-error: a prompt has an id
state.observe([{ successes: 1, trials: 2 }]);

const pool: PosteriorPool = new PosteriorPool(10, { discount: undefined, prior: { alpha: 1, beta: 2 }, engine: referenceEngine });
const acquisition: Acquisition = { kind: 'mutual-information', rollouts: undefined };
const selection: Selection = pool.select(3, { acquisition, candidates: { seed: 1 }, exclude: undefined });
const first: number | undefined = selection.indices[0];
const alpha: Column = pool.alpha;
const total: number = mutualInformation(alpha[0]!, 1) + score(pool.score(), new Float64Array(10))[0]! + (first ?? 0);
export const result = topK(selection.scores, total);
export const chained = pool.reset([1]).set({ alpha: alpha, beta: pool.beta }).update({ indices: [0], successes: [1], trials: 8 });
PosteriorPool.fromBytes(pool.toBytes(), { size: 20 }).dispose();

const bytes = new Uint8Array(1);
const loaded: Promise<EngineFactory> = slim.loadEngine('kernel.wasm');
const engine: EngineFactory = slim.createEngine(bytes.buffer ?? bytes);
new slim.PosteriorPool(1, { engine, discount: undefined });
slim.PosteriorPool.fromBytes(bytes, { engine }).size + slim.topK(slim.score([1], [1], { engine }), 1, { engine }).indices.length;
void loaded;

// @ts-expect-error: slim has no engine of its own
new slim.PosteriorPool(1);
// @ts-expect-error: slim has no engine of its own
slim.score([1], [1], { acquisition });
// @ts-expect-error: not the bytes of a module
slim.createEngine('kernel.wasm');
// @ts-expect-error: eta belongs to the weight
pool.select(1, { acquisition: { kind: 'mutual-information', eta: 3 } });
// @ts-expect-error: random needs a seed
pool.select(1, { acquisition: { kind: 'random' } });
// @ts-expect-error: a candidate set needs a seed
pool.select(1, { candidates: { size: 3 } });
// @ts-expect-error: the columns are read-only
pool.alpha[0] = 1;
// @ts-expect-error: the columns are read-only
pool.alpha.fill(1);
// @ts-expect-error: no such acquisition
pool.score({ acquisition: { kind: 'thompson' } });
`;
  const dom = `
import { PosteriorPool } from 'insight-wasm';
import { createEngine, loadEngine } from 'insight-wasm/slim';
import { readLogs } from 'insight-wasm/logs';
import { PromptState } from 'insight-wasm/state';
const pool = new PosteriorPool(1);
const { indices, scores } = pool.select(1);
export const blob = new Blob([pool.toBytes(), indices, scores]);
export const digest = crypto.subtle.digest('SHA-256', pool.score());
export const dropped = (files: FileList) => readLogs([...Array.from(files), new Blob([]), new Response().body!], () => {}, { signal: new AbortController().signal });
export const state = PromptState.fromBytes(new Uint8Array(8)).ingest([new File([], 'a')]);
export const file = new Blob([new PromptState().toBytes()]);
export const engines = Promise.all([
  loadEngine(fetch('kernel.wasm')),
  loadEngine(new URL('https://example.org/kernel.wasm')),
  WebAssembly.compileStreaming(fetch('kernel.wasm')).then(createEngine),
]);
`;
  const disposal = `
import { PosteriorPool } from 'insight-wasm';
export function scoreOfNew(): number {
  using pool = new PosteriorPool(1);
  return pool.score()[0]!;
}
`;
  const check = (name: string, text: string, options: readonly string[]): void => {
    const folder = join(project, `${compiler}-${name}`);
    mkdirSync(folder, { recursive: true });
    for (const file of ['a.mts', 'b.cts']) writeFileSync(join(folder, file), text);
    run('node', [
      tsc,
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--noUncheckedIndexedAccess',
      '--target',
      'ES2022',
      ...options,
      join(folder, 'a.mts'),
      join(folder, 'b.cts'),
    ]);
  };

  test('the whole API compiles with lib ES2022, as a module and as CommonJS', () => {
    check('node16', source, ['--module', 'node16', '--lib', 'ES2022']);
  });

  test('results go into Blob and crypto.subtle, and responses into loadEngine, without a cast', () => {
    check('dom', dom, ['--module', 'node16', '--lib', 'ES2022,DOM']);
  });

  test('using disposes of a pool where lib has it', () => {
    check('disposal', disposal, ['--module', 'node16', '--lib', 'ES2022,ESNext.Disposable']);
  });
});
