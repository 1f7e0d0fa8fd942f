import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wrap } from '../../src/cli/text/wrap.ts';
import { proposeRule } from '../../src/logs/audit/propose-rule.ts';
import type { Report } from '../../src/logs/audit/report.ts';
import { cli, jsonl, output } from '../support/cli.ts';
import * as logs from '../support/logs.ts';
import { write } from '../support/logs.ts';

const audit = (input: string, ...flags: string[]): Report =>
  JSON.parse(output(['audit', '-', '--json', ...flags], input)) as Report;

/** Groups of rollouts with these rewards, a prompt each. */
const groups = (...rewards: readonly (readonly number[])[]): string =>
  jsonl(rewards.flatMap((group, id) => group.map((reward) => ({ id, step: 1, reward }))));

describe('insight-wasm audit', () => {
  test('prints what a verl log holds', () => {
    const folder = write(logs.verl());
    const torn = `! ${join(folder, '10.jsonl')}:29: the last line is half written, and was left out.`;
    expect(output(['audit', folder])).toBe(
      `files       3 (verl)
rows        74
prompts     6
steps       3, from 1 to 10
rollouts    74
right       51.4 % by reward >= 0.5
proposed    reward >= 0.5

groups      18
short of 4  1
beyond 4    1
all right   22.2 %
all wrong   16.7 %
mixed       61.1 %

acc  rollouts   share
  0        36  48.6 %  #############################
  1        38  51.4 %  ##############################

! 1 of 18 groups have more than 4: duplicate prompts in the dataset, or rollouts
logged twice.
! 1 of 18 groups have less than 4 rollouts: were some filtered, failed or lost?
${wrap(torn).join('\n')}
next: insight-wasm ingest ${folder} --state pool.iws
`,
    );
  });

  test('--json has all of it, in fixed fields', () => {
    const report = audit(groups([0, 1], [1, 1], [0, 0], [0, 1, 1]));
    expect(report).toEqual({
      files: [expect.objectContaining({ name: 'stdin', format: 'jsonl', rows: 9, skipped: {}, notes: {}, bytes: 261 })],
      rows: 9,
      prompts: 4,
      steps: { count: 1, first: 1, last: 1 },
      unstepped: 0,
      rollouts: 9,
      successes: 5,
      rewards: {
        fields: { reward: 9 },
        values: [
          { value: 0, count: 4 },
          { value: 1, count: 5 },
        ],
        others: 0,
      },
      rule: { threshold: 0.5 },
      isRuleGiven: false,
      proposal: { threshold: 0.5, isClear: true },
      groups: {
        count: 4,
        rollouts: 2,
        short: 0,
        long: 1,
        sizes: [
          { size: 2, groups: 3, allRight: 1, allWrong: 1 },
          { size: 3, groups: 1, allRight: 0, allWrong: 0 },
        ],
        allRight: 1,
        allWrong: 1,
        mixed: 2,
      },
      skipped: {},
      notes: {},
      shape: { singlePrompt: { steps: 0, step: null, rollouts: 0 }, recurring: 0 },
      bad: { count: 0, first: [] },
      findings: [
        {
          code: 'long-groups',
          message: expect.stringContaining('1 of 4 groups have more than 2'),
          changesNumbers: false,
        },
      ],
    });
  });

  test('a log of survivors is told, one with a single all-wrong group is not', () => {
    const mixed = Array.from({ length: 20 }, () => [0, 1]);
    const isTold = (log: string) => audit(log).findings.some(({ code }) => code === 'survivors');
    expect(isTold(groups(...mixed))).toBe(true);
    expect(isTold(groups(...mixed, [0, 0]))).toBe(false);
    expect(isTold(groups(...mixed.slice(1)))).toBe(false);
  });

  test('groups are counted however their rows are scattered, over steps and files', () => {
    const rows = logs.rollouts().map(({ prompt, step, isRight }) => ({ id: prompt, step, reward: Number(isRight) }));
    const shuffled = rows.map((_, i) => rows[(i * 31) % rows.length] as (typeof rows)[0]);
    const { groups: wanted } = audit(jsonl(rows));
    expect(wanted.count).toBe(18);
    expect(audit(jsonl(shuffled)).groups).toEqual(wanted);
    const folder = write({ '1.jsonl': jsonl(shuffled.slice(0, 20)), '2.jsonl': jsonl(shuffled.slice(20)) });
    expect((JSON.parse(output(['audit', folder, '--json'])) as Report).groups).toEqual(wanted);
  });

  test('counts are groups, each visit of a history one', () => {
    const report = audit('{"id":"a","successes":[0,8,3],"trials":8}\n{"id":"a","successes":8,"trials":8}\n');
    expect(report.groups).toMatchObject({ count: 4, rollouts: 8, allRight: 2, allWrong: 1, mixed: 1 });
    expect(report).toMatchObject({ rollouts: 32, successes: 19, rewards: { values: [] }, proposal: null });
  });

  test('bad lines are listed with their place, and the rest is counted', () => {
    const log = '{"id":1,"score":1}\n{"id":1}\n{"id":1,"score":"x"}\nnot JSON\n{"id":1,"score":0}\n';
    const report = audit(log);
    expect(report.rows).toBe(2);
    expect(report.bad.count).toBe(3);
    expect(report.bad.first.map(({ name, line }) => `${name}:${line}`)).toEqual(['stdin:2', 'stdin:3', 'stdin:4']);
    expect(output(['audit', '-'], log)).toContain('stdin:3: "score" expected a finite number or a boolean, got "x"\n');
  });

  test('nothing but bad lines is an error, and an empty log says so', () => {
    expect(cli(['audit', '-'], '{"id":1}\n')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^insight-wasm: stdin:1: expected "successes"/),
    });
    expect(audit('').findings).toEqual([{ code: 'empty', message: 'There are no rollouts.', changesNumbers: true }]);
  });

  test('a file that is there twice, fields that differ and steps that are missing are told', () => {
    const log = groups([0, 1]);
    const folder = write({ 'a.jsonl': log, 'b.jsonl': log, 'c.jsonl': '{"id":7,"acc":1}\n' });
    const { findings } = JSON.parse(output(['audit', folder, '--json'])) as Report;
    expect(findings.map(({ code }) => code)).toEqual(['twin', 'several-rewards', 'missing-steps', 'short-groups']);
    expect(findings.map(({ message }) => message)).toEqual([
      `${join(folder, 'b.jsonl')} is the same as ${join(folder, 'a.jsonl')}: its rollouts count twice. Give one of them.`,
      'Rewards come from several fields, reward, acc: name one.',
      expect.stringMatching(/^1 rows have no step, others have: below discount 1 /),
      '1 of 2 groups have less than 4 rollouts: were some filtered, failed or lost?',
    ]);
    expect(output(['audit', folder])).toContain(
      '! Rewards come from several fields, reward, acc: name one. (--reward)',
    );
  });

  test('titles and numbers stay apart, however large a group should be', () => {
    const text = output(['audit', '-', '--rollouts', '65535'], jsonl([{ id: 'a', score: 1, step: 1 }]));
    expect(text).toMatch(/^short of 65535 +1$/m);
    expect(text).toMatch(/^groups +1$/m);
  });

  test('--rollouts says how large a group should be', () => {
    expect(audit(groups([0, 1], [0, 1]), '--rollouts', '8').groups).toMatchObject({ rollouts: 8, short: 2, long: 0 });
  });

  test('a continuous reward is told, in bounded memory and lines', () => {
    const log = groups(Array.from({ length: 3000 }, (_, i) => i / 3000));
    const report = audit(log);
    expect(report.rewards).toMatchObject({ others: 2000 });
    expect(report.rewards.values).toHaveLength(1000);
    expect(report.findings.map(({ code }) => code)).toContain('continuous-reward');
    expect(output(['audit', '-'], log).split('\n').length).toBeLessThan(60);
  });

  test('names and values from a log cannot drive the terminal', () => {
    const log = '{"id":1,"score":1}\n{"id":1,"score":"\\u001b[31m"}\n{"id":1,"\\u001b[2J":1}\n';
    for (const flags of [[], ['--reward', '\u001b[2J']]) {
      expect(cli(['audit', '-', ...flags], log).stdout.includes('\u001b')).toBe(false);
    }
  });
});

