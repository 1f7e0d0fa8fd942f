import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Progress } from '../../src/cli/progress.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** What a reading of half of the bytes, in a quarter of a second, writes; | for the code that clears to the end of a line. */
function draw(isTTY: boolean, total: number): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  const progress = new Progress(stream);
  progress.show({ bytes: 100, rows: 5000, total });
  vi.advanceTimersByTime(250);
  progress.show({ bytes: 500, rows: 5000, total });
  progress.show({ bytes: 501, rows: 5000, total }); // too soon to be drawn
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
