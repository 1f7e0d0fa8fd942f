import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { node, root } from './support/node.ts';

// The files in dist, entry by entry: what each carries, and what is left of it in the bundle of a user.
const dist = join(root, 'dist');

/** A file of dist and all that it imports, with their texts. */
function reachable(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file)) return seen;
  const text = file.endsWith('.wasm') ? '' : readFileSync(join(dist, file), 'utf8');
  seen.set(file, text);
  for (const [, , path] of text.matchAll(/(from|import|require\()\s*["'](\.\.?\/[^"']+)["']/g)) {
    reachable(join(dirname(file), path as string), seen);
  }
  return seen;
}

/** The files that are loaded only when a log needs them: `import()`; of CommonJS `reachable` has them. */
const later = (file: string): string[] =>
  [...textOf(file).matchAll(/import\(["'](\.\/[^"']+)["']\)/g)].map(([, path]) => join(dirname(file), path as string));

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
  const entries = ['index', 'slim', 'reference', 'logs', 'state', 'evaluate', 'node'].map((name) => `${name}.js`);
  expect(budgets.map(([file]) => file)).toEqual([...entries, 'kernel.wasm']);
});

test.each([...budgets, ['workerd/index.js', 62] as const, ['cli.js', 250] as const])(
  '%s takes at most %i KB',
  (file, most) => {
    const size = [...reachable(file).keys()].reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
    expect(size / 1000).toBeLessThanOrEqual(most);
  },
);

test.each(['slim.js', 'slim.cjs', 'reference.js', 'reference.cjs', 'logs.js', 'workerd/index.js', 'workerd/state.js'])(
  '%s carries no kernel',
  (file) => {
    expect(BASE64.test(textOf(file))).toBe(false);
  },
);

test('the command reads the kernel from the file beside it', () => {
  expect(textOf('cli.js')).not.toContain(readFileSync(join(dist, 'kernel.wasm'), 'base64'));
  expect(textOf('cli.js')).toContain('kernel.wasm');
});

test.each(['index.js', 'index.cjs', 'state.js', 'evaluate.js'])('%s carries the kernel once', (file) => {
  const base64 = readFileSync(join(dist, 'kernel.wasm'), 'base64');
  expect(textOf(file).split(base64).length).toBe(2);
});

test('only the files for workerd import kernel.wasm', () => {
  const names = ['index', 'slim', 'reference', 'logs', 'state', 'evaluate'];
  const all = [...names, ...names.map((name) => `workerd/${name}`)].map((name) => `${name}.js`);
  const importers = all.filter((file) => reachable(file).has('kernel.wasm'));
  expect(importers).toEqual(['workerd/index.js', 'workerd/state.js', 'workerd/evaluate.js']);
});

test('logs, state and evaluate together take at most 130 KB in the bundle of a user, without Parquet', async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: ['logs', 'state', 'evaluate']
        .map((name, i) => `export * as e${i} from 'insight-wasm/${name}';`)
        .join(''),
      resolveDir: root,
    },
    bundle: true,
    write: false,
    minify: true,
    splitting: true,
    outdir: 'out',
    format: 'esm',
    platform: 'neutral',
    tsconfigRaw: {},
    logLevel: 'error',
  });
  const texts = new Map(outputFiles.map(({ path, text }) => [path.split('/').at(-1) as string, text]));
  const atOnce = (name: string, seen = new Set<string>()): Set<string> => {
    seen.add(name);
    for (const [, next] of (texts.get(name) as string).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) {
      if (!seen.has(next as string)) atOnce(next as string, seen);
    }
    return seen;
  };
  const size = [...atOnce('stdin.js')].reduce((sum, name) => sum + (texts.get(name) as string).length, 0);
  expect(size / 1000).toBeLessThanOrEqual(130);
  expect(texts.size - atOnce('stdin.js').size).toBeGreaterThanOrEqual(5); // Parquet, Brotli, gzip, zstd, the audit
});

test('every file of dist belongs to an entry', () => {
  const names = ['index', 'slim', 'reference', 'logs', 'state', 'evaluate', 'node'];
  const roots = [...names, 'cli', ...names.slice(0, -1).map((name) => `workerd/${name}`)].map((name) => `${name}.js`);
  const used = new Set<string>();
  const use = (file: string): void => {
    for (const name of reachable(file).keys()) used.add(name);
    for (const name of later(file)) if (!used.has(name)) use(name);
  };
  for (const file of [...roots, ...names.map((name) => `${name}.cjs`)]) use(file);
  const code = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(c?js|wasm)$/.test(file));
  expect([...used.add('kernel.wasm')].sort()).toEqual(code.sort());
});

const ERRORS = ['PoolError', 'DisposedError', 'SnapshotError', 'CapacityError', 'UnsupportedError'];

test('an error has one class, whichever entry threw it', async () => {
  const load = createRequire(import.meta.url);
  const modules = await Promise.all(['index', 'slim', 'reference'].map((name) => import(join(dist, `${name}.js`))));
  const commons = ['index', 'slim', 'reference'].map((name) => load(join(dist, `${name}.cjs`)));
  const doors = ['logs', 'state', 'evaluate', 'node'];
  const errors = await Promise.all(doors.map(async (name) => (await import(join(dist, `${name}.js`))).DataError));
  const others = doors.map((name) => load(join(dist, `${name}.cjs`)).DataError);
  expect([new Set(errors).size, new Set(others).size]).toEqual([1, 1]);
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
  for (const name of ['index', 'slim', 'reference', 'logs', 'state', 'evaluate', 'node']) {
    const program = `
      const before = Reflect.ownKeys(globalThis).length;
      const entry = await import(${JSON.stringify(join(dist, `${name}.js`))});
      console.log(Object.keys(entry).length > 0, Reflect.ownKeys(globalThis).length - before);`;
    expect(node(['--frozen-intrinsics', '--no-warnings', '--input-type=module'], program)).toBe('true 0\n');
  }
});