describe('the proposed rule', () => {
  const propose = (values: readonly number[], threshold = 0.5) =>
    proposeRule(
      values.map((value) => ({ value, count: 1 })),
      { threshold },
    );

  test.each([
    ['0 and 1', [0, 1], { threshold: 0.5, isClear: true }],
    ['-1 and 1', [-1, 1], { threshold: 0.5, isClear: true }],
    ['a reward for the format', [0, 0.1, 1], { threshold: 0.5, isClear: true }],
    ['a bonus for the format', [0, 0.2, 1, 1.2], { threshold: 0.5, isClear: true }],
    ['in percent', [0, 100], { threshold: 0.5, isClear: true }],
    ['partial credit', [0, 0.5, 1], { threshold: 0.75, isClear: false }],
    ['below zero', [-2, -1.9, -1], { threshold: -1.45, isClear: true }],
  ])('of %s', (_, values, proposal) => {
    expect(propose(values)).toEqual({ ...proposal, threshold: expect.closeTo(proposal.threshold, 12) });
  });

  test('is none where all rewards are equal, and never clear for many values', () => {
    expect(propose([1])).toBeUndefined();
    expect(propose([])).toBeUndefined();
    expect(propose([...Array.from({ length: 30 }, (_, i) => i / 100), 1])?.isClear).toBe(false);
  });
});
