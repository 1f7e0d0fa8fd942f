// Writes build/pages/bench/index.html: the page with its style, its module and its worker in one file. npm run build:page
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

async function bundle(entry, format, plugins = []) {
  const { outputFiles } = await build({
    entryPoints: [file(entry)],
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    charset: 'utf8',
    format,
    plugins,
    alias: { conformance: join(programs, 'conformance.mjs') },
    tsconfigRaw: '{}', // the package by its own name is dist/, not src/
  });
  return outputFiles[0].text;
}

const worker = await bundle('worker.mjs', 'iife');
const { version } = JSON.parse(read('../../package.json'));
const script = await bundle('page.mjs', 'esm', [virtual({ worker, version, digest: readDigest() })]);
const html = read('index.html')
  .replace('/* STYLE */', () => read('style.css'))
  .replace('/* SCRIPT */', () => script);
mkdirSync(file('../../build/pages/bench'), { recursive: true });
writeFileSync(file('../../build/pages/bench/index.html'), html);
rmSync(programs, { recursive: true });
console.log(`build/pages/bench/index.html: ${(Buffer.byteLength(html) / 1024).toFixed(0)} KB`);
