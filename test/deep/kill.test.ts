import { expect, test } from 'vitest';
import { killIngest, killServe } from '../support/kill.ts';

test('200 times kill -9 in the middle of ingest: nothing is torn, nothing is counted twice', async () => {
  const { old, new: replaced } = await killIngest(200, 2);
  expect(old).toBeGreaterThan(20);
  expect(replaced).toBeGreaterThan(20);
});

test('200 times kill -9 in the middle of serve: nothing is torn, lost once answered, or counted twice', async () => {
  const { old, new: replaced } = await killServe(200, 2);
  expect(old).toBeGreaterThan(20);
  expect(replaced).toBeGreaterThan(20);
});
