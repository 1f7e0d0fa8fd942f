import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Audit } from '../../src/logs/audit/audit.ts';
import type { Report } from '../../src/logs/audit/report.ts';
import type { Part } from '../../src/logs/part-hash.ts';
import type { Row } from '../../src/logs/row.ts';
import { type FileReadOptions, readLogs } from '../../src/node/read-logs.ts';
import { cli, output, root } from '../support/cli.ts';
import * as logs from '../support/logs.ts';
import { write } from '../support/logs.ts';
import { type Names, toOptions } from '../support/mapping.ts';

const NULLS = [
  'UEFSMRUEFRQVGEwVBBUAEgAACiQBAAAAYQEAAABiFQAVEhUWLBUEFRAVBhUGHAAAAAkgAgAAAAQBAQMCFQQVIBUkTBUEFQASAAAQ',
  'PAAAAAAAAPA/AAAAAAAAAAAVABUSFRYsFQQVEBUGFQYcAAAACSACAAAABAEBAwIVBBUAFQJMFQAVABIAAAAVABUOFRIsFQQVEBUG',
  'FQYcAAAABxgCAAAABAAAFQQZTDUAGAZzY2hlbWEVBgAVDCUCGAJpZCUATBwAAAAVCiUCGAVzY29yZQAVAiUCGAdub3RoaW5nbLwA',
  'AAAWBBkcGTwmABwVDBk1AAYQGRgCaWQVAhYEFmgWcCY8JggpLBUEFQAVAgAVABUQFQIAPBYEGQYZJgAEAAAAJgAcFQoZNQAGEBkY',
  'BXNjb3JlFQIWBBZ0FnwmuAEmeCksFQQVABUCABUAFRAVAgA8KQYZJgAEAAAAJgAcFQIZNQAGEBkYB25vdGhpbmcVAhYEFlAWViaS',
  'Aib0ASksFQQVABUCABUAFRAVAgA8KQYZJgQAAAAAFqwCFgQmCBbCAgAoIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4x',
  'GTwcAAAcAAAcAAAAKQEAAFBBUjE=',
].join('');

async function read(paths: readonly string[], flags: Names = {}, options: FileReadOptions = {}) {
  const rows: Row[] = [];
  const { rule, ...reading } = toOptions(flags);
  const audit = new Audit(rule);
  const visit = (row: Row): void => {
    rows.push(row);
    audit.add(row);
  };
  const taken = await readLogs(paths, visit, { ...reading, hash: true, ...options });
  return { rows, taken, report: audit.report(taken) };
}

function factsOf({ rows, prompts, successes, groups }: Report, steps: readonly Row[]) {
  const sizes = Object.fromEntries(groups.sizes.map(({ size, groups }) => [size, groups]));
  return { rows, prompts, successes, sizes, steps: [...new Set(steps.map(({ step }) => step))] };
}

const cases: readonly [
  name: string,
  files: Readonly<Record<string, string | Uint8Array>>,
  format: string,
  flags: Names,
  skipped: Readonly<Record<string, number>>,
][] = [
  ['verl, older', logs.verl(), 'verl', {}, {}],
  ['verl, V1', logs.verlV1(), 'verl', {}, {}],
  ['TRL', logs.trl(), 'trl', { reward: 'accuracy_reward' }, { 'again from the file before': 16, 'not applicable': 12 }],
  ['prime-rl', logs.primeRl(), 'prime-rl', {}, { 'not ok': 6, 'not scored': 3, 'not trainable': 74, evaluation: 74 }],
  ['mapped JSON lines', logs.mapped(), 'jsonl', { id: 'problem.key', reward: 'correct', step: 'at.iteration' }, {}],
  ['CSV', logs.csv(), 'csv', { id: 'problem' }, {}],
  ['Parquet', logs.parquet(), 'parquet', { id: 'problem', step: 'iteration' }, { 'no reward': 2 }],
];

