import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DataError } from '../../src/errors.ts';
import { gunzip } from '../../src/logs/gzip.ts';
import { auditLogs, type LogInput, type Row, readLogs } from '../../src/logs.ts';
import { root } from '../support/cli.ts';
import * as logs from '../support/logs.ts';

const text = '{"id":"a","step":1,"score":1}\n{"id":"b","step":2,"score":0}\n';
const bytes = new TextEncoder().encode(text);
const wanted = [
  { id: 'a', step: 1, isRollout: true, reward: 1, rewardField: 'score' },
  { id: 'b', step: 2, isRollout: true, reward: 0, rewardField: 'score' },
];

async function rowsOf(log: LogInput): Promise<Row[]> {
  const rows: Row[] = [];
  await readLogs([log], (row) => rows.push(row));
  return rows;
}

async function* inPieces(all: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

describe('a log is read the same', () => {
  test.each<[string, () => LogInput]>([
    ['as a Blob', () => new Blob([text])],
    ['as a File', () => new File([text], 'log.jsonl')],
    ['as bytes', () => bytes],
    ['as part of other bytes', () => new TextEncoder().encode(`x${text}y`).subarray(1, -1)],
    ['as an ArrayBuffer', () => Uint8Array.from(bytes).buffer],
    ['as a web stream', () => new Blob([text]).stream()],
    ['as an async iterable', () => inPieces(bytes, 7)],
    ['as gzip', () => gzipSync(text)],
    ['as gzip of two members', () => Buffer.concat([gzipSync(text.slice(0, 9)), gzipSync(text.slice(9))])],
    ['as a source of its own', () => ({ name: 'mine', chunks: () => inPieces(bytes, 3) })],
  ])('%s', async (_, toLog) => {
    expect(await rowsOf(toLog())).toEqual(wanted);
  });

  test('as zstd and as Parquet of a Blob', async () => {
    const plain = await rowsOf(new Blob([readFileSync(join(root, 'examples/rollouts.jsonl'))]));
    const packed = await rowsOf(new Blob([readFileSync(join(root, 'test/fixtures/rollouts.jsonl.zst'))]));
    expect(packed).toEqual(plain);
    const [table] = Object.values(logs.parquet()) as [Uint8Array<ArrayBuffer>];
    const audit = await auditLogs([new Blob([table])], { mapping: { id: 'problem', step: 'iteration' } });
    expect(audit).toMatchObject({ rows: 74, prompts: 6, successes: 38 });
  });
});

describe('what is no log', () => {
  test.each<[string, unknown]>([
    ['a number', 7],
    ['null', null],
    ['a text', 'rollouts.jsonl'],
    ['an object', {}],
    ['an array', [1]],
  ])('%s is a TypeError that names its place', async (_, log) => {
    await expect(readLogs([bytes, log as LogInput], () => {})).rejects.toThrow(/^"logs\[1\]" expected a /);
    await expect(readLogs([bytes, log as LogInput], () => {})).rejects.toThrow(TypeError);
  });

  test('bytes that are no text are refused by log and line', async () => {
    const bad = Uint8Array.of(...bytes, 255, 254, 10);
    await expect(rowsOf(new File([bad], 'my log'))).rejects.toMatchObject({
      name: 'DataError',
      code: 'malformed',
      file: 'my log',
      line: 3,
      message: 'my log:3: not UTF-8',
    });
  });

  test('a stream that fails is an error of its log', async () => {
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield bytes;
      throw new Error('the disk is gone');
    }
    await expect(rowsOf(failing())).rejects.toMatchObject({ code: 'file', message: 'log 1: the disk is gone' });
  });

  test('Parquet in a stream is refused', async () => {
    const [table] = Object.values(logs.parquet()) as [Uint8Array<ArrayBuffer>];
    await expect(rowsOf(new Blob([table]).stream())).rejects.toMatchObject({ code: 'format', file: 'log 1' });
  });
});

describe('reading', () => {
  const long = new Blob([text.repeat(100_000)]);

  test('ends with the reason of its signal, before the log does', async () => {
    const controller = new AbortController();
    const reason = new TypeError('enough');
    let rows = 0;
    const reading = readLogs([long], () => rows++, {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(reading).rejects.toBe(reason);
    expect(rows).toBeLessThan(200_000);
  });

  test('ends at once where the signal was aborted before', async () => {
    const reason = new TypeError('no');
    const reading = readLogs([long], () => expect.unreachable(), { signal: AbortSignal.abort(reason) });
    await expect(reading).rejects.toBe(reason);
  });

  test('says how far it has come: bytes of all logs, and rows', async () => {
    const seen: { bytes: number; rows: number }[] = [];
    await readLogs([long, new Blob([text])], () => {}, { onProgress: (at) => seen.push(at) });
    expect(seen.length).toBeGreaterThan(10);
    for (const [i, { bytes }] of seen.entries()) expect(bytes).toBeGreaterThanOrEqual(seen[i - 1]?.bytes ?? 0);
    expect(seen.at(-1)).toEqual({ bytes: long.size + text.length, rows: 200_002 });
  });

  test('lets go of a stream that it does not read to the end', async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('not JSON\n')),
      cancel: () => {
        isCancelled = true;
      },
    });
    await expect(rowsOf(stream)).rejects.toThrow(DataError);
    expect(isCancelled).toBe(true);
  });

  test('hands on what the visitor throws', async () => {
    const reading = readLogs([bytes], () => {
      throw new RangeError('mine');
    });
    await expect(reading).rejects.toThrow(new RangeError('mine'));
  });
});

describe('gzip in plain JavaScript', () => {
  const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(Uint8Array.from(chunk));
    return Buffer.concat(all);
  };

  test('gives what was packed, in any members and pieces, with zeros behind', async () => {
    const members = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 200 }), fc.nat(20), async (parts, size, zeros) => {
        const packed = Buffer.concat([...parts.map((part) => gzipSync(part)), Buffer.alloc(zeros)]);
        expect(await collect(gunzip(inPieces(packed, size)))).toEqual(Buffer.concat(parts));
      }),
      { numRuns: 200 },
    );
  });

  test('refuses any flipped bit of the checksum, a cut, and what is behind the end', async () => {
    const packed = gzipSync(text);
    for (let bit = 0; bit < 64; bit++) {
      const wrong = Buffer.from(packed);
      (wrong[packed.length - 8 + (bit >> 3)] as number) ^= 1 << (bit & 7);
      await expect(rowsOf(wrong), `bit ${bit}`).rejects.toMatchObject({ code: 'damaged', file: 'log 1' });
    }
    for (let end = 2; end < packed.length; end++) {
      await expect(rowsOf(packed.subarray(0, end)), `cut at ${end}`).rejects.toThrow(DataError);
    }
    await expect(rowsOf(Buffer.concat([packed, Buffer.from('junk')]))).rejects.toMatchObject({ code: 'damaged' });
  });
});
