import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';
import { openLogs } from '../../src/node/read-logs.ts';
import { decodeState, encodeState } from '../../src/state/codec.ts';
import { State } from '../../src/state/state.ts';
import { takeLogs } from '../../src/state/take-logs.ts';
import { seeded } from './engines.ts';
import { pick, TRAINERS, type Trainer, type TrainerRun, type TrueVisit, toSeed } from './trainers.ts';

const prior = { alpha: 0.5, beta: 0.75 };

/**
 * One random run of a trainer: read in parts, with files renamed and grown in between, and read at once, it must give
 * the posteriors of the truth to the bit.
 */
export async function checkRun(trainer: Trainer, run: number): Promise<void> {
  const next = seeded(toSeed(trainer, run));
  const drawn = TRAINERS[trainer](next);
  const hasSteps = drawn.truth.some(({ step }) => step !== undefined);
  const discount = hasSteps ? pick(next, [1, 0.9, 0.5]) : 1;
  const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-run-'));
  try {
    const parts = await readInParts(drawn, folder, discount, next);
    const whole = await take(State.unseen({ discount, prior }), folder, drawn);
    const wanted = toTruth(drawn.truth, discount);
    const label = `${trainer}, run ${run}, discount ${discount}`;
    expect(toPosteriors(parts, drawn), `${label}, in parts`).toEqual(sorted(wanted, drawn));
    expect(toPosteriors(whole, drawn), `${label}, at once`).toEqual(sorted(wanted, drawn));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readInParts(run: TrainerRun, folder: string, discount: number, next: () => number): Promise<State> {
  let state = State.unseen({ discount, prior });
  let root = 'run';
  const often = Math.min(0.3, 3 / run.events.length); // runs of the reader, whatever the length of the log
  let names = new Map<string, string>();
  const write = (path: string, text: string | undefined, whole: Uint8Array | undefined): void => {
    const file = join(folder, root, names.get(path) ?? path);
    mkdirSync(dirname(file), { recursive: true });
    if (whole !== undefined) writeFileSync(file, whole);
    else appendFileSync(file, text ?? '');
  };
  for (const [i, { path, text, whole }] of run.events.entries()) {
    const isLast = i === run.events.length - 1;
    if (next() < often && text !== undefined && text.length > 2) {
      // Read while a line is half written.
      const cut = 1 + Math.floor((text.length - 2) * next());
      write(path, text.slice(0, cut), undefined);
      state = await take(state, folder, run);
      write(path, text.slice(cut), undefined);
    } else write(path, text, whole);
    if (next() < often || isLast) state = await take(state, folder, run);
    if (next() < often / 2 && !isLast) {
      const moved = `${pick(next, ['run', 'archive', 'old/run'])}-${i}`;
      mkdirSync(dirname(join(folder, moved)), { recursive: true });
      renameSync(join(folder, root), join(folder, moved));
      root = moved;
    }
    if (next() < often / 2 && !isLast && run.keepsNames !== true) names = renameFile(folder, root, path, names, i);
  }
  return take(state, folder, run);
}

/** Gives a file another name in its folder. */
function renameFile(folder: string, root: string, path: string, names: ReadonlyMap<string, string>, i: number) {
  const now = names.get(path) ?? path;
  const then = join(dirname(now), `${i}-renamed.jsonl`);
  renameSync(join(folder, root, now), join(folder, root, then));
  return new Map([...names, [path, then]]);
}

/** Ingests all logs of a folder, and makes a file of the state in between. */
async function take(state: State, folder: string, { mapping }: TrainerRun): Promise<State> {
  if ((readdirSync(folder, { recursive: true }) as string[]).every((name) => !/\.(jsonl|parquet)$/.test(name))) {
    return state;
  }
  const { sources, access } = openLogs([folder]);
  const rule = { threshold: '0.5', reward: mapping?.reward as string | undefined };
  const { after } = await takeLogs(decodeState(encodeState(state)), sources, {
    ...access,
    reading: { mapping: { ...mapping } },
    success: { threshold: 0.5 },
    rule,
  });
  return after;
}

/** By id: alpha and beta as the library makes them of the true visits. */
function toTruth(truth: readonly TrueVisit[], discount: number): [string, number, number][] {
  return [...new Set(truth.map(({ id }) => id))].map((id) => {
    const pool = new PosteriorPool(1, { discount, prior });
    const visits = truth.filter((visit) => visit.id === id).sort((a, b) => (a.step ?? 0) - (b.step ?? 0));
    const sum = (key: 'successes' | 'trials') => visits.reduce((total, visit) => total + visit[key], 0);
    if (discount === 1) pool.update({ indices: [0], successes: [sum('successes')], trials: sum('trials') });
    else for (const { successes, trials } of visits) pool.update({ indices: [0], successes: [successes], trials });
    const { alpha, beta } = pool.get(0);
    pool.dispose();
    return [id, alpha, beta];
  });
}

function toPosteriors(state: State, run: TrainerRun) {
  const { pool, keys } = state;
  const all = Array.from({ length: keys.size }, (_, i): [string, number, number] => [
    keys.at(i),
    pool.alpha[i] as number,
    pool.beta[i] as number,
  ]);
  state.dispose();
  return sorted(all, run);
}

/** By id; without the ids where they depend on the order of two data sets. */
function sorted(posteriors: readonly [string, number, number][], { isUnordered }: TrainerRun) {
  const shown = isUnordered ? posteriors.map(([, ...rest]) => rest) : posteriors;
  return shown.map((posterior) => JSON.stringify(posterior)).sort();
}
