import { createHash } from 'node:crypto';
import { contentKey } from '../../src/logs/content-key.ts';
import { toParquet } from './logs.ts';

// Random runs, written as each trainer's own writer does (docs/logs tells from where that is known), with the true
// counts beside them. The files of a run come as events in time, so that a test can read them in parts.

/** All rollouts of one prompt in one step. */
export interface TrueVisit {
  /** The id that a reader must give the prompt. */
  readonly id: string;
  readonly step: number | undefined;
  successes: number;
  trials: number;
}

/** Bytes that are appended to a file, or a file that is written as a whole. */
export interface FileEvent {
  readonly path: string;
  readonly text?: string;
  readonly whole?: Uint8Array;
}

export interface TrainerRun {
  readonly events: readonly FileEvent[];
  readonly truth: readonly TrueVisit[];
  /** Flags of the command. */
  readonly mapping?: Readonly<Record<string, unknown>>;
  /** Whether ids depend on which of two data sets is read first. */
  readonly isUnordered?: boolean;
  /** Whether files may be renamed one by one: TRL's are told by their order. */
  readonly keepsNames?: boolean;
}

export type Random = () => number;

export const pick = <T>(next: Random, values: readonly T[]): T => values[Math.floor(values.length * next())] as T;
const upTo = (next: Random, most: number): number => Math.floor((most + 1) * next());
const hex = (next: Random, digits = 32): string =>
  Array.from({ length: digits }, () => Math.floor(16 * next()).toString(16)).join('');
const line = (row: object): string => `${JSON.stringify(row)}\n`;

function shuffle<T>(next: Random, values: readonly T[]): T[] {
  const all = [...values];
  for (let i = all.length - 1; i > 0; i--) {
    const j = upTo(next, i);
    [all[i], all[j]] = [all[j] as T, all[i] as T];
  }
  return all;
}

class Truth {
  readonly visits: TrueVisit[] = [];

  add(id: string, step: number | undefined, isRight: boolean): void {
    let visit = this.visits.find((one) => one.id === id && one.step === step);
    if (visit === undefined) this.visits.push((visit = { id, step, successes: 0, trials: 0 }));
    visit.successes += Number(isRight);
    visit.trials++;
  }
}

/** Prompts of a step: some of a few, a prompt of the data set at times twice. */
const drawPrompts = (next: Random): number[] => Array.from({ length: 1 + upTo(next, 3) }, () => upTo(next, 4));

/**
 * verl: the file of a step; V1 with padding, and a row for each output of a session; the older trainer with `acc` beside
 * a shaped score.
 */
export function verl(next: Random): TrainerRun {
  const truth = new Truth();
  const isV1 = next() < 0.6;
  const events: FileEvent[] = [];
  const count = 1 + upTo(next, 3);
  for (let step = 1; step <= count; step++) {
    const rows = drawPrompts(next).flatMap((prompt) => {
      const [input, gts, group] = [`user\nproblem ${prompt}`, `${prompt}`, hex(next)];
      return Array.from({ length: 2 + upTo(next, 3) }, (_, session) => {
        const isRight = next() < 0.5;
        truth.add(contentKey([input, gts]), step, isRight);
        if (!isV1) {
          const score = isRight ? 0.9 : pick(next, [-1, 0, 0.8]);
          return [{ input, output: pick(next, ['a', 'b']), gts, score, step, acc: isRight, kl: pick(next, [0, NaN]) }];
        }
        const outputs = pick(next, [1, 1, 2, 3]);
        return Array.from({ length: outputs }, (_, output) => ({
          ...{ input: output === 0 ? input : `${input} tool`, output: 'x', gts, score: isRight ? 1 : 0, step },
          uid: `${group}_${session}_${output}`,
        }));
      }).flat();
    });
    const firsts = isV1 ? rows : shuffle(next, rows);
    const padding = isV1 ? Array.from({ length: upTo(next, 3) }, (_, i) => toPadding(next, rows[0], i)) : [];
    const text = [...firsts, ...padding].map((row) => line(row).replace('"kl":null', '"kl":NaN'));
    events.push(...text.map((one) => ({ path: `rollouts/${step}.jsonl`, text: one })));
  }
  return { events, truth: truth.visits };
}

function toPadding(next: Random, row: object | undefined, i: number): object {
  return { ...row, input: '', score: 0, uid: `pad${hex(next)}_${i}_0` };
}

