import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.ts';
import { unzstd } from '../../src/logs/zstd.ts';
import { readLogs } from '../../src/node/read-logs.ts';
import { cli, program, root } from '../support/cli.ts';
import { seeded } from '../support/engines.ts';
import * as logs from '../support/logs.ts';
import { toOptions } from '../support/mapping.ts';

const folder = logs.write({});

/** What a reader makes of a file with these bytes: rows, or why it refuses. Any other error than DataError is thrown. */
async function read(name: string, bytes: Uint8Array, flags: Record<string, string> = {}): Promise<number | string> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  let rows = 0;
  try {
    const { rule: _, ...reading } = toOptions(flags);
    await readLogs([path], () => rows++, reading);
    return rows;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    expect(error.message.startsWith(path)).toBe(true);
    return error.message;
  }
}

const first = <T>(files: Readonly<Record<string, T>>): T => Object.values(files)[0] as T;
const files: readonly [name: string, file: string, bytes: Uint8Array, flags?: Record<string, string>][] = [
  ['verl', '1.jsonl', Buffer.from(first(logs.verlV1()))],
  ['prime-rl', 'traces.jsonl', Buffer.from(first(logs.primeRl()))],
  ['NeMo-Gym', 'rollouts.jsonl', Buffer.from(first(logs.nemoGym()))],
  ['CSV', 'log.csv', Buffer.from(first(logs.csv())), { id: 'problem' }],
  ['gzip', 'log.jsonl.gz', gzipSync(first(logs.verlV1()))],
  ['zstd', 'log.jsonl.zst', readFileSync(join(root, 'test/fixtures/rollouts.jsonl.zst'))],
];

describe('damaged files', () => {
  const damage = fc.oneof(
    fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }),
    fc.record({ at: fc.nat(), cut: fc.constant(true) }),
    fc.record({ at: fc.nat(), drop: fc.integer({ min: 1, max: 20 }) }),
  );
  type Damage = { at: number; byte?: number; cut?: boolean; drop?: number };

  function apply(bytes: Uint8Array, { at, byte, cut, drop }: Damage): Uint8Array {
    const place = at % bytes.length;
    if (cut) return bytes.subarray(0, place);
    if (drop !== undefined) return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + drop)]);
    const changed = Uint8Array.from(bytes);
    changed[place] = byte as number;
    return changed;
  }

  test.each(files)('%s: any damage is read, or refused by file and reason', async (_, file, bytes, flags) => {
    expect(await read(file, bytes, flags)).toBeTypeOf('number');
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        const wrong = (damages as Damage[]).reduce((now, one) => (now.length === 0 ? now : apply(now, one)), bytes);
        if (typeof (await read(file, wrong, flags)) === 'string') refused++;
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(20);
  });

  test('pages of Parquet without checksums are read or refused in good time, whatever their damage', () => {
    const path = join(folder, 'pages.parquet');
    const bytes = first(logs.parquet());
    const body = bytes.length - new DataView(bytes.buffer).getUint32(bytes.length - 8, true) - 8;
    const next = seeded(5);
    const ends = Array.from({ length: 40 }, () => {
      const wrong = Uint8Array.from(bytes);
      for (let i = 0; i < 4; i++) wrong[4 + Math.floor((body - 4) * next())] = Math.floor(256 * next());
      writeFileSync(path, wrong);
      const { status } = spawnSync(process.execPath, [program, 'audit', path, '--id', 'problem'], { timeout: 20_000 });
      return status;
    });
    expect(new Set(ends)).toEqual(new Set([0, 1]));
  });

  // The footer, in process.
  test.each([
    ['TRL', first(logs.trl()), { reward: 'accuracy_reward' }],
    ['Parquet', first(logs.parquet()), { id: 'problem' }],
  ] as const)('%s: a truncated file is refused, a damaged footer read or refused', async (_, bytes, flags) => {
    for (let end = 0; end < bytes.length; end += 41) {
      expect(await read('cut.parquet', bytes.subarray(0, end), flags)).toEqual(end === 0 ? 0 : expect.any(String));
    }
    const footer = new DataView(bytes.buffer).getUint32(bytes.length - 8, true) + 8;
    let refused = 0;
    for (let back = 1; back <= footer; back += 3) {
      const wrong = Uint8Array.from(bytes);
      wrong[bytes.length - back] = back % 2 ? 255 : 0;
      if (typeof (await read('wrong.parquet', wrong, flags)) === 'string') refused++;
    }
    expect(refused).toBeGreaterThan(100);
  });
});