describe('one run, as different trainers log it', () => {
  test.each(cases)('%s: 74 rollouts of 6 prompts, 38 right, a short group and a double one', async (...args) => {
    const [, files, format, flags, skipped] = args;
    const { rows, taken, report } = await read([write(files)], flags);
    expect(factsOf(report, rows)).toEqual(logs.FACTS);
    expect(report.skipped).toEqual(skipped);
    expect([...new Set(taken.map((file) => file.format))]).toEqual([format]);
    for (const prompt of new Set(rows.map(({ id }) => id))) {
      expect(prompt).toMatch(/^(00|set\/|p)?[0-5]$|^[0-9a-f]{32}$/);
    }
  });

  test('NeMo-Gym: the same rollouts without a step, counted once though a folder has them up to three times', async () => {
    const { rows, report } = await read([write(logs.nemoGym())]);
    expect(factsOf(report, rows)).toEqual({
      ...logs.FACTS,
      sizes: { 10: 1, 12: 4, 16: 1 },
      steps: [undefined],
    });
    expect(report.skipped).toEqual({ 'read before': 1 + 74, 'no reward': 1 });
  });

  test('a NeMo-Gym profile alone gives what the rollouts do', async () => {
    const folder = write(logs.nemoGym());
    const [rollouts, profile] = await Promise.all(
      ['rollouts.jsonl', 'rollouts_reward_profiling.jsonl'].map((name) => read([join(folder, name)])),
    );
    expect(profile?.report.groups).toEqual(rollouts?.report.groups);
  });

  test('select reads a folder of each, and explains itself by the same keys', () => {
    for (const [, files, , flags] of cases) {
      const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
      const { status, stdout } = cli(['select', write(files), '--json', '--discount', '0.9', ...args]);
      expect(status).toBe(0);
      const means = stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { mean: number }).mean);
      expect(means).toHaveLength(6);
      expect(Math.min(...means)).toBeLessThan(0.12);
      expect(Math.max(...means)).toBeGreaterThan(0.88);
    }
  });
});

