import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { toHistory } from '../src/evaluate/history.ts';
import { Audit } from '../src/logs/audit/audit.ts';
import { Visits } from '../src/logs/visits.ts';
import { readLogs } from '../src/logs.ts';
import { Session } from '../src/serve/session.ts';
import { State } from '../src/state/state.ts';
import { PromptState } from '../src/state.ts';
import { type Fields, jsonl } from './support/cli.ts';
import { MemoryKeeper } from './support/memory-keeper.ts';
import { anyRows } from './support/rows.ts';
import { runHere } from './support/run.ts';

// One rule of visits (docs/visits.md): select, fit, replay, ingest, serve and audit see the same visits of any log.

const folder = mkdtempSync(join(tmpdir(), 'insight-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

interface Posterior {
  readonly id: string;
  readonly mean: number;
  readonly evidence: number;
}

const byId = (all: readonly Posterior[]) =>
  Object.fromEntries(all.map(({ id, mean, evidence }) => [id, { mean, evidence }]));
const parse = (lines: string): Posterior[] =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Posterior);

/** What a run prints that must succeed; it may warn of a log that is all right or all wrong. */
async function printed(args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await runHere(args);
  expect(status, stderr).toBe(0);
  return stdout;
}

async function visitsOf(rows: readonly Fields[]): Promise<Visits> {
  const visits = new Visits();
  await readLogs([Buffer.from(jsonl(rows))], (row) => void visits.add(row));
  return visits;
}

/** The posteriors that the history of fit and replay leads to, by Eq. 6. */
async function fromHistory(rows: readonly Fields[], discount: number) {
  const visits = await visitsOf(rows);
  if ([...visits.byPrompt()].length === 0) return {};
  const { ids } = visits;
  const { starts, successes, trials, prompts } = toHistory(visits);
  const named = ids.filter((_, prompt) => visits.of(prompt).length > 0);
  const state = new PromptState({ discount });
  for (let prompt = 0; prompt < prompts; prompt++) {
    for (let i = starts[prompt] as number; i < (starts[prompt + 1] as number); i++) {
      const visit = { successes: successes[i] as number, trials: trials[i] as number, step: i };
      state.observe([{ id: named[prompt] as string, ...visit }]);
    }
  }
  return byId(state.select(ids.length));
}

/** The same by serve: all rows in one request, counted as a trainer would. */
async function fromServe(rows: readonly Fields[], discount: number) {
  const visits = await visitsOf(rows);
  const { ids } = visits;
  const session = new Session(State.unseen({ discount, prior: { alpha: 1, beta: 1 } }), new MemoryKeeper(), {
    saveEvery: 0,
  });
  const all = [...visits.byPrompt()].map(({ prompt, step, successes, trials }) => ({
    id: ids[prompt],
    step,
    successes,
    trials,
  }));
  // Counts without a step keep their order; the others come first, and backwards.
  const isStepped = ({ step }: { readonly step: number | undefined }): boolean => step !== undefined;
  const observations = [...all.filter(isStepped).reverse(), ...all.filter((one) => !isStepped(one))];
  const answer = session.answer({ op: 'observe', observations });
  expect(answer).not.toHaveProperty('error');
  return session.answer({ op: 'select', count: 100 }) as { ids: string[]; scores: number[] };
}

/** A list of counts may be empty. */
const hasRollout = ({ successes }: Fields): boolean => !Array.isArray(successes) || successes.length > 0;

describe('of any log in any order', () => {
  const discounts = [1, 0.9, 0.5, 0];

  test('select and ingest, in one run, have the same posteriors, and so has the state of the door', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows({ unsteppedRollouts: false }), fc.constantFrom(...discounts), async (rows, discount) => {
        fc.pre(rows.some(hasRollout)); // a log without a rollout is an error
        writeFileSync(at('log.jsonl'), jsonl(rows));
        rmSync(at('p.iws'), { force: true });
        const flags = ['--discount', String(discount)];
        const selected = parse(await printed(['select', at('log.jsonl'), '--json', '--count', '99', ...flags]));
        await printed(['ingest', at('log.jsonl'), '--state', at('p.iws'), ...flags]);
        const ingested = parse(await printed(['select', '--state', at('p.iws'), '--json', '--count', '99']));
        expect(byId(ingested)).toEqual(byId(selected));
        const state = new PromptState({ discount });
        await state.ingest([new Blob([jsonl(rows)])]);
        expect(byId(state.select(99))).toEqual(byId(selected));
      }),
      { numRuns: 100 },
    );
  });

  test('the history of fit and replay, and serve, lead to the same posteriors', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows({ unsteppedRollouts: false }), fc.constantFrom(0.9, 0.5, 0), async (rows, discount) => {
        const state = new PromptState({ discount });
        await state.ingest([Buffer.from(jsonl(rows))]);
        const seen = state.select(99).filter(({ id }) => state.get(id).visits > 0);
        expect(await fromHistory(rows, discount)).toEqual(byId(seen));
        const served = await fromServe(rows, discount);
        const wanted = new Map(seen.map(({ id, score }) => [id, score]));
        expect(new Map(served.ids.map((id, i) => [id, served.scores[i]]))).toEqual(wanted);
      }),
      { numRuns: 100 },
    );
  });

  test('audit counts the groups that the state has as visits', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows({ unsteppedRollouts: false }), async (rows) => {
        const audit = new Audit();
        const log = Buffer.from(jsonl(rows));
        const taken = await readLogs([log], (row) => audit.add(row));
        const state = new PromptState({ discount: 0.5 });
        await state.ingest([log]);
        const visits = [...state.ids()].reduce((sum, id) => sum + state.get(id).visits, 0);
        expect(audit.report(taken).groups.count).toBe(visits);
      }),
      { numRuns: 100 },
    );
  });
});

