import { defineConfig, type Options } from 'tsup';

const entry = { index: 'src/index.ts', slim: 'src/slim.ts', reference: 'src/reference.ts' };
const shared: Options = {
  target: 'es2022',
  removeNodeProtocol: false,
  splitting: true, // one class of each error, whichever entry throws it
  noExternal: ['@assemblyscript/loader'],
};

export default defineConfig([
  { ...shared, entry: { ...entry, workerd: 'src/workerd.ts' }, format: ['esm'], external: ['./kernel.wasm'] },
  { ...shared, entry, format: ['cjs'] },
  { ...shared, entry, format: ['esm', 'cjs'], dts: { only: true } },
  { ...shared, entry: { cli: 'src/cli/main.ts' }, format: ['esm'], platform: 'node', noExternal: [/.*/] },
]);
