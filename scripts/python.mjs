// Puts the command, as built, into the Python package: the files of its bundle and the kernel.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const to = 'python/src/insight_wasm/cli';
rmSync(to, { recursive: true, force: true });
mkdirSync(to, { recursive: true });
const { outputs } = JSON.parse(readFileSync('build/bundle-cli.json', 'utf8'));
for (const file of [...Object.keys(outputs), 'dist/kernel.wasm']) copyFileSync(file, join(to, basename(file)));
