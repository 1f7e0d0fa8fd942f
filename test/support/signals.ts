import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { loadState } from '../../src/node/state-file.ts';
import { folder, jsonl, program } from './cli.ts';
import { seeded } from './engines.ts';
import { startServe } from './serve-process.ts';

/** Enough that a fold is done little by little. */
const PROMPTS = 60_000;

/**
 * Ends serve by a signal again and again, at any moment of its life, and every fourth time ingest.
 * @returns how often each ended before it took the lock, or after
 */
export async function endBySignal(signal: NodeJS.Signals, rounds: number, seed: number): Promise<number> {
  const random = seeded(seed);
  const state = join(folder, `${signal}.iws`);
  const log = join(folder, `${signal}.jsonl`);
  const left = (): string[] => readdirSync(folder).filter((name) => name.startsWith(basename(state)));
  for (const name of left()) rmSync(join(folder, name));
  writeFileSync(log, jsonl(Array.from({ length: PROMPTS }, (_, i) => ({ id: `p${i}`, step: 0, score: i % 2 }))));
  const ingest = async (isEnded: boolean): Promise<void> => {
    const child = spawn(process.execPath, [program, 'ingest', log, '--state', state, '--discount', '0.9']);
    const closed = once(child, 'close');
    if (isEnded) await sleep(random() * 400);
    if (isEnded) child.kill(signal);
    await closed;
  };
  await ingest(false);
  let answered = 0;
  let runs = 0;
  for (let round = 1; round <= rounds; round++) {
    if (round % 4 === 0) {
      appendFileSync(log, jsonl([{ id: `r${round}`, step: round, score: 1 }]));
      await ingest(true);
    } else {
      const { ask, child, closed } = startServe(state, ['--save-every', random() < 0.5 ? '2' : '0']);
      let first = (): void => {};
      const started = new Promise<void>((resolve) => {
        first = resolve;
      });
      const asking = (async () => {
        for (let i = 0; ; i++) {
          const key = `${round}/${i}`;
          const observations = [
            { id: `p${Math.floor(random() * PROMPTS)}`, step: round, successes: 1, trials: 2, key },
          ];
          const answer = await ask({ op: 'observe', observations });
          first();
          if (answer === undefined) return;
          expect(answer).toMatchObject({ observed: 1 });
          answered++;
          if (i === 0) runs++;
        }
      })();
      // While it starts, or while it answers and folds.
      if (random() < 0.5) await started;
      await sleep(random() * 200);
      child.kill(signal);
      await closed;
      await asking;
    }
    const names = left().map((name) => name.slice(basename(state).length));
    expect(
      names.filter((name) => !['', '.journal', '.history'].includes(name)),
      `round ${round}`,
    ).toEqual([]);
  }
  expect(existsSync(`${state}.journal`), 'what serve leaves is folded').toBe(false);
  expect(loadState(state).taken).toBeGreaterThanOrEqual(answered);
  expect(loadState(state).taken).toBeLessThanOrEqual(answered + rounds); // the last one of each run may be unanswered
  return runs;
}
