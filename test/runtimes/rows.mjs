// The rows of the matrix: what to find, and how a program of the project runs on it. A row returns what the program
// reports.
import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BROWSERS, visit } from './browsers.mjs';
import { end, run, start } from './processes.mjs';
import { readDigest } from './program.mjs';
import { entryFile, temporary } from './project.mjs';
import { FORBIDS_WASM, OF_THE_PAGE, serve } from './server.mjs';
import { bun, bundler, deno, Missing, node, VERSIONS, workerd } from './tools.mjs';
import { askWorkerd } from './workerd.mjs';

/**
 * @typedef {{ version: string, command?: string[] }} Tool
 * `program` is the one whose digest the row gives: by default the conformance program.
 * @typedef {{ name: string, program?: 'doors' | 'training', find: () => Promise<Tool>,
 *   run: (tool: Tool, project: string) => Promise<object> }} Row
 */

const [chromium] = BROWSERS;

/** A row of a runtime that takes the program on its command line and prints the report. */
function commandRow(name, find, ...args) {
  const runIt = async ({ command }, cwd) => {
    const env = { ...process.env, NODE_OPTIONS: '', DENO_DIR: join(cwd, '.deno'), DENO_NO_UPDATE_CHECK: '1' };
    const printed = await run([...command, ...args], { cwd, env });
    return JSON.parse(printed.trim().split('\n').at(-1));
  };
  return { name, find, run: runIt };
}

/** What a browser reports of a page of the project, served under a Content-Security-Policy. */
async function openPage(browser, command, folder, path, policy) {
  const server = await serve(folder, policy);
  try {
    return await visit(browser, command, server.url + path, server.result);
  } finally {
    server.close();
  }
}

const browserRow = (browser, name, program, policy) => ({
  name: `${browser.name}${name}`,
  find: browser.find,
  run: ({ command }, project) => openPage(browser, command, project, `#${program}`, policy),
});

const bundleCommand = (name, { folder }, project, results) => [
  process.execPath,
  fileURLToPath(new URL('bundle.mjs', import.meta.url)),
  name,
  folder,
  project,
  results ?? '',
];

/** Builds into a folder of the project with the bundler's name. */
const bundle = (name, tool, project) => run(bundleCommand(name, tool, project));

/** A bundler, and Chromium to run what it builds. */
async function bundlerAndBrowser(name, plugins) {
  const { command } = await chromium.find();
  return { ...(await bundler(name, plugins)), command };
}

const bundleRow = (title, name, page, plugins) => ({
  name: `${title}, in Chromium`,
  find: () => bundlerAndBrowser(name, plugins),
  async run(tool, project) {
    await bundle(name, tool, project);
    return openPage(chromium, tool.command, project, page);
  },
});

/** The page that strangers open. */
const pageRow = (browser) => ({
  name: `The page, in ${browser.name}`,
  find: browser.find,
  async run({ command }, project) {
    copyFileSync(join(project, 'node_modules/insight-wasm/dist/explorer.html'), join(project, 'page.html'));
    return openPage(browser, command, project, '#page.mjs', OF_THE_PAGE);
  },
});

/** The example page, in which a log is picked: it must show what the command prints of the same log. */
const exampleRow = (browser) => ({
  name: `The example page, in ${browser.name}`,
  program: 'doors',
  find: browser.find,
  async run({ command }, project) {
    copyFileSync(new URL('../../examples/page/index.html', import.meta.url), join(project, 'example.html'));
    const { shown, error } = await openPage(browser, command, project, '#pick.mjs', OF_THE_PAGE);
    if (error !== undefined) throw new Error(error);
    assert.deepEqual(JSON.parse(shown), await printed());
    return { digest: readDigest('doors') };
  },
});

