// The runtimes and bundlers, in the versions of versions.json, installed from npm on first use: into a cache, since
// together they take a gigabyte.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

export const VERSIONS = JSON.parse(readFileSync(new URL('versions.json', import.meta.url), 'utf8'));

const CACHE =
  process.env.INSIGHT_WASM_RUNTIMES ??
  fileURLToPath(new URL('../../node_modules/.cache/insight-wasm-runtimes', import.meta.url));

/** What this machine does not have: the row is not run. */
export class Missing extends Error {}

/** The folder in which packages, `name@version` each, are installed. @param {readonly string[]} packages */
async function installed(...packages) {
  const folder = join(CACHE, packages[0].replaceAll('/', '-'));
  if (existsSync(folder)) return folder;
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{ "private": true }');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  try {
    await run(['npm', 'install', ...flags, ...packages], { cwd: partial, seconds: 300 });
    renameSync(partial, folder);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (existsSync(folder)) return folder; // another run was first
    throw new Missing(`${packages.join(', ')} could not be installed: ${lastLine(error.message)}`);
  }
  return folder;
}

const lastLine = (text) => text.trim().split('\n').at(-1);

/** A binary that an npm package brings in another one for this platform. */
async function platformBinary(name, scope, path) {
  const folder = join(await installed(`${name}@${VERSIONS[name]}`), 'node_modules', scope);
  const found = readdirSync(folder).find((entry) => entry.includes(process.platform));
  if (found === undefined) throw new Missing(`${name} has no binary for ${process.platform}`);
  return { command: [join(folder, found, path)], version: VERSIONS[name] };
}

/** @param {string} version */
export async function node(version) {
  if (process.version === `v${version}` && process.versions.bun === undefined)
    return { command: [process.execPath], version };
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = await installed(`${name}@${version}`);
  return { command: [join(folder, 'node_modules', name, 'bin', 'node')], version };
}

export const deno = () => platformBinary('deno', '@deno', 'deno');
export const bun = () => platformBinary('bun', '@oven', 'bin/bun');
export const workerd = () => platformBinary('workerd', '@cloudflare', 'bin/workerd');

/** A bundler: a folder from which it is imported by its name. @param {string} name @param {readonly string[]} plugins */
export async function bundler(name, plugins = []) {
  const folder = await installed(...[name, ...plugins].map((each) => `${each}@${VERSIONS[each]}`));
  return { folder, version: VERSIONS[name] };
}

/** A program of this system, if it is there. @param {readonly string[]} places @param {string} otherwise */
export function systemProgram(places, otherwise) {
  const file = places.find((place) => existsSync(place));
  if (file === undefined) throw new Missing(otherwise);
  return file;
}
