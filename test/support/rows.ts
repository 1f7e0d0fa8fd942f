import fc from 'fast-check';
import type { Fields } from './cli.ts';

/** Rows of any kind of some prompts, in any order: rollouts, counts, histories, with and without steps. */
export function anyRows({ unsteppedRollouts }: { readonly unsteppedRollouts: boolean }): fc.Arbitrary<Fields[]> {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const step = fc.constantFrom(-1, 0, 0.5, 2);
  const trials = fc.integer({ min: 1, max: 9 });
  const right = fc.nat({ max: 9 });
  const atMostTrials = <T extends { successes: number; trials: number }>(row: T): T => ({
    ...row,
    successes: Math.min(row.successes, row.trials),
  });
  const kinds: fc.Arbitrary<Fields>[] = [
    fc.record({ id, step, score: fc.boolean() }),
    fc.record({ id, step, score: fc.boolean() }),
    fc.record({ id, step, successes: right, trials }).map(atMostTrials),
    fc.record({ id, successes: right, trials }).map(atMostTrials),
    fc.record({ id, successes: fc.array(right, { maxLength: 4 }) }).map((row) => ({ ...row, trials: 9 })),
    fc.record({ id, step, successes: fc.array(right, { maxLength: 3 }) }).map((row) => ({ ...row, trials: 9 })),
    ...(unsteppedRollouts ? [fc.record({ id, score: fc.boolean() })] : []),
  ];
  return fc.array(fc.oneof(...kinds), { maxLength: 40 });
}
