import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder, root } from '../support/cli.ts';
import { outputHere } from '../support/run.ts';

const python = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('python3', args, {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: join(root, 'python/src') },
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
  test('runs a training loop, which learns of the prompts, and a second one goes on where it ended', async () => {
    const state = join(folder, 'trained.iws');
    const run = (steps: number) => python(join(root, 'examples/client.py'), state, `${steps}`);
    const { status, stdout, stderr } = run(40);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(Number(stdout)).toBeGreaterThan(0.6); // the share of the prompts that were visited
    // Prompt i has the success rate Random(i).random(): the posterior means lie around it.
    const rates = JSON.parse(
      python('-c', 'import json, random; print(json.dumps([random.Random(i).random() for i in range(100)]))').stdout,
    ) as number[];
    const rows = (await outputHere(['state', 'export', '--state', state])).trimEnd().split('\n');
    const visited = rows.map((line) => JSON.parse(line)).filter(({ visits }) => visits > 0);
    const errors = visited.map(({ id, alpha, beta }) => Math.abs(alpha / (alpha + beta) - rates[Number(id.slice(7))]!));
    expect(rows).toHaveLength(100);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.15);
    expect(run(3)).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(await outputHere(['status', '--state', state, '--json']))).toMatchObject({ step: 43 });
  });
});
