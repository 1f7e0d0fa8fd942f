import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep, setImmediate as tick } from 'node:timers/promises';
import { expect } from 'vitest';
import { loadState } from '../../src/node/state-file.ts';
import { Session } from '../../src/serve/session.ts';
import { encodeState } from '../../src/state/codec.ts';
import { State } from '../../src/state/state.ts';
import { folder, jsonl, program } from './cli.ts';
import { seeded } from './engines.ts';
import { MemoryKeeper } from './memory-keeper.ts';
import { outputHere } from './run.ts';

/** What became of the rounds: the file was still the old one, or the new one. */
export interface Outcomes {
  readonly old: number;
  readonly new: number;
}

const DISCOUNT = '0.9';
/** Enough that a save takes longer than a step of the clock. */
const PROMPTS = 40_000;

/**
 * In each round the log grows, ingest runs, and is killed: at any time, or while it saves. Whatever is left must be
 * the state before or the state after, and the end the state of runs that nobody disturbed.
 */
export async function killIngest(rounds: number, seed: number): Promise<Outcomes> {
  const random = seeded(seed);
  const [log, state, calm] = ['kill.jsonl', 'kill.iws', 'calm.iws'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const ingest = ['ingest', log, '--discount', DISCOUNT, '--state'];
  writeFileSync(log, rows(0, PROMPTS, random));
  for (const path of [state, calm]) await outputHere([...ingest, path]);
  const outcomes = { old: 0, new: 0 };
  for (let round = 1; round <= rounds; round++) {
    appendFileSync(log, rows(round, 500, random));
    const before = readFileSync(state);
    await outputHere([...ingest, calm]);
    const child = spawn(process.execPath, [program, ...ingest, state], { stdio: 'ignore' });
    await kill(child, state, random, 300);
    const left = readFileSync(state);
    const isNew = left.equals(readFileSync(calm));
    outcomes[isNew ? 'new' : 'old']++;
    if (!isNew) expect(left.equals(before), `round ${round}: neither the old file nor the new one`).toBe(true);
  }
  await outputHere([...ingest, state]);
  expect(readFileSync(state).equals(readFileSync(calm))).toBe(true);
  return outcomes;
}

/** The same of serve, which a trainer starts again from the last step that the state has. */
export async function killServe(rounds: number, seed: number): Promise<Outcomes> {
  const random = seeded(seed);
  const state = join(folder, 'served.iws');
  const requests: string[] = [];
  const wanted: Uint8Array[] = []; // the file after each step
  const settings = { discount: Number(DISCOUNT), prior: { alpha: 1, beta: 1 } };
  const session = new Session(State.unseen(settings), new MemoryKeeper((saved) => wanted.push(encodeState(saved))), {
    saveEvery: 1,
  });
  const outcomes = { old: 0, new: 0 };
  let step = -1; // that the file has
  for (let round = 0; round < rounds; round++) {
    const child = spawn(
      process.execPath,
      [program, 'serve', '--state', state, '--save-every', '1', '--discount', DISCOUNT],
      {
        stdio: ['pipe', 'pipe', 'ignore'],
      },
    );
    child.stdin.on('error', () => {});
    let answered = step;
    const last = step + 3;
    let ready = (): void => {};
    const started = new Promise<void>((resolve) => {
      ready = resolve;
    });
    createInterface(child.stdout).on('line', (line) => {
      const answer = JSON.parse(line) as object;
      if ('protocol' in answer) return ready();
      expect(answer).toHaveProperty('observed'); // above 50,000 prompts FILE is written between requests
      answered++;
    });
    child.stdin.write('{"op":"hello"}\n');
    for (let next = step + 1; next <= step + 3; next++) {
      while (requests.length <= next) {
        const at = requests.length;
        const text = rows(at, at === 0 ? PROMPTS : 500, random);
        const observations = text
          .trimEnd()
          .split('\n')
          .map((row) => JSON.parse(row) as object);
        requests.push(`${JSON.stringify({ op: 'observe', observations })}\n`);
        session.answer({ op: 'observe', observations });
      }
      child.stdin.write(requests[next]);
    }
    if (random() < 0.8) await started; // else it may be killed while it starts, however long that takes
    await kill(child, state, random, 200, () => answered === last);
    const before = step;
    // What the file does not have yet is in the journal beside it. A new state is in its file before any step.
    const left = existsSync(state) || existsSync(`${state}.journal`) ? loadState(state) : undefined;
    step = left?.lastStep ?? step;
    expect(step, `round ${round}: an answered step is lost`).toBeGreaterThanOrEqual(answered);
    expect(step).toBeLessThanOrEqual(before + 3);
    if (left?.lastStep !== undefined) {
      expect(equals(encodeState(left), wanted[step] as Uint8Array), `round ${round}`).toBe(true);
    }
    outcomes[step > before ? 'new' : 'old']++;
  }
  return outcomes;
}

const equals = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b);

/** Kills a process after a while of at most `most` ms, or as soon as it has begun to write, or has written all. */
async function kill(
  child: ChildProcess,
  state: string,
  random: () => number,
  most: number,
  isOver = (): boolean => false,
): Promise<void> {
  const end = once(child, 'close');
  // A journal that is only put in place of the one before has its size.
  const written = (): string =>
    `${statSync(state, { throwIfNoEntry: false })?.mtimeMs},${statSync(`${state}.journal`, { throwIfNoEntry: false })?.size}`;
  const before = written(); // a killed one may have left a file of its own
  if (random() < 0.5) {
    await sleep(random() * most);
  } else {
    while (written() === before && child.exitCode === null && !isOver()) await tick();
    const wait = Math.floor(random() * 8);
    if (wait > 0) await sleep(wait);
  }
  child.kill('SIGKILL');
  await end;
}

function rows(step: number, count: number, random: () => number): string {
  return jsonl(
    Array.from({ length: count }, (_, i) => {
      const id = `prompt-${step === 0 ? i : Math.floor(random() * 2 * PROMPTS)}`;
      return { id, step, successes: Math.floor(random() * 9), trials: 8 };
    }),
  );
}
