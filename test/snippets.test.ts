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
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import { lines, nemoGym, primeRl, rollouts, toParquet, trl, verlV1 } from './support/logs.ts';
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

const pages = ['README.md', ...readdirSync(`${root}docs`, { recursive: true }).map((name) => `docs/${name}`)]
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.md'));

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
  'insight-wasm': `exec '${process.execPath}' '${root}dist/cli.js' "$@"`,
  npm: 'echo "$@"',
  pip: 'echo "$@"',
  python3: 'echo "$@"',
  bun: 'echo "$@"',
})) {
  writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${command}\n`);
  chmodSync(join(folder, 'bin', name), 0o755);
}

/** The logs that the shell snippets of a page read, by their paths. */
const under = (path: string, files: Readonly<Record<string, string | Uint8Array>>) =>
  Object.fromEntries(Object.entries(files).map(([name, content]) => [`${path}/${name}`, content]));
const ofIds = rollouts().map(({ prompt, step, isRight }) => ({ id: `p${prompt}`, step, acc: isRight ? 1 : 0 }));
const ofDataset = {
  'prompts.jsonl': lines(
    [1, 2, 3, 4, 5, 0, 7].map((prompt) => ({ id: `p${prompt}`, prompt: 'x', domain: prompt % 2 ? 'math' : 'code' })),
  ),
  'rollouts/1.jsonl': lines(ofIds),
};
const logs: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'docs/logs.md': under('runs/42/rollouts', verlV1()),
  'docs/evaluate.md': under('runs/42/rollouts', verlV1()),
  'README.md': ofDataset,
  'docs/state.md': ofDataset,
  'docs/serve.md': {},
  'docs/logs/verl.md': under(
    'rollouts',
    Object.fromEntries(
      Object.entries(verlV1()).map(([name, text]) => [name, text.replaceAll('"input":', '"prompt_id":7,"input":')]),
    ),
  ),
  'docs/logs/trl.md': under('output_dir', trl()),
  'docs/logs/prime-rl.md': under('outputs', primeRl()),
  'docs/logs/nemo-gym.md': under('results', nemoGym()),
  'docs/logs/verifiers.md': under('outputs/evals', {
    'results.jsonl': lines(
      rollouts().map(({ prompt, isRight }) => ({
        ...{ example_id: prompt, prompt: [{ role: 'user', content: `${prompt}` }], completion: [], reward: 0.2 },
        correct_answer_reward_func: Number(isRight),
      })),
    ),
  }),
  'docs/logs/others.md': {
    'log.jsonl': lines(ofIds.map(({ id, step, acc }) => ({ problem: { key: id }, iteration: step, correct: acc }))),
    'log.csv': 'question,answer,is_correct\nx,1,true\ny,2,false\n',
    'rates.csv': 'problem,pass_rate\na,0.5\nb,1\n',
    'counts.parquet': toParquet([
      ['uid', 'STRING', ['a', 'b']],
      ['n_correct', 'INT32', [3, 8]],
      ['n', 'INT32', [8, 8]],
    ]),
  },
};

/** Where the shell snippets of a page are run. */
function folderOf(page: string): string {
  const files = logs[page];
  if (files === undefined) return folder;
  const own = page === 'README.md' ? folder : join(folder, page.replaceAll(/\W/g, '-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(own, name)), { recursive: true });
    writeFileSync(join(own, name), content);
  }
  mkdirSync(own, { recursive: true });
  return own;
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

/** A word of success: what it prints may go to a file. */
function shell(page: string, text: string): string {
  const PATH = `${join(folder, 'bin')}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync('bash', ['-euo', 'pipefail', '-c', text], {
    cwd: folderOf(page),
    encoding: 'utf8',
    input: '{"op":"status"}\n',
    env: { ...process.env, PATH },
  });
  if (status !== 0) throw new Error(`${status}\n${stdout}${stderr}`);
  return `${stdout}done`;
}

/** Compiles it: the names around it are the reader's. */
function python(text: string): string {
  const check = 'import sys; compile(sys.stdin.read(), "snippet", "exec"); print("compiles")';
  const { error, status, stdout, stderr } = spawnSync('python3', ['-c', check], { input: text, encoding: 'utf8' });
  if (error !== undefined && !process.env.REQUIRE_ALL) {
    console.warn('NOT COMPILED: there is no python3 here');
    return 'not compiled';
  }
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const ways: Record<string, (name: string, text: string, page: string) => string> = {
  js: (name, text) => load(`${name}.mjs`, text),
  cjs: (name, text) => load(`${name}.cjs`, text),
  ts: (name, text) => load(`${name}.mjs`, ts.transpileModule(text, { compilerOptions: options }).outputText),
  html,
  sh: (_, text, page) => shell(page, text),
  python: (_, text) => python(text),
  json: (_, text) => String(JSON.parse(text)),
};

const named = snippets.filter(({ file }) => file !== undefined);
for (const { file, text } of named) writeFileSync(join(folder, file as string), text);
const callers = (name: string): Snippet[] => snippets.filter(({ text }) => text.includes(`'./${name}'`));

test.each(snippets)('the snippet at $where runs and prints something', ({ where, page, language, file, text }) => {
  if (file !== undefined && callers(file).length > 0) return; // it runs when they do
  expect(Object.keys(ways), `${where}: no way to run ${language}`).toContain(language);
  expect(ways[language]?.(where.replaceAll(/\W/g, '-'), text, page)).not.toBe('');
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
