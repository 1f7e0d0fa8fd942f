import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program, root } from '../support/cli.ts';

// Small logs of each kind that were once miscounted in silence, each with a command and what it must say.
const cases = join(root, '../shared/cases');
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-cases-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the command of a case prints, both streams. */
function runCase(name: string): string {
  const cwd = join(folder, name);
  const env = { ...process.env, CLI: `${process.execPath} ${program}` };
  return spawnSync('bash', ['-c', 'bash command.sh 2>&1'], { cwd, env, maxBuffer: 1e8 }).stdout.toString();
}

/** Id, mean and evidence of each line that is a selected prompt. */
function posteriors(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"id"'))
    .map((line) => JSON.parse(line) as { id: string; mean: number; evidence: number })
    .map(({ id, mean, evidence }) => `${id} ${mean.toFixed(4)} ${evidence.toFixed(2)}`)
    .sort();
}

const shapes = (text: string): string[] =>
  posteriors(text)
    .map((line) => line.replace(/^\S+ /, ''))
    .sort();

if (!existsSync(cases)) console.error(`SKIPPED: ${cases} is missing, and with it all cases of miscounted logs`);

describe.skipIf(!existsSync(cases))('logs that were once miscounted', () => {
  beforeAll(() => {
    for (const name of readdirSync(cases)) {
      cpSync(join(cases, name), join(folder, name), { recursive: true });
      for (const file of readdirSync(folder, { recursive: true }) as string[]) chmodSync(join(folder, file), 0o755);
    }
  });

  test('B01: what the infrastructure failed to run is left out', () => {
    const text = runCase('B01');
    expect(posteriors(text)).toEqual(['0 0.7500 4.00', '1 0.6667 3.00']);
    expect(text).toContain('left out 2 failed');
  });

  test('B02: two runs in one folder all count, and are a finding', () => {
    const text = runCase('B02');
    expect(posteriors(text)).toEqual(['0 0.5000 12.00']);
    expect(text).toContain('One folder holds several runs');
  });

  test('B04: one index of two data sets is two prompts, and a finding', () => {
    const text = runCase('B04');
    expect(shapes(text)).toEqual(['0.2500 4.00', '0.7500 4.00']);
    expect(text).toContain('An index alone is no id here');
  });

  test('B05: a hash works in every format, and flags that a format does not use are refused', () => {
    const text = runCase('B05');
    expect(shapes(text)).toEqual(['0.2500 4.00', '0.7500 4.00']);
    expect(text).toMatch(/rc 0\ninsight-wasm: --(rate|trials) is not used by the format nemo-gym.*\nrc 2\n$/);
  });

  test('B06 and B07: a dot goes into an object, in every format, and a wrong name is an error', () => {
    expect(posteriors(runCase('B06'))).toEqual(['0 0.5000 4.00']);
    const text = runCase('B07');
    expect(posteriors(text).join('\n')).toBe(
      [' q0 0.8333 6.00', ' q1 0.9000 10.00', ' q2 0.8333 6.00'].map((line) => `user:${line}`).join('\n'),
    );
    expect(text).toMatch(/"rewrad" is not a column.*\nrc 1\n$/);
  });

  test('B08: a reward that no record has is an error, and binds no state', () => {
    const [first, second, third] = runCase('B08').split(/rc \d\n/) as [string, string, string];
    expect(first).toContain('"rewrad" is in no record');
    expect(second).toContain('2 rows added');
    expect(third).toContain('0 rows added');
    expect(runCase('B08').match(/rc \d/g)).toEqual(['rc 1', 'rc 0', 'rc 0']);
  });

  test('B09 and B11: the way out is named, or taken', () => {
    const text = runCase('B09');
    expect(text).toMatch(/--hash responses_create_params\.input\nrc 1\n/);
    expect(shapes(text)).toEqual(['0.5000 4.00']);
    expect(runCase('B11')).toMatch(/prompts +2\n[\s\S]*rc 0\n$/);
  });

  test('B13: the step is in the path', () => {
    const text = runCase('B13');
    expect(posteriors(text)).toEqual(['3 0.6724 5.80']);
    const { stderr } = spawnSync(
      process.execPath,
      [program, 'select', 'rollouts', '--id', 'example_id', '--discount', '0.9'],
      { cwd: join(folder, 'B13') },
    );
    expect(stderr.toString()).toContain('--step-from-path');
  });

  test('B14: a step of one prompt is a finding of audit and a warning of select', () => {
    expect(runCase('B14').match(/All 32 rollouts of step 1 are of one prompt/g)).toHaveLength(2);
  });

  test('B15: zstd that begins with a skippable frame', () => {
    expect(runCase('B15')).toMatch(/rows +2,000\nprompts +50\nsteps +4, from 0 to 3\n/);
  });

  test('B22, B29: CSV of spreadsheets, and logs of nothing', () => {
    expect(posteriors(runCase('B22'))).toEqual(['a 0.5000 4.00']);
    expect(runCase('B29')).toMatch(/^insight-wasm: mac\.csv:1: .*carriage return.*\nrc 1\n.*no rollout.*\nrc 1\n$/);
  });

  test('B25: five values are no threshold', () => {
    const text = runCase('B25');
    expect(text).toContain('which of it is a success is yours to say');
    expect(text).not.toMatch(/suggest/);
  });

  test('B26: a page of Parquet that is not what its checksum says is refused', () => {
    expect(runCase('B26')).toMatch(/^insight-wasm: page\.parquet: .*column a, page 1: its checksum/);
  });

  test('B30: a profile of rollouts that were ingested before adds nothing, and the bytes are those of one run', () => {
    const text = runCase('B30');
    expect(text).toContain('0 rows added, 4 skipped: read before');
    expect(posteriors(text)).toEqual(['0 0.5000 6.00', '0 0.5000 6.00']);
    expect(text).not.toContain('differ');
  });

  test('B32, N03: NaN where nobody looks changes nothing', () => {
    expect(posteriors(runCase('B32'))).toEqual(['a 0.6667 3.00', 'b 0.3333 3.00']);
    expect(shapes(runCase('N03'))).toEqual(['0.5000 4.00', '0.6667 3.00']);
  });

  test('J01: a log that shares no prompt with the data set is refused', () => {
    const text = runCase('J01');
    expect(text).toMatch(/none of the 20 prompts of the logs .* prompt "[0-9a-f]{32}" in the logs, prompt "math-\d+"/);
    expect(text).toContain('let the reward function return one');
    expect(text).toMatch(/rc 1\n[\s\S]*80 rows added; 40 prompts, 20 of them new[\s\S]*rc 0\n/);
  });

  test('N01: equal rows of TRL that no block repeats are rollouts', () => {
    expect(shapes(runCase('N01'))).toEqual(['0.1049 162.00', '0.3765 162.00', '0.5432 162.00', '0.9259 162.00']);
  });

  test('V01, V02: padding is nothing, and a session is one rollout', () => {
    const padded = runCase('V01');
    expect(shapes(padded)).toEqual(['0.3333 6.00', '0.5000 6.00']);
    expect(padded).toContain('left out 6 padding');
    expect(shapes(runCase('V02'))).toEqual(['0.3333 6.00']);
  });
});
