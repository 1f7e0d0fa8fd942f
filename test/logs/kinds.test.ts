import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repeatedRows } from '../../src/logs/formats/repeated-block.ts';
import { checkRuns } from '../../src/logs/parquet/runs.ts';
import { stepInPath } from '../../src/logs/path-facts.ts';
import { matchesGlob } from '../../src/node/find.ts';
import { root } from '../support/cli.ts';
import { lines, toParquet, write } from '../support/logs.ts';
import { runHere } from '../support/run.ts';

// Each kind of miscount, with inputs of our own.

interface Choice {
  readonly id: string;
  readonly mean: number;
  readonly evidence: number;
}

/** Runs select, and returns successes and trials by id, under the prior (1, 1) at discount 1. */
async function count(args: readonly string[], input?: string) {
  const { status, stdout, stderr } = await runHere(['select', '--json', ...args], input);
  const choices = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Choice]));
  const entries = choices.map(({ id, mean, evidence }) => [
    id,
    `${Math.round(mean * evidence) - 1} of ${evidence - 2}`,
  ]);
  return {
    status,
    stderr: stderr.replaceAll('\n', ' '),
    counts: Object.fromEntries(entries) as Record<string, string>,
  };
}

const real = join(root, '../shared/data/real');
if (!existsSync(real)) console.error(`SKIPPED: ${real} is missing, and with it the tests on real logs`);

describe.skipIf(!existsSync(real))('real logs', () => {
  test('NeMo-Gym, graphwalks: a rollout that was logged again after a resume counts once', async () => {
    const { counts, stderr } = await count([join(real, 'nemo-gym/graphwalks/example_rollouts.jsonl')]);
    expect(counts).toEqual({ 439: '1 of 1', 5: '1 of 1', 2: '1 of 1', 11: '1 of 1' });
    expect(stderr).toBe('');
  });

  test('NeMo-Gym, ether0: inputs and a profile without rollouts beside the rollouts are none', async () => {
    const { counts } = await count([join(real, 'nemo-gym/ether0')]);
    expect(counts).toEqual({ 0: '1 of 1', 1: '1 of 1', 2: '0 of 1', 3: '1 of 1', 4: '1 of 1' });
  });

  test('NeMo-Gym, blackjack: an environment that deals anew in each rollout has one prompt', async () => {
    const { counts } = await count([join(real, 'nemo-gym/blackjack/example_rollouts.jsonl')]);
    expect(counts).toEqual({ 0: '3 of 5' });
  });

  test('NeMo-Gym, reasoning_gym: rollouts without an index name the way out, which works', async () => {
    const path = join(real, 'nemo-gym/reasoning_gym/example_rollouts.jsonl');
    expect((await count([path])).stderr).toContain('try --hash responses_create_params.input');
    const { counts } = await count([path, '--hash', 'responses_create_params.input']);
    expect(Object.values(counts)).toEqual(expect.arrayContaining(['1 of 1', '0 of 1']));
  });

  test('NeMo-Gym: a part of the reward by its dotted name', async () => {
    const path = join(real, 'nemo-gym/example_tool_call_multireward/example_rollouts.jsonl');
    expect((await count([path, '--reward', 'reward_components.format'])).counts[0]).toBe('0 of 1');
    expect((await count([path, '--reward', 'reward_components.correctness'])).counts[0]).toBe('1 of 1');
    expect((await count([path, '--reward', 'reward_components.form'])).stderr).toContain('is in no record');
  });

  test('verifiers: five words three times each, and ids that are not those of the prompts are a finding', async () => {
    const { counts } = await count([join(real, 'verifiers/wordle-results.jsonl')]);
    expect(Object.values(counts)).toEqual(new Array(5).fill('3 of 3'));
    const wrong = await count([join(real, 'verifiers/math_python-results.jsonl')]);
    expect(wrong.stderr).toContain('An index alone is no id here');
    const hashed = await count([join(real, 'verifiers/math_python-results.jsonl'), '--hash', 'prompt']);
    expect(Object.values(hashed.counts).map((one) => one.slice(-1))).toEqual(new Array(5).fill('3'));
  });
});

const verlRow = (input: string, score: number, step: number) => ({ input, output: 'x', gts: '1', score, step });

