// Puts the command, as built, into the Python package: the files of its bundle, the kernel and the licences.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const to = 'python/src/insight_wasm/cli';
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const { outputs } = JSON.parse(readFileSync('build/bundle-cli.json', 'utf8'));
for (const file of [...Object.keys(outputs), 'dist/kernel.wasm']) copyFileSync(file, join(to, basename(file)));
writeFileSync(join(to, 'package.json'), '{ "type": "module" }\n'); // beside site-packages there is none that says so
for (const file of ['LICENSE', 'THIRD_PARTY_NOTICES']) copyFileSync(file, join('python', file));
