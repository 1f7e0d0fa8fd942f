import { expect, test } from 'vitest';
import { runTrainer } from '../support/trainer.ts';

// test/deep/trainer.test.ts does the same with 1,000 rounds.
test('an asynchronous trainer gets no prompt twice, and each answered observation is counted once', async () => {
  const { answered, late, kills } = await runTrainer(60, 3);
  expect(answered).toBeGreaterThan(3_500);
  expect(late).toBeGreaterThan(0);
  expect(kills).toBeGreaterThan(0);
});
