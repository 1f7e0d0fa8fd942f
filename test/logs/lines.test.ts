import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CsvRecords } from '../../src/logs/csv.ts';
import { parseObject } from '../../src/logs/json.ts';
import { type LineOptions, readLines } from '../../src/logs/lines.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const headOf = (bytes: Uint8Array): string => sha256(bytes.subarray(0, 1024)).slice(0, 16);

/** Lines of objects, read from bytes that come in pieces. */
async function read(bytes: Uint8Array, sizes: readonly number[], options: LineOptions = {}) {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const size = sizes[i % sizes.length] as number;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  const seen: [number, unknown][] = [];
  const part = await readLines('log', chunks(), { hash: true, ...options }, (line, number) => {
    const record = parseObject(line);
    if (record !== undefined) seen.push([number, record]);
  });
  return { seen, ...part, sha256: part.sha256 as string };
}

const anyLog = fc
  .array(fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.constant(undefined)), { minLength: 1, maxLength: 12 })
  .map((rows) => rows.map((row) => (row === undefined ? ' \r' : JSON.stringify(row))));
const anySizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });

describe('lines', () => {
  test('are the same however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, anySizes, fc.boolean(), async (lines, sizes, isEnded) => {
        const bytes = Buffer.from(lines.join('\n') + (isEnded ? '\n' : ''));
        const { seen, ...part } = await read(bytes, sizes);
        const wanted = lines.flatMap((line, i) => (line === ' \r' ? [] : [[i + 1, JSON.parse(line)]]));
        expect(seen).toEqual(wanted);
        expect(part).toEqual({ bytes: bytes.length, sha256: sha256(bytes), head: headOf(bytes), torn: undefined });
      }),
    );
  });

  test('cut anywhere, a log gives its whole lines, and the rest later, once', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, anySizes, fc.double({ min: 0, max: 1, noNaN: true }), async (lines, sizes, share) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const first = await read(bytes.subarray(0, Math.floor(share * bytes.length)), sizes);
        expect(first.sha256).toBe(sha256(bytes.subarray(0, first.bytes)));
        const rest = await read(bytes, sizes, { prefix: first });
        const whole = await read(bytes, sizes);
        expect([...first.seen, ...rest.seen]).toEqual(whole.seen);
        expect(rest.sha256).toBe(whole.sha256);
      }),
    );
  });

  test('a prefix of which one bit has changed, or that is no longer all there, is refused', async () => {
    await fc.assert(
      fc.asyncProperty(anyLog, anySizes, fc.nat(), async (lines, sizes, at) => {
        const bytes = Buffer.from(`${lines.join('\n')}\n`);
        const prefix = await read(bytes, sizes);
        const changed = Buffer.from(bytes);
        (changed[at % bytes.length] as number) ^= 1;
        await expect(read(changed, sizes, { prefix })).rejects.toThrow(
          'log: what was taken of it before has been rewritten',
        );
        await expect(read(bytes.subarray(1), sizes, { prefix })).rejects.toThrow('log: is shorter than what was taken');
      }),
    );
  });

  test('a cut within a character is a half-written line, not wrong UTF-8', async () => {
    const whole = Buffer.from('{"a":1}\n');
    const torn = Buffer.from('{"a":"😀').subarray(0, -2);
    const { seen, ...part } = await read(Buffer.concat([whole, torn]), [5]);
    expect(seen).toEqual([[1, { a: 1 }]]);
    expect(part).toEqual({ bytes: whole.length, sha256: sha256(whole), head: headOf(whole), torn: 2 });
  });

  test('bad lines go where they are wanted, by number and reason, and reading goes on', async () => {
    const bad: [number, string][] = [];
    const onBad = ({ reason }: { readonly reason: string }, line: number) => bad.push([line, reason]);
    const bytes = Buffer.concat([
      Buffer.from('{"a":1}\n{"a":}\n[]\n'),
      Uint8Array.of(0xff, 10),
      Buffer.from('{"a":2}\n'),
    ]);
    expect((await read(bytes, [7], { onBad })).seen).toEqual([
      [1, { a: 1 }],
      [5, { a: 2 }],
    ]);
    expect(bad).toEqual([
      [2, expect.stringContaining('JSON')],
      [3, 'the row expected an object, got an array'],
      [4, 'not UTF-8'],
    ]);
  });
});

describe('CSV', () => {
  const anyCell = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '½') }));

  test('any cells, quoted, come back as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyCell, anyCell, anyCell), { minLength: 1 }), (rows) => {
        const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
        const text = `x,y,z\r\n${rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('')}`;
        const records = new CsvRecords({ hash: ['x', 'y', 'z'] });
        const got = text.match(/[^\n]*\n/g)?.flatMap((line) => records.next(line) ?? []);
        records.end('log.csv');
        const named = rows.map(([x, y, z]) => Object.entries({ x, y, z }).filter(([, cell]) => cell !== ''));
        expect(got?.map((record) => Object.entries(record as object))).toEqual(named);
      }),
    );
  });

  const records = (text: string) => {
    const csv = new CsvRecords({});
    const got = (text.match(/[^\n]*\n/g) ?? []).flatMap((line) => csv.next(line) ?? []);
    csv.end('log.csv');
    return got;
  };

  test('cells are numbers, true or false, or text; an empty one is missing; ids are text', () => {
    expect(records('id,a,b,c,d,__proto__\n007,1.5,True,,x,y\n')).toEqual([
      Object.fromEntries([
        ['id', '007'],
        ['a', 1.5],
        ['b', true],
        ['d', 'x'],
        ['__proto__', 'y'],
      ]),
    ]);
  });

  test.each([
    ['id,a\n1\n', 'expected 2 cells as in the header, got 1'],
    ['id,a\n1,2,3\n', 'expected 2 cells as in the header, got 3'],
    ['id,a\n1,x"y"\n', 'a quote within a cell that does not begin with one'],
    ['id,a\n1,"x" y\n', 'a quote within a cell that does not begin with one'],
    ['id,a\n1,"x\n', 'log.csv: ends within quotes'],
  ])('%j is refused', (text, reason) => {
    expect(() => records(text)).toThrow(reason);
  });
});
