import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readHistory } from '../../src/node/read-history.ts';
import { readStored } from '../../src/node/read-stored.ts';
import { loadState } from '../../src/node/state-file.ts';
import { type Entry, replayEntries } from '../../src/state/journal.ts';
import { State } from '../../src/state/state.ts';
import { folder } from './cli.ts';
import { seeded } from './engines.ts';
import { startServe } from './serve-process.ts';

const SETTINGS = { discount: 0.9, prior: { alpha: 1, beta: 1 } };
const PROMPTS = 3_000;
const TRIALS = 8;

/** A part of a group that was rolled out, on its way to serve. */
interface Part {
  readonly id: string;
  readonly step: number;
  readonly successes: number;
  readonly trials: number;
  readonly key: string;
  readonly more: boolean;
}

/** What became of a run. */
export interface Outcome {
  readonly rounds: number;
  readonly kills: number;
  readonly answered: number;
  readonly late: number;
  readonly repeated: number;
  readonly lost: number;
}

/**
 * A trainer that asks for prompts with many in flight and finishes their groups late, in parts, out of order, twice or
 * never, while it and serve are killed at random. A key names each part, so that one that may have been taken before the
 * end of a process is sent again.
 *
 * Holds, at each round: no prompt is in flight twice. At the end: what was answered is there once, and the posteriors
 * are those of a replay of history and journal, to the bit.
 */
export async function runTrainer(rounds: number, seed: number): Promise<Outcome> {
  const random = seeded(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const state = join(folder, `trainer-${seed}.iws`);
  for (const end of ['', '.journal', '.history', '.lock']) rmSync(state + end, { force: true });
  const answered = new Map<string, Part>();
  const asked = new Map<string, Part>();
  let inFlight = new Set<string>();
  let waiting: { at: number; part: Part }[] = [];
  let doubtful: Part[] = []; // sent, and not answered before the end of the process
  const counts = { kills: 0, late: 0, repeated: 0, lost: 0 };
  let serve = start(state);
  await serve.ask({ op: 'observe', observations: Array.from({ length: PROMPTS }, (_, i) => seedPart(i)) });
  for (let i = 0; i < PROMPTS; i++) answered.set(seedPart(i).key, seedPart(i));

  for (let round = 1; round <= rounds; round++) {
    const most = 64 << below(5);
    const room = most - inFlight.size;
    const isKilled = random() < 0.04;
    const isTrainerKilled = isKilled && random() < 0.3;
    if (room > 0) {
      const asks = { op: 'select', count: 1 + below(Math.min(room, 64)), hold: true, holdSteps: 60 };
      const acquisition = random() < 0.5 ? undefined : { kind: 'non-degenerate' };
      const answer = await serve.ask({ ...asks, acquisition });
      for (const id of answer?.ids ?? []) {
        expect(inFlight.has(id), `round ${round}: ${id} is in flight twice`).toBe(false);
        inFlight.add(id);
        const parts = toParts(id, round, random);
        if (random() < 0.03) counts.lost++;
        else for (const part of parts) waiting.push({ at: round + below(random() < 0.2 ? 40 : 6), part });
      }
    }
    const ready = waiting.filter(({ at }) => at <= round).map(({ part }) => part);
    waiting = waiting.filter(({ at }) => at > round);
    ready.sort(() => random() - 0.5);
    if (random() < 0.2 && ready.length > 0) ready.push(ready[below(ready.length)] as Part); // the same message twice
    const sent = [...doubtful.splice(0), ...ready];
    for (const part of sent) asked.set(part.key, part);
    const answering = sent.length === 0 ? undefined : serve.ask({ op: 'observe', observations: sent });
    if (isKilled) {
      counts.kills++;
      if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, random() * 8));
      await serve.kill();
    }
    const answer = await answering;
    if (answer === undefined) doubtful = sent;
    else {
      expect(answer.error).toBeUndefined();
      counts.late += answer.late?.length ?? 0;
      const skipped = new Map((answer.skipped ?? []).map(({ at, code }) => [at, code]));
      for (const [at, part] of sent.entries()) {
        if (skipped.has(at)) {
          expect(skipped.get(at)).toBe('repeated');
          counts.repeated++;
        }
        answered.set(part.key, part);
        if (!part.more) inFlight.delete(part.id);
      }
    }
    if (isTrainerKilled) {
      // A new trainer knows nothing of what was in flight or on its way.
      [waiting, doubtful, inFlight] = [[], [], new Set()];
    }
    if (isKilled) {
      serve = start(state);
      if (!isTrainerKilled && inFlight.size > 0) {
        // A new process holds nothing, and says so: the trainer holds again what it has in flight.
        expect(await serve.ask({ op: 'hello' })).toMatchObject({ held: 0 });
        const only = [...inFlight];
        const again = await serve.ask({ op: 'select', count: only.length, only, hold: true, holdSteps: 60 });
        expect(again?.ids).toHaveLength(only.length);
      }
    } else {
      // What was lost is let go of after some steps, by both.
      const all = [...inFlight];
      const found = await serve.ask({ op: 'get', ids: all });
      inFlight = new Set(all.filter((_, i) => found?.prompts?.[i]?.held));
    }
  }
  expect(await serve.end()).toBe(0);

  const stored = readStored(state);
  if (stored === undefined) throw new Error('no state');
  const kept = [...readHistory(state, stored)].map((line) => JSON.parse(line) as Entry & { key: string });
  const keys = new Set(kept.map(({ key }) => key));
  expect(keys.size, 'an observation is counted twice').toBe(kept.length);
  for (const key of answered.keys()) expect(keys.has(key), `${key} was answered, and is lost`).toBe(true);
  for (const key of keys) expect(asked.has(key) || key.startsWith('seed')).toBe(true);
  const replayed = replayEntries(State.unseen(SETTINGS), kept);
  const last = loadState(state);
  expect(Buffer.from(last.pool.toBytes()).equals(Buffer.from(replayed.pool.toBytes()))).toBe(true);
  expect(last.columns).toEqual(replayed.columns);
  return { rounds, answered: answered.size, ...counts };
}

const seedPart = (i: number): Part => ({
  ...{ id: `prompt-${i}`, step: 0, successes: i % (TRIALS + 1), trials: TRIALS },
  ...{ key: `seed-${i}`, more: false },
});

/** A group in one to three parts, some with rewards in part. */
function toParts(id: string, step: number, random: () => number): Part[] {
  const rate = Number.parseInt(id.slice(7), 10) / PROMPTS;
  const count = random() < 0.6 ? 1 : 2 + Math.floor(random() * 2);
  return Array.from({ length: count }, (_, i) => {
    const trials = i === 0 ? TRIALS - 2 * (count - 1) : 2;
    let successes = 0;
    for (let k = 0; k < trials; k++) if (random() < rate) successes += random() < 0.1 ? 0.25 : 1;
    return { id, step, successes, trials, key: `${id}/${step}/${i}`, more: i < count - 1 };
  });
}

interface Answer {
  readonly ids?: string[];
  readonly late?: number[];
  readonly skipped?: { at: number; code: string }[];
  readonly prompts?: ({ held: boolean } | null)[];
  readonly error?: object;
}

function start(state: string) {
  const serve = startServe(state, ['--discount', String(SETTINGS.discount), '--save-every', '500']);
  serve.child.stderr.on('data', (text) => {
    throw new Error(String(text));
  });
  return {
    ask: (request: object): Promise<Answer | undefined> => serve.ask(request),
    end: () => serve.end(),
    async kill(): Promise<void> {
      serve.child.kill('SIGKILL');
      await serve.closed;
    },
  };
}
