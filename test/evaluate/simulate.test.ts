import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { output, root } from '../support/cli.ts';

describe('insight-wasm simulate', () => {
  test('examples/rollouts.jsonl is made by it', () => {
    const log = output(['simulate', '--prompts', '60', '--steps', '6', '--batch', '20']);
    expect(log).toBe(readFileSync(join(root, 'examples/rollouts.jsonl'), 'utf8'));
  });

  test('the three formats tell of the same run', () => {
    const flags = ['--prompts', '50', '--steps', '9', '--batch', '20', '--rollouts', '3', '--seed', '7'];
    const answers = ['rollouts', 'counts', 'history'].map((format) =>
      output(['select', '-', '--json', '--discount', '0.9'], output(['simulate', ...flags, '--format', format])),
    );
    expect(answers[0]?.split('\n').length).toBeGreaterThan(40);
    expect(answers[1]).toBe(answers[0]);
    expect(answers[2]).toBe(answers[0]);
  });

  test('rates are spread, with many near 0 and 1, and rise', () => {
    const flags = ['--prompts', '1000', '--batch', '1000', '--steps', '100', '--rollouts', '8', '--format', 'history'];
    const rows = output(['simulate', ...flags])
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { successes: number[] });
    const sums = (from: number, to: number) =>
      rows.map(({ successes }) => successes.slice(from, to).reduce((a, b) => a + b, 0));
    const share = (holds: (sum: number) => boolean) => sums(0, 10).filter(holds).length / rows.length;
    expect(rows).toHaveLength(1000);
    expect(share((sum) => sum <= 8)).toBeGreaterThan(0.15);
    expect(share((sum) => sum >= 72)).toBeGreaterThan(0.2);
    expect(share((sum) => sum > 16 && sum < 64)).toBeGreaterThan(0.2);
    const total = (values: number[]) => values.reduce((a, b) => a + b, 0);
    expect(total(sums(90, 100))).toBeGreaterThan(1.2 * total(sums(0, 10)));
  });

  test('another seed is another log', () => {
    expect(output(['simulate', '--seed', '2'])).not.toBe(output(['simulate', '--seed', '1']));
  });
});
