// Builds main.mjs of a project with one bundler and no configuration beyond entry and output; a program of its own, so
// that a bundler that hangs can be ended. node bundle.mjs NAME FOLDER-OF-THE-BUNDLER PROJECT [RESULT-SERVER]
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const [name, tools, root, resultServer, program = 'fetch.mjs'] = process.argv.slice(2);
const out = join(root, name);
const resolve = createRequire(join(tools, 'main.js')).resolve;
const load = (module) => import(pathToFileURL(resolve(module)).href);
const entry = join(root, 'main.mjs');

/** A Wasm module stays a module of its own, beside the bundle, wherever it is imported from: wrangler does the same. */
const beside = {
  name: 'beside',
  setup({ onResolve }) {
    onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
  },
};

const bundlers = {
  async 'vite dev'() {
    const { createServer } = await load('vite');
    const proxy = { '/result': resultServer };
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0, proxy },
    });
    await server.listen();
    console.log(`http://127.0.0.1:${server.httpServer.address().port}/`);
  },
  async vite() {
    const { build } = await load('vite');
    await build({ root, configFile: false, logLevel: 'error', base: './', build: { outDir: out } });
  },
  async webpack() {
    const { default: webpack } = await load('webpack');
    const stats = await promisify(webpack)({
      mode: 'production',
      context: root,
      entry,
      output: { path: out, filename: 'bundle.js' },
    });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
  },
  async esbuild() {
    const { build } = await load('esbuild');
    await build({ entryPoints: [entry], bundle: true, minify: true, format: 'esm', outfile: join(out, 'bundle.js') });
  },
  async rollup() {
    const { rollup } = await load('rollup');
    const { default: nodeResolve } = await load('@rollup/plugin-node-resolve');
    const onwarn = ({ message }) => {
      throw new Error(message);
    };
    const bundle = await rollup({ input: entry, plugins: [nodeResolve()], onwarn });
    await bundle.write({ file: join(out, 'bundle.js'), format: 'es' });
  },
  // As Cloudflare's wrangler does it.
  async workerd() {
    const { build } = await load('esbuild');
    await build({
      entryPoints: [join(root, program)],
      bundle: true,
      format: 'esm',
      conditions: ['workerd', 'worker', 'browser'],
      plugins: [beside],
      outfile: join(out, 'bundle.js'),
    });
  },
};

await bundlers[name]();
