import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';
import { program } from '../support/cli.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** What a reading of half of the bytes, in a quarter of a second, writes; | for the code that clears to the end of a line. */
function draw(isTTY: boolean, total: number): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const progress = new Progress(stream, total);
  progress.addBytes(100);
  progress.rows = 5000;
  vi.advanceTimersByTime(250);
  progress.addBytes(400);
  progress.addBytes(1); // too soon to be drawn
  progress.clear();
  return String(stream.read() ?? '').replaceAll('\x1b[K', '|');
}

test('a terminal sees rows, rows a second, the share and the time left, and then nothing of it', () => {
  expect(draw(true, 1000)).toBe('\r5,000 rows, 20,000 rows/s, 50 %, 0 s left|\r|');
});

test('the share is left out where the size is not known', () => {
  expect(draw(true, 0)).toBe('\r5,000 rows, 20,000 rows/s|\r|');
});

test('what is no terminal sees nothing', () => {
  expect(draw(false, 1000)).toBe('');
});

test('a command starts within 60 ms of bare node', () => {
  vi.useRealTimers();
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