describe('training and evaluation', () => {
  test('verl: a validation folder below the path is left out, and read on request', async () => {
    const folder = write({
      'train/1.jsonl': lines([verlRow('a', 1, 1), verlRow('a', 0, 1)]),
      'validation/1.jsonl': lines([verlRow('b', 1, 1)]),
    });
    expect(Object.values((await count([folder])).counts)).toEqual(['1 of 2']);
    expect(Object.values((await count([folder, '--evaluations'])).counts)).toEqual(['1 of 1']);
    const alone = await count([join(folder, 'validation')]);
    expect(alone).toMatchObject({ status: 1, counts: {} });
    expect(alone.stderr).toContain('has no rollout; left out: 1 evaluation; try --evaluations');
  });

  test('TRL: a column that says the mode is asked', async () => {
    const table = toParquet([
      ['step', 'INT64', [1n, 1n, 1n]],
      ['prompt', 'STRING', ['a', 'a', 'b']],
      ['completion', 'STRING', ['x', 'y', 'z']],
      ['mode', 'STRING', ['train', 'train', 'eval']],
      ['reward', 'DOUBLE', [1, 0, 1]],
    ]);
    const folder = write({ 'completions/completions_00001.parquet': table });
    expect(Object.values((await count([folder])).counts)).toEqual(['1 of 2']);
    expect(Object.values((await count([folder, '--evaluations'])).counts)).toEqual(['1 of 1']);
  });

  test('NeMo-Gym: two data sets in one folder or file are told apart; what has no input is of the last one', async () => {
    const row = (set: string, response: string, reward: number) => ({
      _ng_task_index: 0,
      responses_create_params: { input: [{ role: 'user', content: set }] },
      response: { id: response },
      reward,
    });
    const math = [row('2 + 2', 'm1', 1), row('2 + 2', 'm2', 1)];
    const code = [row('sort', 'c1', 0), row('sort', 'c2', 0), row('sort', 'c3', 1)];
    const bare = { _ng_task_index: 0, response: { id: 'c4' }, reward: 0 };
    for (const folder of [
      write({ 'code.jsonl': lines([...code, bare]), 'math.jsonl': lines(math) }),
      write({ 'rollouts.jsonl': lines([...math, ...code, bare]) }),
      write({ 'rollouts.jsonl': lines([...code.slice(0, 2), ...math, ...code.slice(2), bare]) }),
    ]) {
      const { counts, stderr } = await count([folder]);
      expect(Object.values(counts).sort()).toEqual(['1 of 4', '2 of 2']);
      expect(stderr).toContain('1 prompts have the index of another one');
    }
  });

  test('NeMo-Gym: what was not to be kept is no rollout, and one that was recovered is', async () => {
    const row = { _ng_task_index: 4, _ng_rollout_index: 0, response: { id: 'r' }, reward: 0 };
    const folder = write({
      'rollouts.jsonl': lines([{ ...row, _ng_rollout_index: 1, response: { id: 's' } }]),
      'rollouts_failures.jsonl': lines([
        { ...row, _ng_failure_class: 'judge_failed' },
        { ...row, _ng_rollout_index: 2, _ng_no_persist: true },
      ]),
      'rollouts_reverified.jsonl': lines([{ ...row, reward: 1 }]),
    });
    expect((await count([folder])).counts).toEqual({ 4: '1 of 2' });
  });
});

describe('TRL repeats', () => {
  const rows = (text: string) =>
    text.split(' ').map((one) => ({ prompt: one[0] as string, content: one, reward: one[1] }));

  test.each([
    ['all of the file before', 'a0 a1 b1 b1', 'a0 a1 b1 b1', 4, false],
    ['its end', 'a0 a0 b1 b0', 'b1 b0 c0 c0', 2, false],
    ['no whole group', 'a0 a0 b0 b1', 'b1 b0 c0 c0', 0, false],
    ['an equal group elsewhere', 'b1 b0 a0 a0', 'b1 b0 c0 c0', 0, false],
    ['all right, which proves nothing', 'a0 a0 b1 b1', 'b1 b1 c0 c1', 2, true],
  ])('%s', (_, before, now, wanted, isDoubtful) => {
    expect(repeatedRows(rows(before), rows(now), 2)).toEqual({ count: wanted, isDoubtful });
  });
});

