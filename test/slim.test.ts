import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as core from '../src/index.ts';
import { referenceEngine } from '../src/reference.ts';
import * as slim from '../src/slim.ts';
import { ACQUISITIONS, sameBytes } from './support/engines.ts';

const kernel = readFileSync(new URL('../dist/kernel.wasm', import.meta.url));
const engine = slim.createEngine(kernel);
const response = (body: BodyInit, type: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': type } });

afterEach(() => {
  vi.unstubAllGlobals();
});

const given: [string, () => slim.EngineFactory | Promise<slim.EngineFactory>][] = [
  ['a Buffer', () => slim.createEngine(kernel)],
  ['an ArrayBuffer', () => slim.createEngine(Uint8Array.from(kernel).buffer)],
  [
    'an ArrayBuffer of another realm',
    () => slim.createEngine(runInNewContext('Uint8Array.from(b).buffer', { b: kernel })),
  ],
  ['a module', () => slim.createEngine(new WebAssembly.Module(kernel))],
  ['a response that streams', () => slim.loadEngine(response(kernel, 'application/wasm'))],
  ['a response of another type', () => slim.loadEngine(response(kernel, 'application/octet-stream'))],
  ['the promise of a response', () => slim.loadEngine(Promise.resolve(response(kernel, 'application/wasm')))],
  [
    'the URL of a response',
    () => slim.loadEngine(new URL('data:application/wasm;base64,AGFzbQ'.replace('AGFzbQ', kernel.toString('base64')))),
  ],
];

test.each(given)('%s makes an engine with the same bits as the main entry', async (_, make) => {
  const made = await make();
  const pool = new slim.PosteriorPool(500, { engine: made, discount: 0.9 });
  const main = new core.PosteriorPool(500, { discount: 0.9 });
  for (const each of [pool, main]) each.update({ indices: [3, 400], successes: [1, 8], trials: 8 });
  for (const acquisition of ACQUISITIONS)
    expect(sameBytes(pool.score({ acquisition }), main.score({ acquisition }))).toBe(true);
  expect(pool.select(9, { candidates: { seed: 1 } })).toEqual(main.select(9, { candidates: { seed: 1 } }));
});

test('a pool, a score and a selection go by the engine of their options, whichever it is', () => {
  const pool = new slim.PosteriorPool(3, { engine: referenceEngine }).update({
    indices: [1],
    successes: [2],
    trials: 4,
  });
  const copy = slim.PosteriorPool.fromBytes(pool.toBytes(), { engine, size: 4 });
  expect(copy).toBeInstanceOf(slim.PosteriorPool);
  expect(copy.get(1)).toEqual(pool.get(1));
  const scores = slim.score([1, 2, 3], [3, 2, 1], { engine });
  expect(scores).toEqual(core.score([1, 2, 3], [3, 2, 1]));
  expect(slim.topK(scores, 2, { engine })).toEqual(core.topK(scores, 2));
});

describe('without an engine', () => {
  const bytes = new core.PosteriorPool(1).toBytes();
  const calls: [string, (options: never) => unknown][] = [
    ['PosteriorPool', (options) => new slim.PosteriorPool(1, options)],
    ['fromBytes', (options) => slim.PosteriorPool.fromBytes(bytes, options)],
    ['score', (options) => slim.score([1], [1], options)],
    ['topK', (options) => slim.topK(Float32Array.of(1), 1, options)],
  ];

  test.each(calls)('%s says where to get one', (_, call) => {
    const error = new TypeError('"engine" expected an engine, from createEngine or loadEngine, got undefined');
    for (const options of [undefined, {}, { engine: undefined }]) expect(() => call(options as never)).toThrow(error);
    expect(() => call({ engine: {} } as never)).toThrow(TypeError);
    expect(() => call(null as never)).toThrow(TypeError);
  });
});

/** The kernel with another mark, as another release would have it. */
const other = Buffer.from(kernel);
other[other.length - 1] = (other[other.length - 1] as number) ^ 1;
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('createEngine and loadEngine', () => {
  test.each<[string, unknown, typeof TypeError | typeof RangeError, RegExp]>([
    [
      'the kernel of another release',
      other,
      RangeError,
      /expected the .*kernel.wasm of this release, got that of another/,
    ],
    ['another module', empty, RangeError, /expected the .*kernel.wasm of this release, got another module/],
    ['bytes cut short', kernel.subarray(0, 1000), RangeError, /expected the bytes of .*kernel.wasm, got others/],
    ['text', Buffer.from('<!doctype html>'), RangeError, /expected the bytes of .*kernel.wasm, got others/],
    ['no bytes', new Uint8Array(0), RangeError, /expected the bytes of .*kernel.wasm, got others/],
    ['an array', [0, 1], TypeError, /^"kernel" expected the bytes or the WebAssembly.Module .* got an array$/],
    ['an instance', new WebAssembly.Instance(new WebAssembly.Module(empty)), TypeError, /^"kernel" expected/],
    ['nothing', undefined, TypeError, /got undefined$/],
  ])('refuse %s', async (_, bytes, kind, message) => {
    expect(() => slim.createEngine(bytes as Uint8Array)).toThrow(kind);
    expect(() => slim.createEngine(bytes as Uint8Array)).toThrow(message);
    if (!(bytes instanceof Uint8Array)) return;
    for (const type of ['application/wasm', 'text/html']) {
      const loading = slim.loadEngine(response(Uint8Array.from(bytes), type));
      await expect(loading).rejects.toThrow(kind);
    }
  });

  test('a status that is not ok is refused with the status', async () => {
    const missing = slim.loadEngine(response('no such file', 'text/plain', 404));
    await expect(missing).rejects.toThrow(new RangeError('"source" expected a response that is ok, got status 404'));
  });

  test('what is no source is refused, and what fetch rejects with passes', async () => {
    for (const source of [undefined, null, 3, {}, kernel]) {
      await expect(slim.loadEngine(source as never)).rejects.toThrow(TypeError);
    }
    const down = new TypeError('fetch failed');
    vi.stubGlobal('fetch', () => Promise.reject(down));
    await expect(slim.loadEngine('kernel.wasm')).rejects.toBe(down);
    await expect(slim.loadEngine(Promise.reject(down))).rejects.toBe(down);
  });

  test('where there is no WebAssembly, both say what to use instead', async () => {
    const streamed = response(kernel, 'application/wasm');
    vi.stubGlobal('WebAssembly', undefined);
    expect(() => slim.createEngine(kernel)).toThrow(slim.UnsupportedError);
    await expect(slim.loadEngine(streamed)).rejects.toThrow(/referenceEngine/);
  });
});
