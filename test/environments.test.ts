import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { nodeFile, root } from './support/node.ts';

const { readDigest, writePrograms } = (await import('./runtimes/program.mjs' as string)) as {
  readDigest: () => string;
  writePrograms: (folder: string) => void;
};

// The conformance program on this Node, as odd as its flags make it. Other runtimes: npm run test:runtimes.
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));
writePrograms(folder);
mkdirSync(join(folder, 'node_modules'));
symlinkSync(root, join(folder, 'node_modules/insight-wasm'), 'junction');
writeFileSync(
  join(folder, 'supplied.mjs'),
  `import { readFileSync } from 'node:fs';
import * as insight from 'insight-wasm/slim';
import { conform } from './conformance.mjs';
import { report } from './report.mjs';
const kernel = readFileSync(new URL(import.meta.resolve('insight-wasm/kernel.wasm')));
const response = () => new Response(kernel, { headers: { 'content-type': 'application/wasm' } });
const [a, b, c] = [insight.createEngine(kernel), insight.createEngine(new WebAssembly.Module(kernel)), await insight.loadEngine(response())];
const digests = await Promise.all([a, b, c].map(async (engine) => (await conform(insight, engine)).digest));
report(async () => ({ digest: new Set(digests).size === 1 ? digests[0] : digests }));
`,
);

const report = (...args: string[]): { digest?: string; refusal?: string; error?: string } =>
  JSON.parse(nodeFile(args, folder));

test.each([
  ['as it is', 'main.mjs'],
  ['as CommonJS', 'main.cjs'],
  ['with the first compiler tier alone', '--liftoff-only', 'main.mjs'],
  ['with the optimising tier alone', '--no-liftoff', 'main.mjs'],
  ['with a kernel supplied as bytes, module and response', 'supplied.mjs'],
  ['on the reference engine', 'reference.mjs'],
  ['with a pool that moves to a worker thread and back', 'with-worker.mjs'],
])('Node %s gives the committed digest', (_, ...args) => {
  expect(report(...args)).toEqual({ digest: readDigest() });
});

test('without Wasm SIMD, the error says what to do, and that gives the same digest', (context) => {
  if (process.arch !== 'x64') {
    console.warn('SKIPPED: a Node without Wasm SIMD, which only x64 processors can be told to lack');
    context.skip();
  }
  const { digest, refusal } = report('--no-enable-sse4-1', 'strict.mjs');
  expect(refusal).toMatch(/^there is no WebAssembly SIMD here: .*or pass { engine: referenceEngine }/);
  expect(digest).toBe(readDigest());
});

test('without WebAssembly, the error says so, and the reference engine gives the same digest', () => {
  writeFileSync(join(folder, 'bare.mjs'), `delete globalThis.WebAssembly;\nawait import('./strict.mjs');\n`);
  const { digest, refusal } = report('bare.mjs');
  expect(refusal).toMatch(/^there is no WebAssembly here: .*or pass { engine: referenceEngine }/);
  expect(digest).toBe(readDigest());
});

test('where a policy forbids Wasm, the error names what to add to it', () => {
  const forbid = `
    WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError('blocked by CSP'); } };
    await import('./strict.mjs');`;
  writeFileSync(join(folder, 'forbidden.mjs'), forbid);
  const { digest, refusal } = report('forbidden.mjs');
  expect(refusal).toMatch(/Content-Security-Policy .* add 'wasm-unsafe-eval' .*or pass { engine: referenceEngine }/);
  expect(digest).toBe(readDigest());
});
