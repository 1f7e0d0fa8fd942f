import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import binaryen from 'binaryen';
import { describe, expect, test, vi } from 'vitest';
import { root } from './support/node.ts';

// binaryen tells what it does not allow by the console.error of the time it is loaded.
const error = vi.hoisted(() => {
  const { error } = console;
  console.error = () => {};
  return error;
});
console.error = error;

// What makes the same bits everywhere is guarded in the shipped file itself.
const kernel = readFileSync(`${root}dist/kernel.wasm`);
const { BulkMemory, BulkMemoryOpt, MutableGlobals, NontrappingFPToInt, SIMD128, SignExt, All } = binaryen.Features;

/** What every engine with Wasm SIMD has; none of it depends on the machine. */
const ALLOWED = SIMD128 | BulkMemory | BulkMemoryOpt | MutableGlobals | NontrappingFPToInt | SignExt;

/** What in a module may differ between machines or comes from outside. */
function findings(wasm: Uint8Array): string[] {
  const module = binaryen.readBinary(wasm);
  const found = new Set(module.emitText().match(/\w+\.\w*relaxed\w*|\w+\.atomic[\w.]*|\bshared\b|\(import\b/g));
  module.setFeatures(ALLOWED);
  if (module.validate() !== 1) found.add('a feature that is not allowed');
  module.dispose();
  return [...found];
}

describe('kernel.wasm', () => {
  test('holds nothing relaxed, threaded or imported', () => {
    expect(findings(kernel)).toEqual([]);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(kernel))).toEqual([]);
  });

  test.each([
    ['f32x4.relaxed_min', '(func (param v128) (result v128) (f32x4.relaxed_min (local.get 0) (local.get 0)))'],
    ['i32.atomic.load', '(memory 1) (func (result i32) (i32.atomic.load (i32.const 0)))'],
    ['shared', '(memory 1 1 shared)'],
    ['(import', '(import "env" "now" (func (result f64)))'],
    ['a feature that is not allowed', '(memory i64 1)'],
  ])('a module with %s would be found out', (expected, body) => {
    const module = binaryen.parseText(
      `(module ${body} (export "f" (func 0)))`.replace(/(memory .*\)) \(export.*/, '$1)'),
    );
    module.setFeatures(All);
    expect(findings(module.emitBinary())).toContain(expected);
  });

  test('is what a clean build makes of assembly/', () => {
    const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
    const out = join(folder, 'kernel.wasm');
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const args = [asc, 'assembly/index.ts', '--target', 'release', '--outFile', out];
    const { status, stderr } = spawnSync(process.execPath, [...args, '--textFile', join(folder, 'kernel.wat')], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(`${status} ${stderr}`).toBe('0 ');
    const built = readFileSync(out);
    rmSync(folder, { recursive: true });
    expect(built.equals(kernel.subarray(0, built.length)), 'dist is not of these sources: npm run build').toBe(true);
    const [kind, length] = kernel.subarray(built.length); // what follows is one custom section, the mark
    expect([kind, length]).toEqual([0, kernel.length - built.length - 2]);
  });

  test('changes only on purpose', () => {
    const hash = createHash('sha256').update(kernel).digest('hex');
    expect(
      readFileSync(`${root}assembly/kernel.sha256`, 'utf8'),
      'The kernel has changed. If that is meant: npm run build:kernel -- --accept',
    ).toBe(`${hash}  dist/kernel.wasm\n`);
  });
});
