import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, jsonl, output } from '../support/cli.ts';

describe('state import', () => {
  const state = join(folder, 'import.iws');

  test('says how many rows repeat the id of another', () => {
    const rows = jsonl(Array.from({ length: 20 }, (_, i) => ({ id: `p${i}`, n: i % 3 })));
    expect(output(['state', 'import', '-', '--id', 'n', '--state', join(folder, 'wrong-id.iws')], rows)).toContain(
      '! 17 of 20 rows have the id of a row before\n',
    );
    expect(output(['state', 'import', '-', '--state', state], rows)).not.toContain('! ');
  });
});
