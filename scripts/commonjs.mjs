// Makes the CommonJS files of dist/ out of its ES modules, file by file: so both have the same parts, and an error has
// one class whichever entry throws it. Part of `npm run build`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { transformSync } from 'esbuild';

const dist = new URL('../dist/', import.meta.url);
const { outputs } = JSON.parse(readFileSync(new URL('../build/bundle-esm.json', import.meta.url), 'utf8'));
const names = Object.keys(outputs).map((path) => path.replace(/^dist\//, ''));

for (const name of names) {
  const module = readFileSync(new URL(name, dist), 'utf8');
  // What is loaded later is CommonJS too.
  const supported = { 'dynamic-import': false };
  const { code } = transformSync(module, { format: 'cjs', target: 'es2022', supported, minifyWhitespace: true });
  const renamed = code.replace(/\brequire\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")');
  writeFileSync(new URL(name.replace(/\.js$/, '.cjs'), dist), renamed);
}
const missing = names.filter((name) => !readdirSync(dist).includes(name));
if (missing.length > 0) throw new Error(`dist has no ${missing.join(', ')}`);
