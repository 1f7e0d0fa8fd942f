import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, program, root } from '../support/cli.ts';
import { outputHere } from '../support/run.ts';

const client = join(root, 'examples/client.py');
const python = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('python3', args, {
    cwd: join(root, 'examples'),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
};
const isMissing = spawnSync('python3', ['--version']).status !== 0;
if (isMissing) {
  if (process.env.REQUIRE_ALL) throw new Error('python3, which REQUIRE_ALL demands, is missing');
  console.warn('SKIPPED: examples/client.py, for want of python3');
}

describe.skipIf(isMissing)('examples/client.py', () => {
  test('is at most 60 lines, and needs the standard library only', () => {
    const lines = readFileSync(client, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    const imports = lines.filter((line) => /^\s*(import|from) /.test(line));
    expect(imports).toEqual(['import json', 'import random', 'import subprocess', 'import sys']);
  });

  test('runs a training loop, which learns of the prompts and leaves its state', async () => {
    const state = join(folder, 'trained.iws');
    const { status, stdout, stderr } = python(client, state, '40', process.execPath, program);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const told = JSON.parse(stdout) as Record<string, unknown>;
    const own = JSON.parse(await outputHere(['status', '--state', state, '--count', '16', '--json'])) as object;
    expect(told).toEqual({ ...own, id: null });
    expect(told).toMatchObject({ step: 40, selected: 16 });
    // Prompt i has the success rate Random(i).random(): the posterior means lie around it.
    const rates = JSON.parse(
      python('-c', 'import json, random; print(json.dumps([random.Random(i).random() for i in range(100)]))').stdout,
    ) as number[];
    const rows = (await outputHere(['state', 'export', '--state', state])).trimEnd().split('\n');
    const errors = rows.map((line) => {
      const { id: key, alpha, beta } = JSON.parse(line) as { id: string; alpha: number; beta: number };
      return Math.abs(alpha / (alpha + beta) - (rates[Number(key.slice(7))] as number));
    });
    expect(rows.length).toBeGreaterThan(60);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.15);
    // A second run goes on where the first one ended: its steps begin anew, and are late.
    const again = python(client, state, '3', process.execPath, program);
    expect({ status: again.status, stderr: again.stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(again.stdout)).toMatchObject({ step: 40 });
  });

  test('raises what serve answers or dies of', () => {
    const script = (call: string) =>
      python(
        '-c',
        `import sys; from client import Insight; i = Insight(sys.argv[1], command=sys.argv[2:]); ${call}`,
        join(folder, 'none.iws'),
        process.execPath,
        program,
      );
    expect(script('i.select(-1)').stderr).toContain('ValueError: value: "count" expected an integer');
    expect(script('i.select(0); i.close()')).toEqual({ status: 0, stdout: '', stderr: '' });
    const other = python(
      '-c',
      'import sys; from client import Insight; Insight(sys.argv[1], "--discount", "2", command=sys.argv[2:]).select(1)',
      join(folder, 'none.iws'),
      process.execPath,
      program,
    );
    expect(other.stderr).toContain('ValueError: usage: --discount expected a number in [0, 1], got 2');
  });
});
