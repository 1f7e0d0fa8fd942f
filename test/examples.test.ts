import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import * as core from '../src/index.ts';
import * as reference from '../src/reference.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string): string => readFileSync(root + file, 'utf8');

/** Runs a snippet as a program of its own, with the package under its name, and returns what it prints. */
async function runSnippet(source: string): Promise<string[]> {
  const { outputText } = ts.transpileModule(source.replace(/^#!.*/, ''), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
  });
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(values.join(' ')) };
  const modules: Record<string, unknown> = { 'insight-wasm': core, 'insight-wasm/reference': reference };
  const require = (name: string): unknown =>
    modules[name] ?? (name.startsWith('node:') ? process.getBuiltinModule(name) : undefined);
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as new (
    ...args: string[]
  ) => (...args: unknown[]) => Promise<void>;
  await new AsyncFunction('require', 'exports', 'console', outputText)(require, {}, console);
  return printed;
}

const everything = { ...core, ...reference, PosteriorPool: core.PosteriorPool, score: core.score, topK: core.topK };

/** The docstring examples: one program each, and its lines of the shape `expression; // value`. */
const examples = ['src', 'src/reference']
  .flatMap((folder) => readdirSync(root + folder).map((file) => `${folder}/${file}`))
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [...read(file).matchAll(/@example\n((?:\s*\* .*\n)+?)\s*\*\//g)].map(([, text]) => ({
      file,
      text: (text as string).replace(/^\s*\* ?/gm, '').trim(),
    })),
  );

test('every public function and method has an example', () => {
  expect(examples.length).toBeGreaterThanOrEqual(19);
});

test.each(examples)('the example in $file runs: $text', ({ text }) => {
  const names = Object.keys(everything);
  const values = Object.values(everything);
  const lines = text.split('\n');
  const last = lines.at(-1) as string;
  const claim = /^(?!const )(.+?);(?: \/\/ (.*))?$/.exec(last);
  const body = claim ? [...lines.slice(0, -1), `return (${claim[1]});`] : lines;
  const result: unknown = new Function(...names, body.join('\n'))(...values);
  const stated = claim?.[2]?.split(':')[0];
  if (stated?.startsWith('{')) expect(result).toEqual(new Function(`return (${claim![2]})`)());
  else if (stated?.includes('Array ['))
    expect(Array.from(result as Float32Array)).toEqual(JSON.parse(stated.slice(stated.indexOf('['))));
  else if (stated !== undefined && /^[-\d]|^ln /.test(stated)) {
    const value = new Function(`return ${stated.replaceAll(/ln (\d+)/g, 'Math.log($1)')}`)() as number;
    expect(Math.abs((result as number) - value)).toBeLessThan(1e-12);
  }
});

test('Algorithm 1 learns where groups are informative, and resumes', async () => {
  const source = read('examples/algorithm-1.ts');
  expect(source.split('\n').length).toBeLessThanOrEqual(42);
  const shares = (await runSnippet(source)).map((line) => Number(/: (\d+) %/.exec(line)?.[1]));
  expect(shares).toHaveLength(5);
  expect(shares.at(-1)).toBeGreaterThan(85);
});
