import { expect, test } from 'vitest';
import { runTrainer } from '../support/trainer.ts';

test('an asynchronous trainer of 1,000 rounds gets no prompt twice, and each observation is counted once', async () => {
  const outcome = await runTrainer(1_000, 7);
  console.log(outcome);
  expect(outcome.kills).toBeGreaterThan(20);
  expect(outcome.late).toBeGreaterThan(200);
  expect(outcome.repeated).toBeGreaterThan(50);
  expect(outcome.lost).toBeGreaterThan(50);
});
