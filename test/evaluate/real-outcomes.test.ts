import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expected, type Fields, type Observation, output, root } from '../support/cli.ts';

describe('on real outcomes', () => {
  const data = join(root, '../shared/data');
  const missing = !existsSync(data);
  if (missing) console.warn(`SKIPPED: the command on real outcomes, for want of ${data}`);
  const read = (name: string): Fields[] =>
    readFileSync(join(data, `${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Fields);
  const select = (name: string, ...flags: string[]): string =>
    output(['select', join(data, `${name}.jsonl`), '--count', '20', '--json', ...flags]);

  test('a history of 500 steps gives the answer of the library', ({ skip }) => {
    if (missing) skip();
    const observations = read('grpo-history').flatMap(({ id, trials, successes }) =>
      (successes as number[]).map((right) => ({ id: String(id), successes: right, trials: Number(trials) })),
    );
    expect(select('grpo-history')).toBe(expected(observations, 20));
    expect(select('grpo-history', '--discount', '0.9')).toBe(expected(observations, 20, {}, { discount: 0.9 }));
  });

  test('counts and single rollouts of the same answers select the same', ({ skip }) => {
    if (missing) skip();
    expect(select('gsm8k-counts')).toBe(expected(read('gsm8k-counts') as unknown as Observation[], 20));
    expect(select('gsm8k-rollouts')).toBe(select('gsm8k-counts'));
  });

  test.for(['grpo-history', 'gsm8k-counts', 'gsm8k-rollouts'])(
    '%s: both engines print the same bytes',
    (name, { skip }) => {
      if (missing) skip();
      expect(select(name, '--engine', 'reference')).toBe(select(name));
    },
  );
});