/** prime-rl: episodes that failed, evaluation, survivors beside all, a hash that changes from run to run. */
export function primeRl(next: Random): TrainerRun {
  const truth = new Truth();
  const events: FileEvent[] = [];
  const count = 1 + upTo(next, 3);
  for (let step = 0; step < count; step++) {
    const folder = `rollouts/step_${step}`;
    for (const prompt of drawPrompts(next)) {
      const key = `set/${prompt}`;
      for (let i = 0; i < 3; i++) {
        const [isRight, isOk, isScored] = [next() < 0.5, next() < 0.9, next() < 0.9];
        const task = { type: 'T', data: {}, key, hash: hex(next, 8) };
        const right = isScored ? { score: Number(isRight), weight: 1 } : null;
        const trace = { agent: { name: 'a', trainable: true }, rewards: { right, judge: null }, metrics: {}, ok: true };
        const user = { ...trace, agent: { name: 'user', trainable: false } };
        const episode = (type: string) => ({
          ...{ id: hex(next, 6), env: { id: 'e' }, task, group: { id: 'g' }, errors: [] },
          ...{ run: { work: { type, step } }, ok: isOk, traces: isOk ? [trace, user] : [] },
        });
        events.push({ path: `${folder}/train/all/traces.jsonl`, text: line(episode('train')) });
        if (isOk && next() < 0.5) {
          events.push({ path: `${folder}/train/effective/traces.jsonl`, text: line(episode('train')) });
        }
        if (next() < 0.2) events.push({ path: `${folder}/eval/all/traces.jsonl`, text: line(episode('eval')) });
        if (isOk && isScored) truth.add(key, step, isRight);
      }
    }
  }
  return { events, truth: truth.visits };
}

interface Group {
  readonly prompt: number;
  readonly answers: readonly string[];
  readonly rewards: readonly number[];
}

/**
 * TRL: `log()` writes the whole of a queue, of which a generation pushes out the oldest. It is as long as a generation,
 * or longer (releases differ), and is logged once or more often in between.
 */
export function trl(next: Random): TrainerRun {
  for (;;) {
    const run = drawTrl(next);
    if (run !== undefined) return run;
  }
}

function drawTrl(next: Random): TrainerRun | undefined {
  const truth = new Truth();
  const [size, groups, factor] = [2 + upTo(next, 2), 1 + upTo(next, 2), pick(next, [1, 1, 2])];
  const events: FileEvent[] = [];
  let queue: (Group & { logged?: number })[] = [];
  let before: readonly Group[] = [];
  let fresh: Group[] = [];
  const count = 2 + upTo(next, 3);
  for (let step = 1; step <= count; step++) {
    if (step === 1 || next() < 0.7) {
      const batch = Array.from({ length: groups }, () => drawGroup(next, size));
      fresh = [...fresh, ...batch];
      queue = [...queue, ...batch].slice(-factor * groups);
    }
    const rows = queue.flatMap(({ prompt, answers, rewards }) =>
      answers.map((answer, i) => ({ prompt: `p${prompt}`, answer, reward: rewards[i] as number })),
    );
    // What is undecidable from the files is not drawn: a repeat without a mixed group, or an equal block by chance.
    const repeated = queue.length - fresh.length;
    if (repeated > 0 && !queue.slice(0, repeated).some(isMixed)) return undefined;
    for (let k = repeated + 1; k <= Math.min(before.length, queue.length); k++) {
      const [tail, head] = [before.slice(-k), queue.slice(0, k)];
      if (JSON.stringify(tail) === JSON.stringify(head)) return undefined;
    }
    if (repeated === 0 && before.length > 0 && before.some((_, i) => isChance(before.slice(i), queue)))
      return undefined;
    for (const { prompt, rewards } of fresh) {
      for (const reward of rewards) truth.add(contentKey([`p${prompt}`]), step, reward >= 0.5);
    }
    [before, fresh] = [queue, []];
    const whole = toParquet([
      ['step', 'INT64', rows.map(() => BigInt(step))],
      ['prompt', 'STRING', rows.map(({ prompt }) => prompt)],
      ['completion', 'STRING', rows.map(({ answer }) => answer)],
      ['accuracy', 'DOUBLE', rows.map(({ reward }) => reward)],
      ['advantage', 'DOUBLE', rows.map(({ reward }) => reward - 0.5)],
    ]);
    events.push({ path: `completions/completions_${String(step).padStart(5, '0')}.parquet`, whole });
  }
  return { events, truth: truth.visits, mapping: { reward: 'accuracy' }, keepsNames: true };
}

const isMixed = ({ rewards }: Group): boolean => new Set(rewards).size > 1;
const isChance = (tail: readonly Group[], queue: readonly Group[]): boolean =>
  JSON.stringify(tail) === JSON.stringify(queue.slice(0, tail.length));

/** Short answers, as many runs have: whole groups are equal by chance. */
function drawGroup(next: Random, size: number): Group {
  const rewards = Array.from({ length: size }, () => Number(next() < 0.5));
  return { prompt: upTo(next, 2), rewards, answers: rewards.map((reward) => (reward ? '4' : pick(next, ['5', '6']))) };
}

