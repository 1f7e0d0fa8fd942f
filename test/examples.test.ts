import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, expect, test } from 'vitest';
import * as evaluate from '../src/evaluate.ts';
import * as core from '../src/index.ts';
import * as logs from '../src/logs.ts';
import * as nodeDoor from '../src/node.ts';
import * as reference from '../src/reference.ts';
import * as state from '../src/state.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Where the examples run: what they write is gone afterwards. */
const scratch = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
cpSync(`${root}examples`, join(scratch, 'examples'), { recursive: true });
afterAll(() => rmSync(scratch, { recursive: true }));
const read = (file: string): string => readFileSync(root + file, 'utf8');

const modules: Record<string, unknown> = {
  'insight-wasm': core,
  'insight-wasm/reference': reference,
  'insight-wasm/logs': logs,
  'insight-wasm/state': state,
  'insight-wasm/evaluate': evaluate,
  'insight-wasm/node': nodeDoor,
};
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
  ...args: string[]
) => (...args: unknown[]) => Promise<unknown>;

/** Runs a snippet as a program of its own, with the package under its name and `scope` around it. */
async function run(source: string, scope: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { outputText } = ts.transpileModule(source.replace(/^#!.*/, ''), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const require = (name: string): unknown =>
    modules[name] ?? (name.startsWith('node:') ? process.getBuiltinModule(name) : undefined);
  const names = Object.keys(scope);
  return new AsyncFunction('require', 'exports', ...names, outputText)(require, {}, ...Object.values(scope));
}

async function runSnippet(source: string): Promise<string[]> {
  const printed: string[] = [];
  await run(source, { console: { log: (...values: unknown[]) => printed.push(values.join(' ')) } });
  return printed;
}

const everything = { ...core, ...reference, PosteriorPool: core.PosteriorPool, score: core.score, topK: core.topK };

/** The docstring examples: one program each, and its lines of the shape `expression; // value`. */
const examples = readdirSync(`${root}src`, { recursive: true, encoding: 'utf8' })
  .map((file) => `src/${file}`)
  .filter((file) => file.endsWith('.ts') && !file.startsWith('src/cli/'))
  .flatMap((file) =>
    [...read(file).matchAll(/@example\n((?:\s*\* .*\n)+?)\s*\*\//g)].map(([, text]) => ({
      file,
      text: (text as string).replace(/^\s*\* ?/gm, '').trim(),
    })),
  );

test('every public function and method has an example', () => {
  expect(examples.length).toBeGreaterThanOrEqual(28);
});

/** What an example states of an expression: a literal, up to the word that explains it. */
function check(got: unknown, stated: string): void {
  const value = /^[[{'"]/.test(stated) ? stated : (stated.split(': ')[0] as string);
  const arrayOf = /^\w+Array (\[.*\])$/.exec(value);
  if (arrayOf !== null) expect(Array.from(got as Float32Array)).toEqual(JSON.parse(arrayOf[1] as string));
  else if (/^ln \d/.test(value)) {
    const number = new Function(`return ${value.replaceAll(/ln (\d+)/g, 'Math.log($1)')}`)() as number;
    expect(got).toBeCloseTo(number, 12);
  } else if (/^-?[\d.]+$/.test(value)) expect(got).toBeCloseTo(Number(value), 12);
  else if (/^[[{'"]|^(true|false|null)$/.test(value)) {
    expect(JSON.parse(JSON.stringify(got))).toEqual(JSON.parse(JSON.stringify(new Function(`return (${value})`)())));
  }
}

test.each(examples)('the example in $file runs: $text', async ({ text }) => {
  const folder = process.cwd();
  const claims: string[] = [];
  const body = text.split('\n').map((line) => {
    const [, expression, stated] = /^(?!const |import |for |\/\/|\s)(.+?);(?: \/\/ (.*))?$/.exec(line) ?? [];
    if (expression === undefined || stated === undefined) return line;
    claims.push(stated);
    return `check(${expression}, ${JSON.stringify(stated)});`;
  });
  process.chdir(scratch);
  try {
    await run(body.join('\n'), { ...(text.includes("from 'insight-wasm") ? {} : everything), check });
  } finally {
    process.chdir(folder);
  }
});

test('Algorithm 1 learns where groups are informative, and resumes', async () => {
  const source = read('examples/algorithm-1.ts');
  expect(source.split('\n').length).toBeLessThanOrEqual(42);
  const shares = (await runSnippet(source)).map((line) => Number(/: (\d+) %/.exec(line)?.[1]));
  expect(shares).toHaveLength(5);
  expect(shares.at(-1)).toBeGreaterThan(85);
});
