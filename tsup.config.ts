import { defineConfig } from 'tsup';

const shared = { target: 'es2022', removeNodeProtocol: false } as const;

export default defineConfig([
  {
    ...shared,
    entry: { index: 'src/index.ts', reference: 'src/reference.ts' },
    format: ['esm', 'cjs'],
    dts: true,
    splitting: true, // one class of each error, whichever entry throws it
    noExternal: ['@assemblyscript/loader'],
  },
  {
    ...shared,
    entry: { cli: 'src/cli/main.ts' },
    format: ['esm'],
    platform: 'node',
    noExternal: [/.*/],
    // Small and quick to load; names stay, for stack traces.
    esbuildOptions(options) {
      options.minifySyntax = true;
      options.minifyWhitespace = true;
    },
  },
]);
