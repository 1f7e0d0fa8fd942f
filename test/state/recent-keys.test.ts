import { expect, test } from 'vitest';
import { RecentKeys } from '../../src/state/recent-keys.ts';

const MOST = 16_384;

test('the latest 16,384 keys are known, also out of bytes; one that comes again stays as old as it is', () => {
  let keys = new RecentKeys();
  for (let i = 0; i < 3 * MOST; i++) {
    keys.add(`key ${i}`);
    keys.add(`key ${Math.max(0, i - 5)}`);
    if (i === 5 || i === MOST + 7) keys = new RecentKeys(keys.toBytes());
  }
  expect(keys.size).toBe(MOST);
  const known = Array.from({ length: 3 * MOST }, (_, i) => keys.has(`key ${i}`));
  expect(known.indexOf(true)).toBe(2 * MOST);
  expect(known.lastIndexOf(false)).toBe(2 * MOST - 1);
  expect(new RecentKeys(keys.toBytes()).toBytes()).toEqual(keys.toBytes());
});
