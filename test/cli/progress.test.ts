import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';
import { program } from '../support/cli.ts';

const wait = () => new Promise((resolve) => setTimeout(resolve, 250));

/** What a reading of half of the bytes, in a quarter of a second, writes; | for the code that clears to the end of a line. */
async function draw(isTTY: boolean, total: number): Promise<string> {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const progress = new Progress(stream, total);
  progress.addBytes(100);
  progress.rows = 5000;
  await wait();
  progress.addBytes(400);
  progress.addBytes(1); // too soon to be drawn
  progress.clear();
  return String(stream.read() ?? '').replaceAll('\x1b[K', '|');
}

test('a terminal sees rows, rows a second, the share and the time left, and then nothing of it', async () => {
  expect(await draw(true, 1000)).toMatch(/^\r5,000 rows, 1\d,\d{3} rows\/s, 50 %, 0 s left\|\r\|$/);
});

test('the share is left out where the size is not known', async () => {
  expect(await draw(true, 0)).toMatch(/^\r5,000 rows, 1\d,\d{3} rows\/s\|\r\|$/);
});

test('what is no terminal sees nothing', async () => {
  expect(await draw(false, 1000)).toBe('');
});

test('a command starts within 60 ms of bare node', () => {
  const best = (...args: string[]): number => {
    const times = Array.from({ length: 15 }, () => {
      const start = performance.now();
      spawnSync(process.execPath, args);
      return performance.now() - start;
    });
    return Math.min(...times);
  };
  expect(best(program, '--version') - best('-e', '0')).toBeLessThan(60);
});
