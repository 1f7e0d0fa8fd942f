import { expect, test } from 'vitest';
import { checkRun } from '../support/differential.ts';
import { TRAINERS, type Trainer } from '../support/trainers.ts';

test.each(Object.keys(TRAINERS) as Trainer[])(
  '%s: 10^4 random runs give the true posteriors',
  async (trainer) => {
    for (let run = 1000; run < 11_000; run++) await checkRun(trainer, run);
    expect.assertions(20_000);
  },
  2 * 3_600_000,
);