/** What the command prints of the example log. */
async function printed() {
  const [cli, log] = ['../../dist/cli.js', '../../examples/rollouts.jsonl'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const json = async (...args) => {
    const lines = (await run([process.execPath, cli, ...args, '--json'])).trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  };
  const [{ prompts, rollouts, findings }] = await json('audit', log);
  const [{ discount, prior }] = await json('fit', log);
  const state = join(temporary(), 'pool.iws');
  const { alpha, beta } = prior;
  await json('ingest', log, '--state', state, '--discount', String(discount), '--prior', `${alpha},${beta}`);
  const batch = await json('select', '--state', state, '--count', '8');
  return { prompts, rollouts, findings, discount, prior, batch };
}

/** @type {Row} */
const viteDevRow = {
  name: 'Vite dev, in Chromium',
  find: () => bundlerAndBrowser('vite'),
  async run(tool, project) {
    const results = await serve(project);
    const vite = start(bundleCommand('vite dev', tool, project, results.url));
    try {
      const url = await firstLine(vite);
      return await visit(chromium, tool.command, url, results.result);
    } finally {
      await end(vite);
      results.close();
    }
  },
};

/** @returns {Row} of a program that answers requests */
const workerdRow = (name, entry) => ({
  name,
  find: async () => ({ ...(await workerd()), folder: (await bundler('esbuild')).folder }),
  async run(tool, project) {
    await run([...bundleCommand('workerd', tool, project, ''), entry]);
    return askWorkerd(tool.command, join(project, 'workerd'), join(project, entryFile(project, './kernel.wasm')));
  },
});

const doors = (row) => ({ ...row, program: 'doors' });
const training = (row) => ({ ...row, program: 'training' });

const nodeRows = VERSIONS.node.flatMap((version) => {
  const name = `Node ${version.split('.')[0]}`;
  const find = () => node(version);
  return [
    commandRow(`${name}, ES module`, find, 'main.mjs'),
    commandRow(`${name}, CommonJS`, find, 'main.cjs'),
    commandRow(`${name}, worker thread`, find, 'with-worker.mjs'),
    commandRow(`${name}, ./slim`, find, 'slim.mjs'),
  ];
});

/** @type {Row[]} */
export const ROWS = [
  ...nodeRows,
  commandRow('This Node', thisNode, 'main.mjs'),
  commandRow('This Node, reference engine', thisNode, 'reference.mjs'),
  commandRow('This Node without SIMD, reference engine', withoutSimd, '--no-enable-sse4-1', 'strict.mjs'),
  commandRow('This Node, baseline compiler only', thisNode, '--liftoff-only', 'main.mjs'),
  commandRow('This Node, optimising compiler only', thisNode, '--no-liftoff', 'main.mjs'),
  commandRow('Deno, no permissions', deno, 'run', '--no-prompt', 'main.mjs'),
  commandRow('Deno, worker', deno, 'run', '--no-prompt', '--allow-read=.', 'with-worker.mjs'),
  commandRow('Bun', bun, 'main.mjs'),
  commandRow('Bun, worker', bun, 'with-worker.mjs'),
  ...BROWSERS.flatMap((browser) => [
    browserRow(browser, '', 'main.mjs'),
    browserRow(browser, ', Web Worker', 'with-worker.mjs'),
    browserRow(browser, ', ./slim', 'slim.mjs'),
    browserRow(browser, ', CSP without Wasm, reference engine', 'strict.mjs', FORBIDS_WASM),
  ]),
  workerdRow('Cloudflare workerd', 'fetch.mjs'),
  viteDevRow,
  bundleRow('Vite build', 'vite', 'vite/index.html'),
  bundleRow('webpack', 'webpack', '#webpack/bundle.js'),
  bundleRow('esbuild', 'esbuild', '#esbuild/bundle.js'),
  bundleRow('Rollup', 'rollup', '#rollup/bundle.js', ['@rollup/plugin-node-resolve']),
  ...BROWSERS.map(pageRow),
  doors(commandRow('This Node, a log and a state', thisNode, 'run-doors.mjs')),
  doors(commandRow('Deno, a log and a state', deno, 'run', '--no-prompt', 'run-doors.mjs')),
  doors(commandRow('Bun, a log and a state', bun, 'run-doors.mjs')),
  ...BROWSERS.map((browser) => doors(browserRow(browser, ', a log and a state', 'run-doors.mjs'))),
  ...BROWSERS.map(exampleRow),
  doors(workerdRow('Cloudflare workerd, a log and a state', 'fetch-doors.mjs')),
  training(commandRow('This Node, training', thisNode, 'run-training.mjs')),
  training(commandRow('Deno, training', deno, 'run', '--no-prompt', 'run-training.mjs')),
  training(commandRow('Bun, training', bun, 'run-training.mjs')),
  ...BROWSERS.map((browser) => training(browserRow(browser, ', training', 'run-training.mjs'))),
];

/** What a server prints once it listens. */
async function firstLine(child) {
  return Promise.race([
    new Promise((resolve) => child.stdout.once('data', (text) => resolve(text.trim()))),
    child.ended.then(() => Promise.reject(new Error(child.output.stderr))),
    sleep(30_000).then(() => Promise.reject(new Error('no server in 30 s'))),
  ]);
}

async function thisNode() {
  return { version: process.versions.node, command: [process.execPath] };
}

/** V8 without SSE 4.1 has no Wasm SIMD: the real thing, on x64. */
async function withoutSimd() {
  if (process.arch !== 'x64') throw new Missing('only x64 processors can be told to have no SIMD');
  return thisNode();
}
