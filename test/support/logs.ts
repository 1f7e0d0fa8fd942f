import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll } from 'vitest';

// The same run as each trainer would log it: 6 prompts at steps 1, 2 and 10, 4 rollouts each, but only 2 of prompt 3 at
// step 2, and prompt 1, which the dataset has twice, twice at step 10.

export interface Visit {
  readonly prompt: number;
  readonly step: number;
  readonly outcomes: readonly boolean[];
}

export const RUN: readonly Visit[] = [1, 2, 10].flatMap((step) =>
  [0, 1, 2, 3, 4, 5, ...(step === 10 ? [1] : [])].map((prompt, at) => ({
    prompt,
    step,
    // Prompt 0 is never right, prompt 5 always.
    outcomes: Array.from(
      { length: step === 2 && prompt === 3 ? 2 : 4 },
      (_, rollout) => prompt === 5 || (prompt > 0 && (3 * rollout + step * prompt + at) % 4 < 2),
    ),
  })),
);

/** What any reader of steps must find in it. */
export const FACTS = { rows: 74, prompts: 6, successes: 38, sizes: { 2: 1, 4: 16, 8: 1 }, steps: [1, 2, 10] };

interface Rollout {
  readonly prompt: number;
  readonly step: number;
  readonly isRight: boolean;
  /** Of the prompt, over all steps. */
  readonly index: number;
}

/** The rollouts of a step, or of all: groups interleaved, as they come back. */
export function rollouts(step?: number): Rollout[] {
  const indices = new Map<number, number>();
  const all: (Rollout & { rank: number })[] = [];
  for (const { prompt, step, outcomes } of RUN) {
    for (const [rank, isRight] of outcomes.entries()) {
      const index = indices.get(prompt) ?? 0;
      indices.set(prompt, index + 1);
      all.push({ prompt, step, isRight, index, rank });
    }
  }
  const wanted = all.filter((rollout) => step === undefined || rollout.step === step);
  return wanted.sort((a, b) => a.step - b.step || a.rank - b.rank);
}

export const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const textOf = (prompt: number): string => `user\nProblem ${prompt}: is 1/2 ≤ "½"?\n\\boxed{?}\nassistant\n`;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Writes files into a folder of their own, which is removed after the tests, and returns it. */
export function write(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

type Column = readonly [name: string, type: BasicType, data: readonly unknown[]];

export function toParquet(columns: readonly Column[], rowGroupSize = 1000): Uint8Array {
  const columnData = columns.map(([name, type, data]) => ({ name, type, data: [...data], nullable: true }));
  return new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize }));
}

/** Older trainer: `acc` beside a score of -1 or 1; a bonus for format; the last file is still being written. */
export function verl(): Record<string, string> {
  const file = (step: number) =>
    lines(
      rollouts(step).map(({ prompt, isRight, index }) => ({
        input: textOf(prompt),
        output: 'x'.repeat(index),
        gts: `${prompt}`,
        score: isRight ? 1 : index % 2 ? -1 : 0.7,
        step,
        acc: isRight,
        pred: '',
      })),
    );
  return { '10.jsonl': `${file(10)}{"input":"user\\nProblem 1`, '2.jsonl': file(2), '1.jsonl': file(1) };
}

/** V1 trainer: no `acc`; a new uid at each visit; and Python's other way to write the same characters. */
export function verlV1(): Record<string, string> {
  const file = (step: number) =>
    lines(
      rollouts(step).map(({ prompt, isRight, index }) => ({
        input: textOf(prompt),
        output: '',
        gts: `${prompt}`,
        score: isRight ? 1 : -1,
        step,
        uid: `${step}-${prompt}_${index}_0`,
      })),
    );
  return { '1.jsonl': file(1), '2.jsonl': file(2).replaceAll('≤', '\\u2264'), '10.jsonl': file(10) };
}

/**
 * A queue of whole groups, side by side; two rewards, nulls and NaN where the first does not apply. The file of step 2
 * begins with the last 16 rollouts of step 1 once more.
 */
export function trl(): Record<string, Uint8Array> {
  const batch = (step: number) => {
    const rows = rollouts(step).map((row) => ({ ...row, accuracy: Number(row.isRight) as number | null | undefined }));
    const others = [null, NaN, undefined, null].map((accuracy, index) => ({ prompt: -1, step, index, accuracy }));
    return [...others, ...rows].sort((a, b) => a.prompt - b.prompt);
  };
  const file = (step: number, before: ReturnType<typeof batch> = []) => {
    const all = [...before, ...batch(step)];
    return toParquet(
      [
        ['step', 'STRING', all.map(() => String(step))],
        ['prompt', 'STRING', all.map(({ prompt }) => textOf(prompt))],
        ['completion', 'STRING', all.map(({ index }) => `answer ${index}`)],
        ['accuracy_reward', 'DOUBLE', all.map(({ accuracy }) => accuracy)],
        ['format_reward', 'DOUBLE', all.map(() => 1)],
        ['source', 'STRING', all.map(({ index }) => (index % 2 ? 'web' : null))],
        ['advantage', 'DOUBLE', all.map(() => 0)],
      ],
      10,
    );
  };
  return {
    'completions/completions_00001.parquet': file(1),
    'completions/completions_00002.parquet': file(2, batch(1).slice(-16)),
    'completions/completions_00010.parquet': file(10),
  };
}

