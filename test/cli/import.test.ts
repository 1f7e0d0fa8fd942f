import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, folder, jsonl, output } from '../support/cli.ts';

describe('state import', () => {
  const state = join(folder, 'import.iws');

  test('says how many rows repeat the id of another', () => {
    const rows = jsonl(Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, n: i % 3 })));
    expect(output(['state', 'import', '-', '--id', 'n', '--state', join(folder, 'wrong-id.iws')], rows)).toContain(
      '! 17 of 20 rows have the id of a row before\n',
    );
    expect(output(['state', 'import', '-', '--state', state], rows)).not.toContain('! ');
  });

  test('refuses a field of labels that no row has, and changes nothing', () => {
    const rows = jsonl([{ id: 'a', domain: 'math' }, { id: 'b' }]);
    expect(cli(['state', 'import', '-', '--group', 'topic', '--state', state], rows)).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('stdin: no row has a label in the field "topic" of --group'),
    });
    expect(output(['state', 'export', '--state', state])).not.toContain('"a"');
    output(['state', 'import', '-', '--group', 'domain', '--state', state], rows);
    expect(output(['state', 'export', '--state', state])).toContain('"math"');
  });
});

describe('what audit says comes next', () => {
  const good = { id: 'a', step: 1, score: 1 };

  test('skips the bad records that it found', () => {
    const text = output(['audit', '-'], jsonl([good, { step: 1, score: 0 }, { id: 'b', step: 1, score: 'x' }]));
    expect(text).toContain('next: insight-wasm ingest - --state pool.iws --skip-bad 2');
  });

  test('is nothing where there are no rollouts', () => {
    expect(output(['audit', '-'])).not.toContain('next:');
  });
});
