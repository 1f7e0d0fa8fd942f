import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lines, write } from '../support/logs.ts';
import { outputHere, runHere } from '../support/run.ts';

/** Rows of 60 bytes and more, told apart by the name of their log. */
const rows = (name: string, count: number, from = 0): string =>
  lines(Array.from({ length: count }, (_, i) => ({ id: `${name}${from + i}`, score: 1, n: 'x'.repeat(40) })));

/** Takes the logs of a folder into its state, and says how many rows were added. */
async function ingest(folder: string, logs = 'r', ...flags: string[]): Promise<number> {
  const state = join(folder, 'pool.iws');
  const { stdout, stderr } = await runHere(['ingest', join(folder, logs), '--state', state, '--json', ...flags]);
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as { rows: number }).rows;
}

/** What is said of logs that are refused. */
const refusal = async (folder: string): Promise<string> =>
  (await runHere(['ingest', join(folder, 'r'), '--state', join(folder, 'pool.iws')])).stderr;

const move = (folder: string, from: string, to: string): void => renameSync(join(folder, from), join(folder, to));

describe('a log that is rotated', () => {
  test('and the next one at its path are each counted once', async () => {
    const folder = write({ 'r/log.jsonl': rows('a', 30) });
    expect(await ingest(folder)).toBe(30);
    move(folder, 'r/log.jsonl', 'r/log.1.jsonl');
    writeFileSync(join(folder, 'r/log.jsonl'), rows('b', 20));
    expect([await ingest(folder), await ingest(folder), await ingest(folder)]).toEqual([20, 0, 0]);
  });

  test('through two generations is counted once, with or without a new one', async () => {
    for (const hasNew of [false, true]) {
      const folder = write({ 'r/log.jsonl': rows('a', 30), 'r/log.1.jsonl': rows('b', 30) });
      expect(await ingest(folder)).toBe(60);
      move(folder, 'r/log.1.jsonl', 'r/log.2.jsonl');
      move(folder, 'r/log.jsonl', 'r/log.1.jsonl');
      if (hasNew) writeFileSync(join(folder, 'r/log.jsonl'), rows('c', 20));
      expect([await ingest(folder), await ingest(folder)]).toEqual([hasNew ? 20 : 0, 0]);
      // And again: now the oldest is thrown away.
      move(folder, 'r/log.1.jsonl', 'r/log.2.jsonl');
      if (hasNew) move(folder, 'r/log.jsonl', 'r/log.1.jsonl');
      writeFileSync(join(folder, 'r/log.jsonl'), rows('d', 25));
      expect([await ingest(folder), await ingest(folder)]).toEqual([25, 0]);
    }
  });

  test('is still refused where what was taken of it was rewritten', async () => {
    const folder = write({ 'r/log.jsonl': rows('a', 30), 'r/log.1.jsonl': rows('a', 25) });
    expect(await ingest(folder)).toBe(30);
    writeFileSync(join(folder, 'r/log.jsonl'), `${rows('a', 27)}${rows('b', 9)}`);
    expect(await refusal(folder)).toContain('has been rewritten');
    writeFileSync(join(folder, 'r/log.jsonl'), rows('b', 30));
    expect(await refusal(folder)).toContain('has been rewritten');
  });
});

test('a known log that has grown counts once with a copy of it', async () => {
  const folder = write({ 'r/log.jsonl': rows('a', 30) });
  expect(await ingest(folder)).toBe(30);
  writeFileSync(join(folder, 'r/log.jsonl'), rows('a', 50));
  writeFileSync(join(folder, 'r/backup.jsonl'), rows('a', 45));
  writeFileSync(join(folder, 'r/longer.jsonl'), rows('a', 60));
  expect([await ingest(folder), await ingest(folder)]).toEqual([30, 0]);
});

describe('logs of less than a kilobyte', () => {
  test('are known in an older copy of a short or a long log, which comes later', async () => {
    for (const count of [4, 30]) {
      const folder = write({ 'r/log.jsonl': rows('a', count) });
      expect(await ingest(folder)).toBe(count);
      writeFileSync(join(folder, 'r/old.jsonl'), rows('a', 3));
      writeFileSync(join(folder, 'r/other.jsonl'), rows('b', 3));
      expect([await ingest(folder), await ingest(folder)]).toEqual([3, 0]);
    }
  });

  test('are counted once when a state is made anew, whichever comes first', async () => {
    const folder = write({ 'r/b.jsonl': rows('a', 3) });
    expect(await ingest(folder)).toBe(3);
    writeFileSync(join(folder, 'r/a.jsonl'), rows('a', 5));
    expect(await ingest(folder)).toBe(2);
    const anew = await outputHere(['state', 'rebuild', '--state', join(folder, 'pool.iws')]);
    expect(anew).toContain('made anew from 2 logs, 5 rows; 5 prompts');
  });

  test('are known under new names, however many there are', async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i}`);
    const folder = write(Object.fromEntries(names.map((name) => [`r/${name}.jsonl`, rows(`p${name}-`, 1)])));
    expect(await ingest(folder)).toBe(300);
    move(folder, 'r', 's');
    writeFileSync(join(folder, 's/7.jsonl'), rows('p7-', 3));
    expect([await ingest(folder, 's'), await ingest(folder, 's')]).toEqual([2, 0]);
  });
});

test('logs of the same bytes are others where the step is in the path, and the same where it is not', async () => {
  for (const count of [3, 30]) {
    const files = Object.fromEntries([1, 2, 3].map((step) => [`r/step_${step}.jsonl`, rows('a', count)]));
    expect(await ingest(write(files))).toBe(count);
    const folder = write(files);
    const flags = ['--step-from-path', '--discount', '0.9'];
    expect(await ingest(folder, 'r', ...flags)).toBe(3 * count);
    move(folder, 'r', 's');
    writeFileSync(join(folder, 's/step_4.jsonl'), rows('a', count));
    expect([await ingest(folder, 's', ...flags), await ingest(folder, 's', ...flags)]).toEqual([count, 0]);
  }
});

test('a CSV that had only its header may grow, and stands in the way of no other', async () => {
  const header = 'id,step,score\n';
  const folder = write({ 'r/a.csv': header, 'r/log.jsonl': rows('a', 3) });
  expect(await ingest(folder)).toBe(3);
  writeFileSync(join(folder, 'r/a.csv'), `${header}p,1,1\n`);
  writeFileSync(join(folder, 'r/b.csv'), `${header}q,1,1\nr,1,0\n`);
  expect([await ingest(folder), await ingest(folder)]).toEqual([3, 0]);
});
