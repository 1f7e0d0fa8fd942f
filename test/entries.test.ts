import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';
import type * as index from '../src/index.ts';
import type * as workerd from '../src/workerd.ts';
import { node, root } from './support/node.ts';

// The files in dist, entry by entry: what each carries, and what is left of it in the bundle of a user.
const dist = join(root, 'dist');

/** A file of dist and all that it imports, with their texts. */
function reachable(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const text = file.endsWith('.wasm') ? '' : readFileSync(join(dist, file), 'utf8');
  seen.set(file, text);
  for (const [, , path] of text.matchAll(/(from|import|require\()\s*["']\.\/([^"']+)["']/g)) {
    reachable(join(dirname(file), path as string), seen);
  }
  return seen;
}

const textOf = (file: string): string => [...reachable(file).values()].join('\n');

/** The start of a Wasm module in base64, whatever stands before it: the 8 bytes of its header are 11 characters. */
const BASE64 = /AGFzbQEAAA/;

/** The KB an entry and all that it imports may take: the table of docs/getting-started.md, and what it leaves out. */
const budgets = [
  ...readFileSync(join(root, 'docs/getting-started.md'), 'utf8').matchAll(
    /^\| `insight-wasm(?:\/(\S+))?` .*\| (\d+) KB \|$/gm,
  ),
].map(([, entry = 'index', most]) => [entry.includes('.') ? entry : `${entry}.js`, Number(most)] as const);

test('every entry has a budget', () => {
  expect(budgets.map(([file]) => file)).toEqual(['index.js', 'slim.js', 'reference.js', 'kernel.wasm']);
});

test.each([...budgets, ['workerd.js', 62] as const, ['cli.js', 250] as const])(
  '%s takes at most %i KB',
  (file, most) => {
    const size = [...reachable(file).keys()].reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
    expect(size / 1000).toBeLessThanOrEqual(most);
  },
);

test.each(['slim.js', 'slim.cjs', 'reference.js', 'reference.cjs', 'workerd.js'])('%s carries no kernel', (file) => {
  expect(BASE64.test(textOf(file))).toBe(false);
});

test('the command reads the kernel from the file beside it', () => {
  expect(textOf('cli.js')).not.toContain(readFileSync(join(dist, 'kernel.wasm'), 'base64'));
  expect(textOf('cli.js')).toContain('kernel.wasm');
});

test.each(['index.js', 'index.cjs'])('%s carries the kernel once', (file) => {
  const base64 = readFileSync(join(dist, 'kernel.wasm'), 'base64');
  expect(textOf(file).split(base64).length).toBe(2);
});

test('only workerd.js imports kernel.wasm', () => {
  const importers = ['index.js', 'slim.js', 'reference.js', 'workerd.js'].filter((file) =>
    reachable(file).has('kernel.wasm'),
  );
  expect(importers).toEqual(['workerd.js']);
});

test('every file of dist belongs to an entry', () => {
  const roots = ['index', 'slim', 'reference', 'workerd', 'cli'].map((name) => `${name}.js`);
  const used = [...roots, 'index.cjs', 'slim.cjs', 'reference.cjs'].flatMap((file) => [...reachable(file).keys()]);
  const code = readdirSync(dist).filter((file) => !/\.d\.c?ts$/.test(file));
  expect([...new Set([...used, 'kernel.wasm'])].sort()).toEqual(code.sort());
});

const ERRORS = ['PoolError', 'DisposedError', 'SnapshotError', 'CapacityError', 'UnsupportedError'];

test('an error has one class, whichever entry threw it', async () => {
  const load = createRequire(import.meta.url);
  const modules = await Promise.all(['index', 'slim', 'reference'].map((name) => import(join(dist, `${name}.js`))));
  const commons = ['index', 'slim', 'reference'].map((name) => load(join(dist, `${name}.cjs`)));
  for (const [first, ...others] of [modules, commons]) {
    for (const name of ERRORS) {
      expect(first[name]).toBeTypeOf('function');
      for (const other of others) expect(other[name]).toBe(first[name]);
    }
  }
});

/** What a bundler makes of a program that uses the package. */
async function bundle(contents: string, plugins: Plugin[] = [], conditions: string[] = []): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'neutral',
    conditions,
    tsconfigRaw: {}, // without the paths of ours, which lead to src
    plugins,
    logLevel: 'error',
  });
  return (outputFiles[0] as { text: string }).text;
}

describe('in a bundle', () => {
  test.each(['insight-wasm', 'insight-wasm/slim', 'insight-wasm/reference'])(
    'an unused %s leaves nothing',
    async (name) => {
      expect(await bundle(`import { PosteriorPool, score } from '${name}'; import '${name}';`)).toBe('');
    },
  );

  test('a function of plain numbers brings nothing but itself', async () => {
    const text = await bundle(`import { digamma } from 'insight-wasm/reference'; console.log(digamma(1));`);
    expect(text.length).toBeLessThan(1000);
  });

  test('under the condition workerd, the main entry is the same with a kernel compiled ahead', async () => {
    const wasm: Plugin = {
      name: 'wasm',
      setup({ onLoad }) {
        onLoad({ filter: /\.wasm$/ }, ({ path }) => {
          const bytes = JSON.stringify([...readFileSync(path)]);
          return { contents: `export default new WebAssembly.Module(Uint8Array.from(${bytes}))` };
        });
      },
    };
    void ({} as typeof workerd satisfies typeof index); // its declarations are those of the main entry: tsc sees to it
    const program = `
      import * as entry from 'insight-wasm';
      const pool = new entry.PosteriorPool(100).update({ indices: [3], successes: [5], trials: 8 });
      const { indices, scores } = pool.select(3, { candidates: { size: 50, seed: 1 } });
      const copy = entry.PosteriorPool.fromBytes(pool.toBytes());
      console.log(JSON.stringify([indices, scores, copy.get(3), entry.score([2], [3]), entry.topK(scores, 2),
        Object.keys(entry).sort()]));`;
    const ahead = await bundle(program, [wasm], ['workerd']);
    const embedded = await bundle(program);
    expect([ahead, embedded].map((text) => BASE64.test(text))).toEqual([false, true]);
    expect(node(['--input-type=module'], ahead)).toBe(node(['--input-type=module'], embedded));
  });
});

test('importing an entry changes nothing of the environment, even a frozen one', () => {
  for (const name of ['index', 'slim', 'reference']) {
    const program = `
      const before = Reflect.ownKeys(globalThis).length;
      const entry = await import(${JSON.stringify(join(dist, `${name}.js`))});
      console.log(Object.keys(entry).length > 0, Reflect.ownKeys(globalThis).length - before);`;
    expect(node(['--frozen-intrinsics', '--no-warnings', '--input-type=module'], program)).toBe('true 0\n');
  }
});