describe('names that fit nothing', () => {
  const log = write({ 'a.jsonl': lines([{ question_id: 7, right: true, at: 1 }]) });
  const prime = {
    task: { key: 'k' },
    run: { work: { step: 1 } },
    ok: true,
    traces: [{ ok: true, rewards: { right: { score: 1, weight: 1 } } }],
  };

  test.each([
    [[], '"id" is missing; the fields are question_id, right, at; try --id question_id'],
    [['--id', 'quest'], '"quest" is missing'],
    [['--hash', 'right,wrong'], '"wrong" is missing'],
    [['--id', 'question_id', '--reward', 'rihgt'], '"rihgt" is missing'],
    [['--id', 'question_id', '--reward', 'right', '--step', 'time'], '"time" is missing'],
  ])('%s', async (flags, reason) => {
    const { status, stderr } = await count([log, ...flags]);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });

  test('a reward of prime-rl that no trace has', async () => {
    const folder = write({ 'traces.jsonl': lines([prime]) });
    expect((await count([folder, '--reward', 'rigth'])).stderr).toContain('"rigth" is in no record; there are right');
    expect((await count([folder, '--reward', 'right'])).counts).toEqual({ k: '1 of 1' });
    expect(await runHere(['select', folder, '--successes', 'x'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--successes is not used by the format prime-rl'),
    });
  });
});

describe('bad values', () => {
  test('up to so many bad records are left out on request, and counted', async () => {
    const log = write({ 'a.jsonl': `${lines([{ id: 1, score: 1 }])}oops\n{"id":2}\n{"id":3,"score":0}\n` });
    expect((await count([log])).status).toBe(1);
    expect(await count([log, '--skip-bad', '1'])).toMatchObject({ status: 1, stderr: expect.stringContaining(':3: ') });
    const { counts, stderr } = await count([log, '--skip-bad', '2']);
    expect(counts).toEqual({ 1: '1 of 1', 3: '0 of 1' });
    expect(stderr).toContain('2 records are bad, and were left out, as you asked for. The first is');
  });

  test.each([
    ['semicolons', 'id;score;note\n007;1;"a;b"\n', { '007': '1 of 1' }],
    ['tabs and a byte order mark', '\ufeffid\tscore\nx\tFalse\n', { x: '0 of 1' }],
    ['a value that is NaN', 'id,score\na,nan\na,1\n', { a: '1 of 1' }],
  ])('CSV with %s', async (_, text, counts) => {
    expect((await count([write({ 'a.csv': text })])).counts).toEqual(counts);
  });

  test.each([
    ['a header twice', 'id,score,score\na,1,0\n', 'the header has "score" twice'],
    ['hexadecimal', 'id,score\na,0x1\n', '"score" expected a finite number or a boolean, got "0x1"'],
  ])('CSV with %s is refused', async (_, text, reason) => {
    expect((await count([write({ 'a.csv': text })])).stderr).toContain(reason);
  });

  test.each([
    ['a state', 'IWSTAT\r\n123', 'is a state of insight-wasm'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n', 'git lfs pull'],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1), 'xz -dc'],
    ['bzip2', 'BZh91AY', 'bzip2 -dc'],
    ['lz4', Uint8Array.of(4, 0x22, 0x4d, 0x18, 1), 'lz4 -dc'],
    ['zip', 'PK\x03\x04aaaa', 'unzip it'],
    ['UTF-16', Buffer.from('\ufeff{"id":1}\n', 'utf16le'), 'iconv'],
  ])('%s is named for what it is', async (_, content, reason) => {
    const { status, stderr } = await count([write({ 'a.jsonl': content })]);
    expect(status).toBe(1);
    expect(stderr).toContain(reason);
  });

  test('one JSON document: an array of records, shares by id, and lines under another name', async () => {
    const rows = [
      { id: 1, score: 1 },
      { id: 1, score: 0 },
    ];
    expect((await count([join(write({ 'a.json': JSON.stringify(rows, null, 2) }), 'a.json')])).counts).toEqual({
      1: '1 of 2',
    });
    const shares = join(write({ 'acc_step_9.json': '{"3":[0.5,1],"4":[0.25]}' }), 'acc_step_9.json');
    expect((await count([shares])).stderr).toContain('try --trials N');
    expect((await count([shares, '--trials', '8'])).counts).toEqual({ 3: '12 of 16', 4: '2 of 8' });
    expect((await count([join(write({ 'a.json': lines(rows) }), 'a.json')])).counts).toEqual({ 1: '1 of 2' });
    const posteriors = join(write({ 'index_score.json': '{"q":[2,5]}' }), 'index_score.json');
    expect((await count([posteriors, '--trials', '8'])).stderr).toContain('state import reads those');
    const state = join(write({}), 'pool.iws');
    await runHere(['state', 'import', posteriors, '--state', state]);
    expect((await runHere(['state', 'export', '--state', state])).stdout).toContain('"id":"q","alpha":2,"beta":5');
  });
});

test.each([
  ['rollouts/step_12/train_rollouts.jsonl', 12],
  ['trajectory/step-100/a.jsonl', 100],
  ['chkpt_0100/log.jsonl', 100],
  ['run7/train_data_step12.jsonl.gz', 12],
  ['run7/12.jsonl', 12],
  ['log.jsonl', undefined],
])('the step in %s is %s', (path, step) => expect(stepInPath(path)).toBe(step));

describe('logs and states', () => {
  const rows = (from: number, to: number) =>
    lines(
      Array.from({ length: to - from }, (_, i) => ({
        id: `q${(from + i) % 7}`,
        score: (from + i) % 2,
        n: 'x'.repeat(40),
      })),
    );
  const exported = async (state: string) => (await runHere(['state', 'export', '--state', state])).stdout;

  test('a log that was renamed, copied or piped and has grown counts once', async () => {
    const folder = write({ 'a.jsonl': rows(0, 100) });
    const [state, other] = [join(folder, 'a.iws'), join(folder, 'b.iws')];
    await runHere(['ingest', folder, '--state', state]);
    appendFileSync(join(folder, 'a.jsonl'), rows(100, 150));
    renameSync(join(folder, 'a.jsonl'), join(folder, 'moved.jsonl'));
    writeFileSync(join(folder, 'copy.jsonl'), rows(0, 120));
    expect((await runHere(['ingest', folder, '--state', state])).stdout).toContain(': 50 rows added');
    await runHere(['ingest', join(folder, 'moved.jsonl'), '--state', other]);
    expect(await exported(state)).toBe(await exported(other));
    const piped = await runHere(['ingest', '-', '--state', state], rows(0, 160));
    expect(piped).toMatchObject({ status: 1, stderr: expect.stringContaining('have been taken before') });
    expect(await exported(state)).toBe(await exported(other));
  });

  test('--dry-run says what would be taken, and changes nothing', async () => {
    const folder = write({ 'a.jsonl': rows(0, 10) });
    const state = join(folder, 'pool.iws');
    const { stdout } = await runHere(['ingest', folder, '--state', state, '--dry-run']);
    expect(stdout).toMatch(/a\.jsonl: 10 rows \(jsonl\)\n.*: 10 rows would be added; 7 prompts/);
    expect(existsSync(state)).toBe(false);
  });

  test('ids that never meet: the field that would join them is named, and --new-prompts lets them through', async () => {
    const log = lines(Array.from({ length: 4 }, (_, i) => ({ ...verlRow(`p${i}`, 1, 1), extra: { index: `d${i}` } })));
    const folder = write({
      '1.jsonl': log,
      'data.json': JSON.stringify([0, 1, 2, 3, 4].map((i) => ({ id: `d${i}` }))),
    });
    const state = join(folder, 'pool.iws');
    await runHere(['state', 'import', join(folder, 'data.json'), '--state', state]);
    const before = readFileSync(state);
    const refused = await runHere(['ingest', join(folder, '1.jsonl'), '--state', state]);
    expect(refused).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining('try --id extra.index') });
    expect(readFileSync(state).equals(before)).toBe(true);
    const joined = await runHere(['ingest', join(folder, '1.jsonl'), '--state', state, '--id', 'extra.index']);
    expect(joined.stdout).toContain('4 rows added; 5 prompts, 0 of them new');
  });

  test('a state that is made anew without a log is that of the others', async () => {
    const folder = write({ 'a.jsonl': rows(0, 20), 'b.jsonl': rows(20, 50) });
    const [state, other] = [join(folder, 'a.iws'), join(folder, 'b.iws')];
    await runHere(['ingest', folder, '--state', state, '--threshold', '0.7']);
    await runHere(['ingest', join(folder, 'a.jsonl'), '--state', other, '--threshold', '0.7']);
    const { status, stdout } = await runHere([
      'state',
      'rebuild',
      '--state',
      state,
      '--without',
      join(folder, 'b.jsonl'),
    ]);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('made anew from 1 logs, 20 rows'),
    });
    expect(readFileSync(state).equals(readFileSync(other))).toBe(true);
    const unknown = await runHere(['state', 'rebuild', '--state', state, '--without', 'nothing.jsonl']);
    expect(unknown).toMatchObject({ status: 1, stderr: expect.stringContaining('is no log of the state') });
  });
});

test('runs of Parquet that go beyond their page are refused', () => {
  expect(checkRuns(Uint8Array.of(8, 1), 1, 4, 1)).toBe(4);
  expect(checkRuns(Uint8Array.of(3, 0b00000101), 1, 3, 1)).toBe(2);
  for (const bytes of [[0xfe, 0xff, 0xff, 0xff, 0x0f, 1], [0xff, 0xff, 0xff, 0xff, 0x0f, 1], [8], [0x80]]) {
    expect(() => checkRuns(Uint8Array.from(bytes), 1, 4)).toThrow();
  }
});

test('globs match as their regular expressions do, in time that grows with their length', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '*', '?', '.'), { maxLength: 8 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(text, text, (pattern, name) => {
      const source = pattern.replace(/[.]/g, '\\.').replaceAll('*', '.*').replaceAll('?', '.');
      expect(matchesGlob(name, pattern)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 2000 },
  );
  expect(matchesGlob('a'.repeat(200), `${'*a'.repeat(60)}*b`)).toBe(false);
});
