import { expect, test } from 'vitest';
import { checkRun } from '../support/differential.ts';
import { TRAINERS, type Trainer } from '../support/trainers.ts';

test.each(Object.keys(TRAINERS) as Trainer[])(
  '%s: 200 random runs give the true posteriors, in parts and at once',
  async (trainer) => {
    for (let run = 0; run < 200; run++) await checkRun(trainer, run);
    expect.assertions(400);
  },
);
