import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ACQUISITION_TABLE, ACQUISITIONS, toRule } from '../../src/acquisition.ts';
import type { Acquisition } from '../../src/index.ts';
import { cli, expected, type Fields, folder, historyRows, jsonl, output, rolloutRows, visits } from '../support/cli.ts';

describe('insight-wasm select', () => {
  const shapes: readonly [string, readonly Fields[]][] = [
    ['counts', visits],
    ['history', historyRows],
    ['history with trials a visit', historyRows.map((row) => ({ ...row, trials: row.successes.map(() => 8) }))],
    ['rollouts', rolloutRows],
    ['mixed', [...visits.slice(0, 40), ...rolloutRows.slice(320)]],
  ];

  test.each(shapes)('%s rows give the answer of the library', (_, rows) => {
    expect(output(['select', '-', '--count', '12', '--json'], jsonl(rows))).toBe(expected(visits, 12));
  });

  test.each(shapes)('%s rows give the answer of the library under a discount', (_, rows) => {
    const args = ['select', '-', '--count', '12', '--json', '--discount', '0.8', '--prior', '0.5,2'];
    const poolOptions = { discount: 0.8, prior: { alpha: 0.5, beta: 2 } };
    expect(output(args, jsonl(rows))).toBe(expected(visits, 12, {}, poolOptions));
  });

  test('with discount 1 the shape of the rows makes no difference, not to the last bit, under any prior', () => {
    const args = ['select', '-', '--json', '--prior', '0.1,0.7'];
    const [wanted, ...others] = shapes.map(([, rows]) => output(args, jsonl(rows)));
    for (const other of others) expect(other).toBe(wanted);
  });

  const samples: readonly Acquisition[] = [
    { kind: 'weighted-mutual-information', rollouts: 4, eta: 2, mu: 0.4 },
    { kind: 'mutual-information', rollouts: 16 },
    { kind: 'difficulty-weight', eta: 1, mu: 0.6 },
    { kind: 'variance-reduction', rollouts: 2 },
    { kind: 'inverse-evidence' },
    { kind: 'expected-difficulty', target: 0.25 },
    { kind: 'non-degenerate', rollouts: 3 },
    { kind: 'bernoulli-variance' },
    { kind: 'success-chance', rollouts: 5 },
    { kind: 'random', seed: 2 ** 53 - 1 },
  ];

  test.each(samples.map((sample) => [sample.kind, sample] as const))(
    '%s is the library, on both engines',
    (kind, acquisition) => {
      const flags = Object.entries(acquisition).flatMap(([name, value]) =>
        name === 'kind' ? [] : [`--${name}`, String(value)],
      );
      const args = ['select', '-', '--count', '12', '--json', '--acquisition', kind, ...flags];
      const log = jsonl(visits);
      expect(output(args, log)).toBe(expected(visits, 12, { acquisition }));
      expect(output([...args, '--engine', 'reference'], log)).toBe(expected(visits, 12, { acquisition }));
    },
  );

  test('all ten acquisitions are tried above, and named in the help of the program with their defaults', () => {
    expect(samples.map(({ kind }) => kind)).toEqual(ACQUISITIONS);
    const help = output(['--help']);
    for (const kind of ACQUISITIONS) {
      const rule = toRule({ kind, ...(kind === 'random' && { seed: 1 }) } as Acquisition);
      const line = help.split('\n').find((text) => new RegExp(`^  (.*, )?${kind}\\b`).test(text));
      expect(line).toBeDefined();
      for (const name of ACQUISITION_TABLE[kind].parameters) {
        if (name !== 'seed') expect(line).toContain(`${name} ${rule[name]}`);
      }
    }
  });

  test('--seed draws success rates where the rule can, and with candidates only if --draw says so', () => {
    const log = jsonl(visits);
    const args = ['select', '-', '--count', '5', '--json', '--acquisition', 'expected-difficulty', '--seed', '3'];
    const drawn = { kind: 'expected-difficulty', seed: 3 } as const;
    expect(output(args, log)).toBe(expected(visits, 5, { acquisition: drawn }));
    const candidates = { size: 9, seed: 3 };
    const acquisition = { kind: 'expected-difficulty' } as const;
    expect(output([...args, '--candidates', '9'], log)).toBe(expected(visits, 5, { acquisition, candidates }));
    expect(output([...args, '--candidates', '9', '--draw'], log)).toBe(
      expected(visits, 5, { acquisition: drawn, candidates }),
    );
  });

  test('candidates are those the library draws from the seed', () => {
    const args = ['select', '-', '--count', '5', '--json', '--candidates', '9', '--seed', '3'];
    const wanted = expected(visits, 5, { candidates: { size: 9, seed: 3 } });
    expect(output(args, jsonl(visits))).toBe(wanted);
    expect(output([...args.slice(0, -1), '4'], jsonl(visits))).not.toBe(wanted);
  });

  test('selects 256 prompts, or all there are', () => {
    const log = (prompts: number) => jsonl(Array.from({ length: prompts }, (_, id) => ({ id, score: 1 })));
    expect(output(['select', '-', '--json'], log(300)).split('\n')).toHaveLength(256 + 1);
    expect(output(['select', '-', '--json'], log(3)).split('\n')).toHaveLength(3 + 1);
    expect(cli(['select', '-', '--json'], '')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'insight-wasm: stdin: has no rollout\n',
    });
  });

  test('steps out of order give what sorted ones do', () => {
    const args = ['select', '-', '--json', '--discount', '0.7'];
    for (const rows of [visits, rolloutRows]) {
      const shuffled = rows.map((_, i) => rows[(i * 77) % rows.length] as Fields);
      const byId = (text: string) => text.split('\n').sort();
      expect(byId(output(args, jsonl(shuffled)))).toEqual(byId(output(args, jsonl(rows))));
    }
  });

  test('a file reads as stdin does: with a byte order mark, CRLF, blank lines and no newline at the end', () => {
    const path = join(folder, 'log.jsonl');
    writeFileSync(path, `\ufeff${jsonl(visits).replaceAll('\n', '\r\n\r\n \t\n')}`.trimEnd());
    expect(output(['select', path, '--json'])).toBe(output(['select', '-', '--json'], jsonl(visits)));
  });

  test('the reward is the first of acc, score and reward, or the named field; at least the threshold is a success', () => {
    const means = (rows: readonly Fields[], ...flags: string[]) =>
      cli(['select', '-', '--json', '--acquisition', 'random', '--seed', '1', ...flags], jsonl(rows))
        .stdout.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { id: string; mean: number })
        .sort((a, b) => Number(a.id) - Number(b.id))
        .map(({ mean }) => Math.round(mean * 3) - 1);
    const rewards = [0, 1, 0.1, 0.5, 0.49, -1, true, false];
    expect(means(rewards.map((acc, id) => ({ id, score: 1, acc })))).toEqual([0, 1, 0, 1, 0, 0, 1, 0]);
    expect(
      means(
        rewards.map((acc, id) => ({ id, acc })),
        '--threshold',
        '0.1',
      ),
    ).toEqual([0, 1, 1, 1, 1, 0, 1, 0]);
    expect(
      means(
        rewards.map((score, id) => ({ id, score, acc: -2 })),
        '--reward',
        'score',
        '--threshold=-1',
      ),
    ).toEqual(new Array(8).fill(1));
    expect(means([{ id: 0, reward: 1, acc: 0 }], '--reward', 'reward')).toEqual([1]);
  });

  test('--step names the field of the step', () => {
    const named = visits.map(({ step, ...rest }) => ({ ...rest, step: -step, iteration: step }));
    const args = ['select', '-', '--json', '--discount', '0.8'];
    expect(output([...args, '--step', 'iteration'], jsonl(named))).toBe(output(args, jsonl(visits)));
  });

  test('ids are keys as strings: 1 and "1" are one prompt, __proto__ is one like any', () => {
    const ids = [1, '1', '__proto__', 'constructor', '', '__proto__', -0, 0];
    const log = ids.map((id) => `{"id":${Object.is(id, -0) ? '-0' : JSON.stringify(id)},"score":1}\n`).join('');
    const keys = ids.map((id) => ({ id: String(id), successes: 1, trials: 1 }));
    expect(output(['select', '-', '--json'], log)).toBe(expected(keys, 8));
  });

  test('more rollouts than one observation holds are split with discount 1, else refused', () => {
    const log = jsonl([{ id: 'a', step: 1, score: 0 }]).repeat(70_000) + jsonl([{ id: 'a', step: 2, score: 1 }]);
    const { stdout, stderr } = cli(['select', '-', '--json'], log);
    expect(JSON.parse(stdout)).toMatchObject({ mean: 2 / 70_003, evidence: 70_003 });
    expect(stderr).toMatch(/^insight-wasm: All 70,000 rollouts of step 1 are of one prompt/);
    expect(cli(['select', '-', '--discount', '0.5'], log)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'insight-wasm: prompt "a" has more than 65,535 rollouts at step 1\n',
    });
  });

  test('a last line that is half written is not counted, and reported', () => {
    const whole = jsonl(visits);
    for (const torn of ['{', '{"id":"p1","sco', '{"id":"p1","score":1', '{"id":"p1","score":1,"output":"\ud83d']) {
      const bytes = Buffer.from(whole + torn).subarray(0, whole.length + torn.length);
      expect(cli(['select', '-', '--json'], bytes)).toEqual({
        status: 0,
        stdout: output(['select', '-', '--json'], whole),
        stderr: 'insight-wasm: stdin:121: the last line is half written, and is not counted\n',
      });
    }
  });

  test('the table is aligned, and harmless to a terminal', () => {
    const rows = [
      { id: 'ab', successes: 1, trials: 2 },
      { id: '\u001b[31m\u202e\ud800', successes: 90, trials: 100 },
      { id: 'x'.repeat(100), successes: 0, trials: 1000 },
    ];
    expect(output(['select', '-'], jsonl(rows))).toBe(
      [
        `rank  id${' '.repeat(64)}score            mean  evidence`,
        `   1  ab${' '.repeat(64)}0.119927       0.5000         4`,
        `   2  \\u{1b}[31m\\u{202e}\\u{d800}${' '.repeat(40)}0.00125568     0.8922       102`,
        `   3  ${'x'.repeat(63)}…  0.00000256553  0.0010      1002`,
        '',
      ].join('\n'),
    );
  });

  test('without Wasm the reference engine is offered, and works', () => {
    const withoutWasm = (...flags: string[]) => cli(['select', '-', ...flags], jsonl(visits), ['--jitless']);
    expect(withoutWasm()).toMatchObject({ status: 2, stdout: '' });
    expect(withoutWasm().stderr).toContain('use --engine reference');
    expect(withoutWasm('--engine', 'reference').stdout).toBe(output(['select', '-'], jsonl(visits)));
  });
});
