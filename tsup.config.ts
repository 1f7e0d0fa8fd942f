import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** A plugin that changes a file of a package; it must find what it changes, so that an update is noticed. */
const patch = (name: string, file: RegExp, changes: readonly (readonly [RegExp, string])[]): Plugin => ({
  name,
  setup(build) {
    build.onLoad({ filter: file }, ({ path }) => {
      const contents = changes.reduce(
        (source, [from, to]) => {
          if (!from.test(source)) throw new Error(`${path} has no ${from} any more`);
          return source.replace(from, to);
        },
        readFileSync(path, 'utf8'),
      );
      return { contents, loader: 'js' };
    });
  },
});

/**
 * Leaves out the loader's polyfill of what every runtime has: it cannot be written where built-ins are frozen. And what
 * it makes for strings and arrays of AssemblyScript, of which the kernel has none: 7 KB, and jsdom has no TextDecoder.
 */
const withoutPolyfill = patch('without-polyfill', /@assemblyscript[\\/]loader[\\/]index\.js$/, [
  [/^Object\.hasOwn = (?:.*\n)*?^};$/m, ''],
  [/^const utf16 = new TextDecoder.*$/m, ''],
  [
    /(new WebAssembly.Instance\(module, imports\);\n).*postInstantiate.*\n.*\{ module, instance, exports \};/,
    '$1  return { module, instance };',
  ],
]);

/** For the command, which is a file and so can read the kernel from one: a tenth of its size. */
const kernelFromFile: Plugin = {
  name: 'kernel-from-file',
  setup(build) {
    build.onLoad({ filter: /core[\\/]kernel-bytes\.ts$/ }, () => ({
      contents: `import { readFileSync } from 'node:fs';
export const kernelBytes = () => readFileSync(new URL('./kernel.wasm', import.meta.url));`,
      loader: 'ts',
    }));
  },
};

/** For workerd, which compiles Wasm ahead of time and refuses bytes: the module itself in place of its bytes. */
const kernelFromModule: Plugin = {
  name: 'kernel-from-module',
  setup(build) {
    build.onLoad({ filter: /core[\\/]embedded-kernel\.ts$/ }, () => ({
      contents: `import kernel from '../kernel.wasm';
export const embeddedKernel = () => kernel;`,
      loader: 'ts',
    }));
  },
};

/** Tells scripts/notices.mjs what went into the bundles. */
const record = (name: string): Plugin => ({
  name: 'record',
  setup(build) {
    build.onEnd(({ metafile }) => {
      mkdirSync('build', { recursive: true });
      writeFileSync(`build/bundle-${name}.json`, JSON.stringify(metafile));
    });
  },
});

const NAMES = ['index', 'slim', 'reference', 'logs', 'state', 'evaluate', 'node'];
const toEntry = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]));
const entry = toEntry(NAMES);

const bundle = (name: string, options: Options): Options => ({
  target: 'es2022',
  removeNodeProtocol: false,
  splitting: true, // one class of each error, whichever entry throws it
  noExternal: [/^[^.]/], // every package
  minifyWhitespace: true,
  minifySyntax: true, // names stay, but for the command: they stand in stack traces
  esbuildPlugins: [withoutPolyfill, record(name)],
  ...options,
});

// CommonJS is made of the ES modules: scripts/commonjs.mjs.
export default defineConfig([
  bundle('esm', { entry, format: 'esm', esbuildPlugins: [withoutPolyfill, record('esm')] }),
  bundle('workerd', {
    entry: toEntry(NAMES.filter((name) => name !== 'node')),
    outDir: 'dist/workerd',
    format: 'esm',
    external: ['../kernel.wasm'],
    esbuildPlugins: [withoutPolyfill, kernelFromModule, record('workerd')],
  }),
  bundle('cli', {
    entry: { cli: 'src/cli/main.ts' },
    format: 'esm',
    platform: 'node',
    minifyIdentifiers: true,
    esbuildPlugins: [withoutPolyfill, kernelFromFile, record('cli')],
  }),
  { entry, format: ['esm', 'cjs'], dts: { only: true } },
]);