/**
 * NeMo-Gym: rollouts as they end, some once more after a resume; failures in a file of their own, some of them recovered
 * into another; a profile at the end; and, at times, another data set in a folder of its own.
 */
export function nemoGym(next: Random): TrainerRun {
  const truth = new Truth();
  const hasIds = next() < 0.7;
  const folders = next() < 0.3 ? ['math', 'code'] : ['math'];
  const events = folders.flatMap((folder): FileEvent[] => {
    const rows = shuffle(
      next,
      Array.from({ length: 1 + upTo(next, 3) }, (_, task) =>
        Array.from({ length: 1 + upTo(next, 3) }, (_, rollout) => ({
          _ng_task_index: task,
          _ng_rollout_index: rollout,
          agent_ref: { name: folder },
          responses_create_params: { input: [{ role: 'user', content: `${folder} ${task}` }] },
          ...(hasIds ? { response: { id: hex(next) } } : {}),
          reward: Number(next() < 0.5),
        })),
      ).flat(),
    );
    const path = `${folder}/rollouts.jsonl`;
    const written: FileEvent[] = [];
    const kept: typeof rows = [];
    for (const row of rows) {
      const failed = { ...row, reward: 0, _ng_failure_class: 'judge_failed' };
      if (next() < 0.2) {
        written.push({ path: `${folder}/rollouts_failures.jsonl`, text: line(failed) });
        if (next() < 0.5) continue;
        written.push({ path: `${folder}/rollouts_reverified.jsonl`, text: line(row) });
      } else written.push({ path, text: line(row) });
      kept.push(row);
      truth.add(`${folder} ${row._ng_task_index}`, undefined, row.reward === 1);
      if (next() < 0.2) written.push({ path, text: line(pick(next, kept)) }); // after a resume
    }
    if (next() < 0.5) {
      for (const task of new Set(kept.map((row) => row._ng_task_index))) {
        const infos = kept
          .filter((row) => row._ng_task_index === task)
          .map(({ _ng_rollout_index: i, reward }) => ({ _ng_task_index: task, _ng_rollout_index: i, reward }));
        const sample = { agent_ref: { name: folder }, responses_create_params: kept[0]?.responses_create_params };
        const own = { ...sample, responses_create_params: { input: [{ role: 'user', content: `${folder} ${task}` }] } };
        const profile = { _ng_task_index: task, num_rollouts: infos.length, rollout_infos: infos, sample: own };
        written.push({ path: `${folder}/rollouts_reward_profiling.jsonl`, text: line(profile) });
      }
    }
    return written;
  });
  return { events, truth: truth.visits, isUnordered: true };
}

/** verifiers: results of an evaluation, the rollouts of an example side by side. */
export function verifiers(next: Random): TrainerRun {
  const truth = new Truth();
  const name = pick(next, ['id', 'example_id']);
  const events = Array.from({ length: 2 + upTo(next, 4) }, (_, id) =>
    Array.from({ length: 1 + upTo(next, 3) }, (): FileEvent => {
      const isRight = next() < 0.5;
      truth.add(`${id}`, undefined, isRight);
      const prompt = [{ role: 'user', content: `question ${id}` }];
      const row = { [name]: id, prompt, completion: [], task: 'default', reward: Number(isRight), generation_ms: 1 };
      return { path: 'outputs/results.jsonl', text: line(row) };
    }),
  ).flat();
  return { events, truth: truth.visits };
}

/** JSON lines with ids and steps, and fields that are not numbers. */
export function plain(next: Random): TrainerRun {
  const truth = new Truth();
  const events = Array.from({ length: 1 + upTo(next, 3) }, (_, step) =>
    drawPrompts(next).flatMap((prompt) =>
      Array.from({ length: 2 }, (): FileEvent => {
        const isRight = next() < 0.5;
        const isMeasured = next() < 0.9;
        if (isMeasured) truth.add(`q${prompt}`, step, isRight);
        const row = {
          id: `q${prompt}`,
          step,
          score: isMeasured ? Number(isRight) : 'NAN',
          note: hex(next, upTo(next, 40)),
        };
        return { path: `log-${step % 2}.jsonl`, text: line(row).replace('"NAN"', 'NaN') };
      }),
    ),
  ).flat();
  return { events, truth: truth.visits };
}

export const TRAINERS = { verl, 'prime-rl': primeRl, trl, 'nemo-gym': nemoGym, verifiers, plain } as const;
export type Trainer = keyof typeof TRAINERS;

/** A seed for a trainer and the number of a run. */
export const toSeed = (trainer: string, run: number): number =>
  createHash('sha256').update(`${trainer} ${run}`).digest().readUInt32LE();
