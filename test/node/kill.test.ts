import { expect, test } from 'vitest';
import { killIngest, killServe } from '../support/kill.ts';

// test/deep/kill.test.ts does the same with 200 rounds.
test('kill -9 in the middle of ingest leaves the old state or the new one, and counts nothing twice', async () => {
  const { old, new: replaced } = await killIngest(10, 1);
  expect(old + replaced).toBe(10);
}, 120_000);

test('kill -9 in the middle of a save of serve loses no answered step, and counts nothing twice', async () => {
  const { old, new: replaced } = await killServe(8, 1);
  expect(old + replaced).toBe(8);
}, 120_000);