describe('verl', () => {
  test('a half-written last line is told by file and line, and is not in what was taken', async () => {
    const files = logs.verl();
    const { taken } = await read([write(files)]);
    const last = taken.at(-1)!;
    expect(taken.map(({ name }) => name.replace(/.*\//, ''))).toEqual(['1.jsonl', '2.jsonl', '10.jsonl']);
    expect(taken.map(({ torn }) => torn)).toEqual([undefined, undefined, 29]);
    expect(last.bytes).toBe(Buffer.from(files['10.jsonl'] as string).lastIndexOf('\n') + 1);
  });

  test('acc goes before score, and --reward before both', async () => {
    const folder = write(logs.verl());
    expect((await read([folder])).report.rewards.fields).toEqual({ acc: 74 });
    expect((await read([folder], { reward: 'score' })).report.successes).toBeGreaterThan(38);
    expect((await read([folder], { reward: 'score', threshold: '1' })).report.successes).toBe(38);
  });

  test('the key is a hash that anyone can compute, and the ground truth is part of it', async () => {
    const row = { input: 'a\n½', output: '', gts: '1', score: 1, step: 1 };
    const file = write({ '1.jsonl': `${JSON.stringify(row)}\n${JSON.stringify({ ...row, gts: null })}\n` });
    const { rows } = await read([file]);
    // python3 -c 'import hashlib, json; print(hashlib.sha256(json.dumps(["a\n½", "1"], ensure_ascii=False,
    //   separators=(",", ":")).encode()).hexdigest()[:32])'
    expect(rows[0]?.id).toBe('9e81391cd80471449bc178839623b8ef');
    expect(rows[1]?.id).not.toBe(rows[0]?.id);
  });

  test('the oldest layout has no ground truth', async () => {
    const row = { input: 'a', output: '', score: 1, step: 1 };
    const { rows } = await read([write({ '1.jsonl': `${JSON.stringify(row)}\n` })]);
    expect(rows).toHaveLength(1);
  });

  test('a dataset id among the extra fields is taken by name', async () => {
    const row = { input: 'a', output: '', gts: '', score: 1, step: 1, extra_info: { index: 7 } };
    const { rows } = await read([write({ '1.jsonl': `${JSON.stringify(row)}\n` })], { id: 'extra_info.index' });
    expect(rows[0]?.id).toBe('7');
  });
});

describe('TRL', () => {
  test('which of several columns is the reward must be said, and they are named', async () => {
    await expect(read([write(logs.trl())])).rejects.toThrow(
      /completions_00001\.parquet: has accuracy_reward, format_reward: any may be the reward$/,
    );
  });

  test('rollouts that stand in the file before are left out also where that file was taken earlier', async () => {
    const folder = write(logs.trl());
    const flags = { reward: 'accuracy_reward' };
    const first = await read([join(folder, 'completions/completions_00001.parquet')], flags);
    const before = ({ name }: { readonly name: string }) =>
      first.taken.find((file) => file.name === name) as Part | undefined;
    const rest = await read([folder], flags, { before });
    expect(rest.rows).toHaveLength(74 - 24);
  });

  test('a rollout that is like another of its own file counts', async () => {
    const table = logs.toParquet([
      ['step', 'INT64', [1n, 1n]],
      ['prompt', 'STRING', ['a', 'a']],
      ['completion', 'STRING', ['yes', 'yes']],
      ['reward', 'FLOAT', [1, 1]],
    ]);
    expect((await read([write({ 'completions_00001.parquet': table })])).rows).toHaveLength(2);
  });
});

describe('prime-rl', () => {
  test('survivors are refused', async () => {
    const file = join(write(logs.primeRl()), 'rollouts/step_1/train/effective/traces.jsonl');
    await expect(read([file])).rejects.toThrow(/traces\.jsonl:1: holds survivors only/);
  });

  test('the reward is the weighted sum, or one score by name', async () => {
    const folder = write(logs.primeRl());
    const values = async (flags: Names) =>
      (await read([folder], flags)).report.rewards.values.map(({ value }) => value);
    expect(await values({})).toEqual([0.2, 1.2]);
    expect(await values({ reward: 'right' })).toEqual([0, 1]);
  });

  test('the layout of one stream is read without its index and annotations', async () => {
    const stream = Object.entries(logs.primeRl())
      .filter(([name]) => name.includes('train/all'))
      .map(([, text]) => text)
      .join('');
    const folder = write({
      'traces/stream/00000.jsonl': stream,
      'traces/stream.index.jsonl': '{"id":"e","reward":1}\n',
      'traces/annotations/orchestrator/00000.jsonl': '{"id":"e","reward":1}\n',
    });
    const { rows, report } = await read([folder]);
    expect(factsOf(report, rows)).toEqual(logs.FACTS);
  });
});

describe('fields by name', () => {
  const rates = 'problem,pass_rate\na,0.25\nb,1\n';

  test('a pass rate and an assumed number of trials', async () => {
    const flags = { id: 'problem', rate: 'pass_rate', trials: '16' };
    const { rows } = await read([write({ 'rates.csv': rates })], flags);
    expect(rows).toMatchObject([
      { id: 'a', successes: [4], trials: [16] },
      { id: 'b', successes: [16], trials: [16] },
    ]);
  });

  test('counts under other names, and one number of trials for all', async () => {
    const file = write({ 'a.jsonl': '{"q":"a","right":[1,2],"of":4}\n' });
    for (const trials of ['of', '4']) {
      const { rows } = await read([file], { id: 'q', successes: 'right', trials });
      expect(rows).toMatchObject([{ id: 'a', successes: [1, 2], trials: [4, 4] }]);
    }
  });

  test('a Parquet column of nothing but nulls, as pyarrow writes it, is read as nulls', async () => {
    // pyarrow 26.0.1 of {"id": ["a", "b"], "score": [1.0, 0.0], "nothing": nulls(2)}: the dictionary of the last is empty
    const file = write({ 'nulls.parquet': Buffer.from(NULLS, 'base64') });
    const { rows } = await read([file], { reward: 'score' });
    expect(rows).toMatchObject([
      { id: 'a', reward: 1 },
      { id: 'b', reward: 0 },
    ]);
  });

  test('a hash of named fields is the key where there is no id', async () => {
    const file = write({
      'a.jsonl': '{"prompt":"x","truth":[1,{"a":2}],"reward":1}\n{"prompt":"x","truth":0,"reward":1}\n',
    });
    const { rows } = await read([file], { hash: 'prompt,truth' });
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
    await expect(read([file], { hash: 'prompt,none' })).rejects.toThrow('a.jsonl:1: "none" is missing');
  });

  test('--format overrides what a file looks like', async () => {
    const row = { input: 'a', output: '', score: 1, id: 'b' };
    const { rows } = await read([write({ 'a.jsonl': JSON.stringify(row) })], { format: 'jsonl' });
    expect(rows[0]?.id).toBe('b');
    await expect(read([write(logs.parquet())], { format: 'jsonl' })).rejects.toThrow(
      'log.parquet: is Parquet, unlike the format jsonl',
    );
  });
});

describe('compressed files', () => {
  test('zstd and gzip are told from their first bytes, in files and on stdin', () => {
    const plain = output(['select', join(root, 'examples/rollouts.jsonl'), '--json']);
    const path = join(root, 'test/fixtures/rollouts.jsonl.zst'); // zstd -19 --check examples/rollouts.jsonl
    expect(output(['select', path, '--json'])).toBe(plain);
    expect(output(['select', '-', '--json'], readFileSync(path))).toBe(plain);
  });

  test('frames one behind the other are one log', () => {
    const frame = readFileSync(join(root, 'test/fixtures/rollouts.jsonl.zst'));
    const report = JSON.parse(output(['audit', '-', '--json'], Buffer.concat([frame, frame]))) as Report;
    expect(report.rows).toBe(2 * 960);
  });

  test('truncated ones end with the reason', () => {
    const frame = readFileSync(join(root, 'test/fixtures/rollouts.jsonl.zst'));
    const { status, stdout, stderr } = cli(['select', '-'], frame.subarray(0, -20));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^insight-wasm: stdin: damaged or truncated zstd: /);
  });
});
