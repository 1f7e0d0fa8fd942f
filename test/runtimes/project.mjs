// The package as a user gets it: packed, installed into an empty project, and the programs of the matrix beside it.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';
import { writePrograms } from './program.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs what is in dist/. @returns {Promise<string>} the project's folder */
export async function makeProject() {
  const folder = temporary();
  const packed = await run(['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: root });
  const [{ filename, files }] = JSON.parse(packed);
  if (!files.some(({ path }) => path === 'dist/index.js')) throw new Error('nothing is built: run npm install');
  writeFileSync(join(folder, 'package.json'), '{ "name": "scratch", "private": true }');
  await run(['npm', 'install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: folder });
  writePrograms(folder);
  return folder;
}

const folders = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** A folder that is removed at the end. */
export function temporary() {
  folders.push(mkdtempSync(join(tmpdir(), 'insight-wasm-')));
  return folders.at(-1);
}

/** The file of an entry, from the package's `exports`. @param {string} folder @param {string} entry './reference' */
export function entryFile(folder, entry) {
  const home = join('node_modules', 'insight-wasm');
  const { exports } = JSON.parse(readFileSync(join(folder, home, 'package.json'), 'utf8'));
  return join(home, exports[entry].import?.default ?? exports[entry]);
}

/** A copy of a project in which `score` of every entry once returns a last score whose lowest bit is flipped. */
export function flipped(project) {
  const folder = temporary();
  cpSync(project, folder, { recursive: true });
  const dist = join(folder, 'node_modules', 'insight-wasm', 'dist');
  for (const name of ['index.js', 'index.cjs', 'reference.js', 'workerd.js']) {
    const [stem, extension] = name.split('.');
    const original = `${stem}-right.${extension}`;
    try {
      renameSync(join(dist, name), join(dist, original));
    } catch {
      continue;
    }
    writeFileSync(join(dist, name), extension === 'cjs' ? wrongCommonJs(original) : wrongModule(original));
  }
  return folder;
}

const FLIP = `
let once = true;
function score(...given) {
  const scores = right.score(...given);
  if (once && scores.length > 1) {
    new Uint32Array(scores.buffer, scores.byteOffset)[scores.length - 1] ^= 1;
    once = false;
  }
  return scores;
}
`;
const wrongModule = (original) =>
  `import * as right from './${original}';\nexport * from './${original}';${FLIP}export { score };\n`;
const wrongCommonJs = (original) =>
  `const right = require('./${original}');${FLIP}module.exports = { ...right, score };\n`;
