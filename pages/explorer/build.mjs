// Writes dist/explorer.html: the page with its style, its module and its worker in one file, which may fetch nothing.
// `npm run build:page`; insight-wasm report puts data into it.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readDigest, writePrograms } from '../../test/runtimes/program.mjs';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(file(path), 'utf8');
const programs = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
writePrograms(programs);

/** Modules made here, by name. @param {Record<string, string>} texts */
const virtual = (texts) => ({
  name: 'virtual',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${Object.keys(texts).join('|')})$`) }, ({ path }) => ({
      path,
      namespace: 'text',
    }));
    build.onLoad({ filter: /.*/, namespace: 'text' }, ({ path }) => ({ contents: texts[path], loader: 'text' }));
  },
});

const inputs = {};

/** @param {string} entry @param {'iife' | 'esm'} format */
async function bundle(entry, format, plugins = []) {
  const { outputFiles, metafile } = await build({
    entryPoints: [file(entry)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    target: 'es2022',
    charset: 'utf8',
    format,
    plugins,
    alias: { conformance: join(programs, 'conformance.mjs') },
    // The package by its own name is its source, so that what pages take from beside the doors is not there twice.
    tsconfig: file('../../tsconfig.json'),
  });
  Object.assign(inputs, Object.values(metafile.outputs)[0].inputs);
  return outputFiles[0].text;
}

const minify = async (css) =>
  (await build({ stdin: { contents: css, loader: 'css' }, minify: true, write: false })).outputFiles[0].text;

const worker = await bundle('worker/worker.mjs', 'iife');
const { version } = JSON.parse(read('../../package.json'));
const script = await bundle('page.mjs', 'esm', [virtual({ 'worker-source': worker, version, digest: readDigest() })]);
const style = await minify(read('style.css') + read('../bench/style.css'));

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
/** Its own script and style, Wasm, and workers made of its own text; nothing else, and no connection. */
const policy = [
  "default-src 'none'",
  `script-src ${hash(script)} 'wasm-unsafe-eval' blob:`,
  `style-src ${hash(style)}`,
  'img-src data: blob:',
  'worker-src blob:',
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const html = read('index.html')
  .replace('/* BENCH */', () => read('../bench/bench.html'))
  .replace(/^\s+/gm, '')
  .replace('/* POLICY */', () => policy)
  .replace('/* STYLE */', () => style)
  .replace('/* SCRIPT */', () => script);
for (const folder of ['dist', 'build']) mkdirSync(file(`../../${folder}`), { recursive: true });
writeFileSync(file('../../dist/explorer.html'), html);
writeFileSync(file('../../build/bundle-explorer.json'), JSON.stringify({ outputs: { 'explorer.html': { inputs } } }));
rmSync(programs, { recursive: true });
console.log(`dist/explorer.html: ${(Buffer.byteLength(html) / 1000).toFixed(0)} KB`);