/** Rows cut into runs such that no row is older than the latest visit of its prompt in the runs before. */
function inOrder(rows: readonly Fields[], runs: number): Fields[][] {
  const sorted = [...rows].sort((a, b) => Number(a.step ?? -1e9) - Number(b.step ?? -1e9));
  const size = Math.max(1, Math.ceil(sorted.length / runs));
  return Array.from({ length: runs }, (_, i) => sorted.slice(i * size, (i + 1) * size).reverse());
}

/** Runs may bring nothing but prompts that are new. */
const NEW = { newPrompts: true } as const;

/** A log that no other run has: the same bytes again would be taken for a copy. */
const named = (rows: readonly Fields[], run: number): string => jsonl(rows.map((row) => ({ ...row, run })));

describe('in several runs', () => {
  test('that bring no row older than its prompt, the posteriors are those of one run', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyRows({ unsteppedRollouts: false }).map((rows) => rows.filter(({ step }) => step !== undefined)),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(1, 0.9, 0),
        async (rows, runs, discount) => {
          const whole = new PromptState({ discount });
          await whole.ingest([Buffer.from(jsonl(rows))]);
          const parts = new PromptState({ discount });
          for (const [i, part] of inOrder(rows, runs).entries()) {
            await parts.ingest([new File([named(part, i)], `${i}.jsonl`)], NEW);
          }
          expect([...parts.export()]).toEqual([...whole.export()]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('in any order at discount 1, they are those of one run too', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows({ unsteppedRollouts: true }), fc.integer({ min: 1, max: 5 }), async (rows, runs) => {
        const whole = new PromptState();
        await whole.ingest([Buffer.from(jsonl(rows))]);
        const parts = new PromptState();
        const size = Math.max(1, Math.ceil(rows.length / runs));
        for (let i = 0; i < runs; i++) {
          await parts.ingest([new File([named(rows.slice(i * size, (i + 1) * size), i)], `${i}.jsonl`)], NEW);
        }
        expect(byId(parts.select(99))).toEqual(byId(whole.select(99)));
      }),
      { numRuns: 100 },
    );
  });
});

test('the bytes of a state do not depend on how its log was cut', async () => {
  const log = '{"id":"a","step":1,"score":1}\n{"id":"a","step":1,"score":0}\n{"id":"b","step":1,"score":0}\n';
  const whole = new PromptState({ discount: 0.5 });
  await whole.ingest([new File([log], 'log.jsonl')]);
  const grown = new PromptState({ discount: 0.5 });
  for (const end of [30, 60, log.length]) await grown.ingest([new File([log.slice(0, end)], 'log.jsonl')]);
  expect(grown.toBytes()).toEqual(whole.toBytes());
});
