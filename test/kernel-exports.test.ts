import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root } from './support/node.ts';

// assembly/index.ts against the comments of what it exports, and against the types that src/core/kernel.ts gives it.

const read = (path: string): string => readFileSync(`${root}${path}`, 'utf8');

/** Exported names of kernel.wasm by the file that they come from, or undefined for those of index.ts. */
const exports = [...read('assembly/index.ts').matchAll(/^export \{ (.*) \} from "\.\/(.*)";$/gm)].flatMap(
  ([, names, file]) =>
    names!.split(', ').map((name) => {
      const [from, as = from] = name.split(' as ');
      return { from: from!, as: as!, file: `assembly/${file}.ts` };
    }),
);
const functions = exports.filter(({ from }) => from !== from.toUpperCase());

/** The declaration of an exported function: its comment, its parameters and their types, and what it returns. */
function declaration({ from, file }: { from: string; file: string }) {
  const found = new RegExp(`(/\\*\\*(?:(?!\\*/)[^])*\\*/)\\nexport function ${from}\\(([^)]*)\\): (\\w+)`).exec(
    read(file),
  );
  expect(found, `${from} in ${file}`).not.toBeNull();
  const [, comment, parameters, returns] = found as unknown as [string, string, string, string];
  const list = parameters
    .split(',')
    .map((parameter) => parameter.trim())
    .filter(Boolean);
  return { comment, parameters: list.map((parameter) => parameter.split(': ') as [string, string]), returns };
}

test.each(functions)('$as has a comment of six fields in their order', (exported) => {
  const fields = [...declaration(exported).comment.matchAll(/^ \* (Formula|Source|Domain|Error|Special|Cost): /gm)];
  expect(fields.map(([, field]) => field)).toEqual(['Formula', 'Source', 'Domain', 'Error', 'Special', 'Cost']);
});

/** Words of the host for the letters of the paper. */
const WORDS: { readonly [letter: string]: string } = {
  K: 'rollouts',
  p: 'etaOrTarget',
  q: 'mu',
  alpha0: 'priorAlpha',
  beta0: 'priorBeta',
};

const kernelType = read('src/core/kernel.ts');

test.each(functions)('the type of $as in src/core/kernel.ts is that of the assembly', (exported) => {
  const typed = new RegExp(`^  ${exported.as}\\(([^)]*)\\): (void|number);$`, 'm').exec(kernelType);
  expect(typed, exported.as).not.toBeNull();
  const { parameters, returns } = declaration(exported);
  const names = [...typed![1]!.matchAll(/(\w+): number/g)].map(([, name]) => name);
  expect(names).toEqual(parameters.map(([name]) => WORDS[name] ?? name));
  expect(typed![2]).toBe(returns === 'void' ? 'void' : 'number');
  for (const [name, type] of parameters) {
    expect(type, name).toBe(name.endsWith('Ptr') ? 'usize' : type);
    expect(['usize', 'u32', 'i32', 'f32', 'f64']).toContain(type);
  }
});

test('src/core/kernel.ts names every export of the kernel and no other', () => {
  const own = [...read('assembly/index.ts').matchAll(/^export const (\w+)/gm)].map(([, name]) => name!);
  const named = [...kernelType.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name!);
  expect([...named].sort()).toEqual([...exports.map(({ as }) => as), ...own, 'memory'].sort());
  const module = new WebAssembly.Module(readFileSync(`${root}dist/kernel.wasm`));
  expect(
    WebAssembly.Module.exports(module)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...named].sort());
});

test.each([
  ['score', [0, 1, 9, -1]],
  ['scoreByCells', [2, 5, 9, -1]],
  ['scoreDraws', [1, 3, 9, -1]],
])('%s traps for the kinds %j, of which it knows nothing', (name, kinds) => {
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(`${root}dist/kernel.wasm`))).exports;
  (kernel.memory as WebAssembly.Memory).grow(1);
  const at = (kernel.heapBase as WebAssembly.Global).value as number;
  const run = kernel[name] as (...values: number[]) => void;
  for (const kind of kinds) {
    const values = [kind, at, at + 64, at + 128, ...(name === 'scoreDraws' ? [at + 192] : []), 4, 8, 3];
    expect(() => run(...values)).toThrow(WebAssembly.RuntimeError);
  }
});
