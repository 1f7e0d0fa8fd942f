import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { output, program, root } from '../support/cli.ts';
import { lines, toParquet } from '../support/logs.ts';

// The commands of README, from logs to the next batch, as they are printed there, on one invented run that each trainer
// logs in its own way.

interface Rollout {
  readonly id: string;
  readonly step: number;
  readonly score: number;
}

const rollouts = output(['simulate', '--prompts', '40', '--steps', '3', '--batch', '12', '--rollouts', '4'])
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Rollout);
const steps = [...new Set(rollouts.map(({ step }) => step))];
const ids = Array.from({ length: 60 }, (_, i) =>
  rollouts[0]?.id.replace(/\d+$/, (n) => String(i).padStart(n.length, '0')),
);
const text = (id: string): string => `user\nWhat is ${id}?\nassistant\n`;
const number = (id: string): number => Number(/\d+$/.exec(id)?.[0]);

type Files = Readonly<Record<string, string | Uint8Array>>;

/** What stands in rollouts/, and a row of the data set for each prompt. */
const trainers: Readonly<Record<string, { readonly files: Files; readonly row: (id: string) => object }>> = {
  verl: {
    row: (id) => ({ input: text(id), gts: id, level: 3 }),
    files: Object.fromEntries(
      steps.map((now) => [
        `${now}.jsonl`,
        lines(
          rollouts
            .filter(({ step }) => step === now)
            .map(({ id, step, score }) => ({ input: text(id), output: 'x', gts: id, score, step, acc: score === 1 })),
        ),
      ]),
    ),
  },
  TRL: {
    row: (id) => ({ prompt: text(id), answer: '4' }),
    files: Object.fromEntries(
      steps.map((now) => {
        const rows = rollouts.filter(({ step }) => step === now).sort((a, b) => number(a.id) - number(b.id));
        const column = (name: string, type: 'STRING' | 'DOUBLE', toValue: (row: Rollout, i: number) => unknown) =>
          [name, type, rows.map(toValue)] as const;
        const table = toParquet([
          ['step', 'INT64', rows.map(() => BigInt(now))],
          column('prompt', 'STRING', ({ id }) => text(id)),
          column('completion', 'STRING', (_, i) => `answer ${i}`),
          column('accuracy_reward', 'DOUBLE', ({ score }) => score),
          column('advantage', 'DOUBLE', () => 0),
        ]);
        return [`completions_${String(now).padStart(5, '0')}.parquet`, table];
      }),
    ),
  },
  'prime-rl': {
    row: (id) => ({ key: id, question: text(id) }),
    files: Object.fromEntries(
      steps.map((now) => [
        `step_${now}/train/all/traces.jsonl`,
        lines(
          rollouts
            .filter(({ step }) => step === now)
            .map(({ id, step, score }) => ({
              task: { key: id, hash: `${now}-${id}` },
              run: { work: { type: 'train', step } },
              ok: true,
              traces: [{ ok: true, agent: { trainable: true }, rewards: { right: { score, weight: 1 } } }],
            })),
        ),
      ]),
    ),
  },
  'NeMo-Gym': {
    row: (id) => ({ responses_create_params: { input: text(id) }, _ng_task_index: number(id), _ng_rollout_index: 0 }),
    files: {
      'rollouts.jsonl': lines(
        rollouts.map(({ id, score }, i) => ({
          _ng_task_index: number(id),
          _ng_rollout_index: i,
          response: { id: `resp_${i}` },
          responses_create_params: { input: text(id) },
          reward: score,
        })),
      ),
    },
  },
  others: { row: (id) => ({ id, question: text(id) }), files: { 'log.jsonl': lines(rollouts) } },
};

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const logs = readFileSync(join(root, 'docs/logs.md'), 'utf8');
const [, block = ''] = /## From logs to the next batch\n\n```sh\n([\s\S]*?)```/.exec(readme) ?? [];
const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the flow of README', () => {
  test.each(Object.entries(trainers))(
    '%s: the next batch is of the data set, and the visits are in its prompts',
    (name, { files, row }) => {
      const [, flags = ''] = new RegExp(`^\\| ${name} \\| \`(--[^\`]+)\``, 'm').exec(logs) ?? [];
      expect(flags).toMatch(/^--(id|hash) /);
      const cwd = join(folder, name);
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(cwd, 'rollouts', path)), { recursive: true });
        writeFileSync(join(cwd, 'rollouts', path), content);
      }
      const dataset = ids.map((id) => row(id as string));
      writeFileSync(join(cwd, 'prompts.jsonl'), lines(dataset));
      const commands = block.replaceAll('npx insight-wasm', `${process.execPath} ${program}`).replace('--id id', flags);
      const { status, stderr } = spawnSync('bash', ['-ec', commands], { cwd });
      expect({ status, stderr: stderr.toString() }).toMatchObject({ status: 0 });

      const batch = readFileSync(join(cwd, 'batch.jsonl'), 'utf8').trimEnd().split('\n');
      const known = new Set(dataset.map((one) => JSON.stringify(one)));
      expect(batch).toHaveLength(60);
      expect(batch.every((line) => known.has(line))).toBe(true);
      const exported = output(['state', 'export', '--state', join(cwd, 'pool.iws')])
        .trimEnd()
        .split('\n');
      const seen = exported.map((line) => JSON.parse(line) as { alpha: number; beta: number; visits: number });
      const rolled = new Set(rollouts.map(({ id }) => id)).size;
      expect(seen).toHaveLength(60);
      expect(seen.filter(({ visits }) => visits > 0)).toHaveLength(rolled);
      expect(seen.reduce((sum, { alpha, beta }) => sum + alpha + beta - 2, 0)).toBe(rollouts.length);
    },
  );
});
