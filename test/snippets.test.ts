import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { nodeFile, root } from './support/node.ts';

// Every fenced snippet of README and docs is run, beside the package and under Node whatever it is written for. A word
// behind the language is the file that other snippets of the page call it.
interface Snippet {
  readonly where: string;
  readonly page: string;
  readonly language: string;
  readonly file: string | undefined;
  readonly text: string;
}

const pages = ['README.md', ...readdirSync(`${root}docs`).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

const snippets = pages.flatMap((page) => {
  const source = readFileSync(root + page, 'utf8');
  return [...source.matchAll(/^```([^\s`]+) ?(\S+)?\n((?:.*\n)*?)^```$/gm)].map(({ index, ...found }): Snippet => {
    const where = `${page}:${source.slice(0, index).split('\n').length}`;
    return { where, page, language: found[1] as string, file: found[2], text: found[3] as string };
  });
});

const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'node_modules'));
mkdirSync(join(folder, 'bin'));
symlinkSync(root, join(folder, 'node_modules/insight-wasm'), 'junction');
symlinkSync(join(root, 'examples'), join(folder, 'examples'), 'junction');
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
// What a shell calls: the command is ours, and what would install or run the tests is left out.
for (const [name, command] of Object.entries({
  npx: `shift; exec '${process.execPath}' '${root}dist/cli.js' "$@"`,
  npm: 'echo "$@"',
  bun: 'echo "$@"',
})) {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${command}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** Runs a module and returns what it prints. */
function load(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return nodeFile([`${root}test/support/snippet.mjs`, join(folder, name)], folder);
}

function html(name: string, text: string): string {
  const [map, script] = ['importmap', 'module'].map(
    (type) => text.split(`<script type="${type}">`)[1]?.split('</script>')[0],
  );
  for (const path of Object.values((JSON.parse(map as string) as { imports: Record<string, string> }).imports)) {
    expect(readdirSync(join(folder, path, '..'))).toContain(path.split('/').at(-1));
  }
  return load(`${name}.mjs`, script as string);
}

function shell(text: string): string {
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  if (status !== 0) throw new Error(`${status}\n${stdout}${stderr}`);
  return stdout;
}

const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const ways: Record<string, (name: string, text: string) => string> = {
  js: (name, text) => load(`${name}.mjs`, text),
  cjs: (name, text) => load(`${name}.cjs`, text),
  ts: (name, text) => load(`${name}.mjs`, ts.transpileModule(text, { compilerOptions: options }).outputText),
  html,
  sh: (_, text) => shell(text),
  json: (_, text) => String(JSON.parse(text)),
};

const named = snippets.filter(({ file }) => file !== undefined);
for (const { file, text } of named) writeFileSync(join(folder, file as string), text);
const callers = (name: string): Snippet[] => snippets.filter(({ text }) => text.includes(`'./${name}'`));

test.each(snippets)('the snippet at $where runs and prints something', ({ where, language, file, text }) => {
  if (file !== undefined && callers(file).length > 0) return; // it runs when they do
  expect(Object.keys(ways), `${where}: no way to run ${language}`).toContain(language);
  expect(ways[language]?.(where.replaceAll(/\W/g, '-'), text)).not.toBe('');
});

test('the pages have snippets, and the files of one folder', () => {
  expect(new Set(snippets.map(({ page }) => page))).toContain('README.md');
  const names = named.map(({ file }) => file);
  expect(new Set(names).size).toBe(names.length);
});

test('the TypeScript of the pages compiles as strictly as a user may want', () => {
  const files = snippets
    .filter(({ language }) => language === 'ts')
    .map(({ where, text }) => {
      const file = join(folder, `${where.replaceAll(/\W/g, '-')}.mts`);
      writeFileSync(file, text);
      return file;
    });
  const program = ts.createProgram(files, {
    ...options,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    types: [],
  });
  const messages = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText, file }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  expect(files.length).toBeGreaterThan(0);
  expect(messages).toEqual([]);
});

test('npm run is followed by the name of a script', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: object };
  for (const page of pages) {
    for (const [, name] of readFileSync(root + page, 'utf8').matchAll(/npm run ([\w:]+)/g)) {
      expect(scripts, page).toHaveProperty([name as string]);
    }
  }
});