/** Failed and unscored episodes, evaluation, an agent that is not trained, survivors in a file of their own. */
export function primeRl(): Record<string, string> {
  const episode = (row: Rollout, type = 'train') => {
    const task = { type: 'T', data: {}, key: `set/${row.prompt}`, hash: `hash-${row.prompt}` };
    const trace = {
      task,
      agent: { name: 'solver', trainable: true },
      rewards: { right: { score: Number(row.isRight), weight: 1 }, format: { score: 1, weight: 0.2 }, judge: null },
      metrics: {},
      ok: true,
    };
    const other = { ...trace, agent: { name: 'user', trainable: false } };
    const work = { type, step: row.step, policy: { start: row.step - 1, end: row.step - 1 } };
    return {
      id: 'e',
      env: { id: 'x' },
      task,
      group: { id: 'g' },
      run: { work },
      ok: true,
      errors: [],
      traces: [trace, other],
    };
  };
  const files: Record<string, string> = {};
  for (const step of [1, 2, 10]) {
    const episodes = rollouts(step).map((row) => episode(row));
    const [first] = episodes as [(typeof episodes)[0]];
    const unscored = {
      ...first,
      traces: [
        { ...first.traces[0], rewards: { judge: null } },
        { ...first.traces[0], ok: false },
      ],
    };
    const failed = { ...first, ok: false, errors: [{ type: 'TimeoutError' }], traces: [] };
    const folder = `rollouts/step_${step}`;
    files[`${folder}/train/all/traces.jsonl`] = lines([failed, ...episodes, unscored]);
    files[`${folder}/train/effective/traces.jsonl`] = lines(episodes.slice(4));
    files[`${folder}/eval/all/traces.jsonl`] = lines(rollouts(step).map((row) => episode(row, 'eval')));
  }
  files['rollouts/step_10/train/all/traces.jsonl'] += '{"id":"e","env":{"id":"x"},"ta';
  return files;
}

/** A rollout that was logged again after a resume, one without a reward, and the profile of the same rollouts. */
export function nemoGym(): Record<string, string> {
  const row = ({ prompt, index, isRight }: Rollout) => ({
    _ng_task_index: prompt,
    _ng_rollout_index: index,
    response: {},
    reward: Number(isRight),
  });
  const all = rollouts().map(row);
  const profile = [0, 1, 2, 3, 4, 5].map((task) => {
    const infos = all.filter(({ _ng_task_index }) => _ng_task_index === task);
    return { _ng_task_index: task, num_rollouts: infos.length, missing_num_rollouts: 0, rollout_infos: infos };
  });
  return {
    'rollouts.jsonl': lines([...all, all[3] as object, { _ng_task_index: 2, _ng_rollout_index: 99, reward: null }]),
    'rollouts_reward_profiling.jsonl': lines(profile),
  };
}

/** Any JSON lines, with names of their own. */
export function mapped(): Record<string, string | Uint8Array> {
  const rows = rollouts().map(({ prompt, step, isRight }) => ({
    problem: { key: prompt },
    correct: isRight,
    at: { iteration: step },
  }));
  return { 'a/log.jsonl.gz': gzipSync(lines(rows.slice(0, 30))), 'b/log.jsonl': lines(rows.slice(30)) };
}

/** Ids that look like numbers, cells in quotes with commas, quotes and lines in them, CRLF, a byte order mark. */
export function csv(): Record<string, string> {
  const rows = rollouts().map(
    ({ prompt, step, isRight }) => `00${prompt},"said ""yes"",\r\n\r\nthen no",${step},${isRight ? '1.0' : '-1'}\r\n`,
  );
  return { 'log.csv': `\ufeffproblem,output,step,reward\r\n${rows.join('')}`.trimEnd() };
}

/** Nullable columns, 64-bit steps, several row groups, nulls where nothing was measured. */
export function parquet(): Record<string, Uint8Array> {
  const rows = rollouts();
  return {
    'log.parquet': toParquet(
      [
        ['problem', 'STRING', [...rows.map(({ prompt }) => `p${prompt}`), 'p1', 'p2']],
        ['output', 'STRING', [...rows.map(() => 'x'), null, null]],
        ['iteration', 'INT64', [...rows.map(({ step }) => BigInt(step)), 1n, 1n]],
        ['acc', 'BOOLEAN', [...rows.map(({ isRight }) => isRight), null, undefined]],
      ],
      20,
    ),
  };
}
