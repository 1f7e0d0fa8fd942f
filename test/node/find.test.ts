import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareNames } from '../../src/logs/log-names.ts';
import { findLogs } from '../../src/node/find.ts';
import { write } from '../support/logs.ts';

const names = [
  '1.jsonl',
  '2.jsonl.gz',
  '10.jsonl.zst',
  'a/step_9/train/all/traces.jsonl',
  'a/step_9/train/effective/traces.jsonl',
  'a/step_10/train/all/traces.jsonl',
  'b/log.csv',
  'b/log.parquet',
  'b/log.ndjson',
  'b/config.json',
  'b/notes.txt',
  '.cache/1.jsonl',
  'b/.1.jsonl.swp',
  'empty/notes.txt',
];
const folder = write(Object.fromEntries(names.map((name) => [name, ''])));
symlinkSync(folder, join(folder, 'b/loop'));
symlinkSync(join(folder, '1.jsonl'), join(folder, 'b/link.jsonl'));

const found = (...paths: string[]) =>
  findLogs(paths.map((path) => (path === '-' ? path : join(folder, path)))).map((path) =>
    path === '-' ? path : relative(folder, path),
  );

test('a folder gives all logs below it in the order of their numbers, each file by one name, and nothing else', () => {
  expect(found('.')).toEqual([
    '1.jsonl',
    '2.jsonl.gz',
    '10.jsonl.zst',
    'a/step_9/train/all/traces.jsonl',
    'a/step_10/train/all/traces.jsonl',
    'b/log.csv',
    'b/log.ndjson',
    'b/log.parquet',
  ]);
});

test('paths in any order, some of them twice, give each file once, in order; stdin is last', () => {
  expect(found('10.jsonl.zst', '-', '1.jsonl', 'b/notes.txt', '1.jsonl')).toEqual([
    '1.jsonl',
    '10.jsonl.zst',
    'b/notes.txt',
    '-',
  ]);
});

test('globs', () => {
  expect(found('*.jsonl*')).toEqual(['1.jsonl', '2.jsonl.gz', '10.jsonl.zst']);
  expect(found('?.jsonl')).toEqual(['1.jsonl']);
  expect(found('a/step_*/train/all/*.jsonl')).toEqual([
    'a/step_9/train/all/traces.jsonl',
    'a/step_10/train/all/traces.jsonl',
  ]);
  expect(found('**/log.*')).toEqual(['b/log.csv', 'b/log.ndjson', 'b/log.parquet']);
  expect(found('a/step_*')).toEqual(['a/step_9/train/all/traces.jsonl', 'a/step_10/train/all/traces.jsonl']);
  expect(() => found('none*')).toThrow(`${join(folder, 'none*')}: no such file`);
});

test('a folder without logs is refused, a file that is missing is left to the reader, a hidden folder can be named', () => {
  expect(() => findLogs([join(folder, 'a')])).not.toThrow();
  expect(() => findLogs([join(folder, 'empty')])).toThrow(`${join(folder, 'empty')}: no logs in this folder`);
  expect(found('none.jsonl')).toEqual(['none.jsonl']);
  expect(found('.cache')).toEqual(['.cache/1.jsonl']);
});

test('names are in a total order, in which 9 goes before 10 and 010 after 10', () => {
  const sorted = [
    'a',
    'a1',
    'a9',
    'a10',
    'a010',
    'a10b',
    'b',
    'step_99999999999999999998',
    'step_99999999999999999999',
  ];
  expect([...sorted].reverse().sort(compareNames)).toEqual([...sorted].sort(compareNames));
  expect(['10.jsonl', '9.jsonl', '100.jsonl'].sort(compareNames)).toEqual(['9.jsonl', '10.jsonl', '100.jsonl']);
  const name = fc.string({ unit: fc.constantFrom('0', '1', '9', 'a', '/', '.'), maxLength: 6 });
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      expect(compareNames(a, b)).toBe(-compareNames(b, a) + 0);
      expect(compareNames(a, b) === 0).toBe(a === b);
      if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) expect(compareNames(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
});