describe('hostile lines', () => {
  const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`;
  const row = (fields: string): string => `{"input":"a","output":"b","gts":"c","score":1,"step":1${fields}}\n`;

  test('nesting of 10^5 is passed over where it is not needed, and refused where it is hashed', async () => {
    expect(await read('1.jsonl', Buffer.from(row(`,"extra":${deep}`)))).toBe(1);
    expect(await read('1.jsonl', Buffer.from(row(`,"gts":${deep}`)))).toMatch(/1\.jsonl:1: nested too deeply$/);
    const open = Buffer.from(`${row('')}{"a":${'['.repeat(1e5)}\n`);
    expect(await read('1.jsonl', open)).toMatch(/1\.jsonl:2: .*JSON/);
  });

  test('__proto__ is a field like any other, and changes nothing', async () => {
    expect(await read('1.jsonl', Buffer.from(row(',"__proto__":{"polluted":1},"constructor":1')))).toBe(1);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    const flags = { id: '__proto__.toString', reward: 'score' };
    expect(await read('1.jsonl', Buffer.from(row('')), flags)).toMatch(/"__proto__\.toString" is missing$/);
    expect(await read('1.jsonl', Buffer.from(row(',"__proto__":{"x":"y"}')), { ...flags, id: '__proto__.x' })).toBe(1);
  });

  test('a word that is no JSON is refused by line', async () => {
    expect(await read('1.jsonl', Buffer.from(row('') + row(',"acc":NaNs')))).toMatch(/1\.jsonl:2: Unexpected token/);
  });

  test('wrong UTF-8 is refused wherever in the line it is', async () => {
    const bytes = Buffer.from(row(',"extra":"?"') + row(''));
    bytes[bytes.indexOf('?')] = 0xff;
    expect(await read('1.jsonl', bytes)).toMatch(/1\.jsonl:1: not UTF-8$/);
  });

  /** One zstd frame of so many blocks, each of which is one byte, 128 KiB times. */
  function bomb(blocks: number): Uint8Array {
    const header = (1 << 1) | (131072 << 3);
    const block = [header & 255, (header >> 8) & 255, header >> 16, 0x78];
    return Uint8Array.from([
      0x28,
      0xb5,
      0x2f,
      0xfd,
      0,
      0x58,
      ...Array.from({ length: blocks }, () => block).flat(),
      1,
      0,
      0,
    ]);
  }

  test('a zstd bomb ends at the longest line that is read', () => {
    const { status, stdout, stderr } = cli(['audit', '-'], bomb(3000));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe('insight-wasm: stdin:1: a line of more than 268,435,456 bytes\n');
  });

  test('a zstd bomb is decompressed no faster than it is read', async () => {
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield bomb(2000);
    }
    const chunks = unzstd(whole());
    const before = process.memoryUsage().arrayBuffers;
    expect((await chunks.next()).value).toHaveLength(131072);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
    let bytes = 131072;
    for await (const chunk of chunks) bytes += chunk.length;
    expect(bytes).toBe(2000 * 131072);
  });
});

describe('wrong files', () => {
  test.each([
    ['empty', 'empty.jsonl', ''],
    ['binary, called a log', 'x.jsonl', createHash('sha512').update('x').digest()],
    ['Parquet in name only', 'x.parquet', '{"id":1,"score":1}\n'],
    ['four bytes of Parquet', 'y.parquet', 'PAR1'],
    ['a gzip of Parquet', 'z.parquet.gz', gzipSync(first(logs.parquet()))],
  ])('%s', async (_, name, content) => {
    const result = await read(name, Buffer.from(content as string));
    expect(result).toEqual(name === 'empty.jsonl' ? 0 : name === 'x.parquet' ? 1 : expect.any(String));
  });

  test('Parquet on stdin is refused with the way out', () => {
    const { status, stderr } = cli(['audit', '-'], first(logs.parquet()));
    expect(status).toBe(1);
    expect(stderr).toBe('insight-wasm: stdin: Parquet is read from a file only, and not compressed as a whole\n');
  });
});
