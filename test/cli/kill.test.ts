import { expect, test } from 'vitest';
import { killIngest, killServe } from '../support/kill.ts';

// test/deep/kill.test.ts does the same with 200 rounds.
test('kill -9 in the middle of ingest leaves the old state or the new one, and counts nothing twice', async () => {
  const { old, new: replaced } = await killIngest(16, 1);
  expect(old + replaced).toBe(16);
}, 120_000);

test('kill -9 in the middle of a save of serve loses no answered step, and counts nothing twice', async () => {
  const { old, new: replaced } = await killServe(12, 1);
  expect(old + replaced).toBe(12);
}, 120_000);
