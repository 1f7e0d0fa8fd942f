import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { defineConfig, type Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const POLYFILL = /^Object\.hasOwn = (?:.*\n)*?^};$/m;

/** Leaves out the loader's polyfill of what every runtime has: it cannot be written where built-ins are frozen. */
const withoutPolyfill: Plugin = {
  name: 'without-polyfill',
  setup(build) {
    build.onLoad({ filter: /@assemblyscript[\\/]loader[\\/]index\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      if (!POLYFILL.test(source)) throw new Error(`${path} has no polyfill of Object.hasOwn any more`);
      return { contents: source.replace(POLYFILL, ''), loader: 'js' };
    });
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

const entry = { index: 'src/index.ts', slim: 'src/slim.ts', reference: 'src/reference.ts' };

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

export default defineConfig([
  bundle('esm', { entry: { ...entry, workerd: 'src/workerd.ts' }, format: 'esm', external: ['./kernel.wasm'] }),
  bundle('cjs', { entry, format: 'cjs' }),
  bundle('cli', { entry: { cli: 'src/cli/main.ts' }, format: 'esm', platform: 'node', minifyIdentifiers: true }),
  { entry, format: ['esm', 'cjs'], dts: { only: true } },
]);
