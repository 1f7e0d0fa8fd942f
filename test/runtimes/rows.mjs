// The rows of the matrix: what to find, and how a program of the project runs on it. A row returns what the program
// reports.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BROWSERS, visit } from './browsers.mjs';
import { end, run, start } from './processes.mjs';
import { entryFile, temporary } from './project.mjs';
import { FORBIDS_WASM, serve } from './server.mjs';
import { bun, bundler, deno, Missing, node, VERSIONS, workerd } from './tools.mjs';
import { askWorkerd } from './workerd.mjs';

/**
 * @typedef {{ version: string, command?: string[] }} Tool
 * @typedef {{ name: string, find: () => Promise<Tool>, run: (tool: Tool, project: string) => Promise<object> }} Row
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

/** What a browser reports of a program of the project, served under a Content-Security-Policy. */
async function openPage(browser, command, folder, program, policy) {
  const server = await serve(folder, policy);
  try {
    return await visit(browser, command, `${server.url}#${program}`, server.result);
  } finally {
    server.close();
  }
}

const browserRow = (browser, name, program, policy) => ({
  name: `${browser.name}${name}`,
  find: browser.find,
  run: ({ command }, project) => openPage(browser, command, project, program, policy),
});

/** A bundle's folder, beside the programs so that the server finds both. */
async function bundle(name, tool, project) {
  const out = join(temporary(), 'out');
  await run([process.execPath, fileURLToPath(new URL('bundle.mjs', import.meta.url)), name, tool.folder, project, out]);
  return out;
}

/** A bundler, and Chromium to run what it builds. */
async function bundlerAndBrowser(name, plugins) {
  const { command } = await chromium.find();
  return { ...(await bundler(name, plugins)), command };
}

const bundleRow = (name, plugins) => ({
  name: `${name}, in Chromium`,
  find: () => bundlerAndBrowser(name, plugins),
  async run(tool, project) {
    const out = await bundle(name, tool, project);
    return openPage(chromium, tool.command, out, 'bundle.js');
  },
});

const nodeRows = VERSIONS.node.flatMap((version) => {
  const name = `Node ${version.split('.')[0]}`;
  const find = () => node(version);
  return [
    commandRow(`${name}, ES module`, find, 'main.mjs'),
    commandRow(`${name}, CommonJS`, find, 'main.cjs'),
    commandRow(`${name}, worker thread`, find, 'with-worker.mjs'),
  ];
});

/** @type {Row[]} */
export const ROWS = [
  ...nodeRows,
  commandRow('Reference engine, this Node', thisNode, 'reference.mjs'),
  commandRow('Node without SIMD, reference engine', withoutSimd, '--no-enable-sse4-1', 'strict.mjs'),
  commandRow('Deno, no permissions', deno, 'run', '--no-prompt', 'main.mjs'),
  commandRow('Deno, worker', deno, 'run', '--no-prompt', '--allow-read=.', 'with-worker.mjs'),
  commandRow('Bun', bun, 'main.mjs'),
  commandRow('Bun, worker', bun, 'with-worker.mjs'),
  ...BROWSERS.flatMap((browser) => [
    browserRow(browser, '', 'main.mjs'),
    browserRow(browser, ', Web Worker', 'with-worker.mjs'),
    browserRow(browser, ', CSP without Wasm, reference engine', 'strict.mjs', FORBIDS_WASM),
  ]),
];

async function thisNode() {
  return { version: process.versions.node, command: [process.execPath] };
}

/** V8 without SSE 4.1 has no Wasm SIMD: the real thing, on x64. */
async function withoutSimd() {
  if (process.arch !== 'x64') throw new Missing('only x64 processors can be told to have no SIMD');
  return thisNode();
}
