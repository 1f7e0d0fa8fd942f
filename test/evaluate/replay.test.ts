import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACQUISITIONS } from '../../src/acquisition.ts';
import { drawCandidates } from '../../src/candidates.ts';
import { CAVEAT } from '../../src/evaluate/caveat.ts';
import { type Comparison, compare } from '../../src/evaluate/compare.ts';
import { type History, visitsOf } from '../../src/evaluate/history.ts';
import { toOutcomes } from '../../src/evaluate/outcomes.ts';
import { POLICIES, type Policy, type Replay, replay } from '../../src/evaluate/replay.ts';
import { toPlan } from '../../src/evaluate/replay-plan.ts';
import { resample } from '../../src/evaluate/resample.ts';
import { PosteriorPool } from '../../src/index.ts';
import { cli, historyRows, jsonl, output, root } from '../support/cli.ts';
import { historyOf, type Visit, visits } from '../support/history.ts';

const wishes = { pool: {}, count: undefined, rounds: undefined, rollouts: undefined, candidates: undefined };
const logs = fc.array(visits(8, 6), { minLength: 1, maxLength: 24 });
const kinds = fc.constantFrom(...POLICIES);
const plans = fc.record({
  pool: fc.record({ discount: fc.constantFrom(0, 0.5, 0.9, 1) }),
  count: fc.integer({ min: 1, max: 12 }),
  rounds: fc.integer({ min: 1, max: 6 }),
  rollouts: fc.constantFrom(2, 8),
  candidates: fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined }),
});

function chosen(history: History, kind: Policy, plan: Replay): number[][] {
  return [...replay(history, kind, 1, plan)].map(({ indices }) => [...indices]);
}

describe('the replay of a policy', () => {
  test('never depends on what was not shown to it yet', () => {
    fc.assert(
      fc.property(logs, kinds, plans, fc.nat(5), fc.func(fc.nat(8)), (log, kind, plan, round, other) => {
        const before = chosen(historyOf(log), kind, plan).slice(0, round + 1);
        const shown = new Set(
          before.slice(0, round).flatMap((prompts, t) => prompts.map((prompt) => `${prompt} ${t}`)),
        );
        const changed = log.map((visits, prompt) =>
          visits.map((visit, t) =>
            shown.has(`${prompt} ${t}`) ? visit : { ...visit, successes: Math.min(other(prompt, t), visit.trials) },
          ),
        );
        expect(chosen(historyOf(changed), kind, plan).slice(0, round + 1)).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('shows in round t visit number t, of prompts that have one, each once', () => {
    fc.assert(
      fc.property(logs, kinds, plans, (log, kind, plan) => {
        for (const [t, { indices, successes, trials }] of [...replay(historyOf(log), kind, 1, plan)].entries()) {
          const seen = Array.from(indices, (prompt) => log[prompt]?.[t]);
          expect(seen).toEqual(Array.from(indices, (_, i) => ({ successes: successes[i], trials: trials[i] })));
          expect(new Set(indices).size).toBe(indices.length);
        }
      }),
    );
  });

  test('selects as the pool of the library does after what was shown', () => {
    fc.assert(
      fc.property(logs, plans, (log, { candidates: _, ...plan }) => {
        const pool = new PosteriorPool(log.length, plan.pool);
        const acquisition = { kind: 'non-degenerate', rollouts: plan.rollouts } as const;
        const rounds = replay(historyOf(log), 'non-degenerate', 1, { ...plan, candidates: undefined });
        for (const [t, round] of [...rounds].entries()) {
          const exclude = log.flatMap((visits, prompt) => (visits.length <= t ? [prompt] : []));
          expect([...round.indices]).toEqual([...pool.select(plan.count, { acquisition, exclude }).indices]);
          pool.update(round);
        }
      }),
    );
  });

  test('gives the slots of a floor to the prompts that were not shown for longest', () => {
    fc.assert(
      fc.property(logs, fc.constantFrom(...ACQUISITIONS), plans, fc.nat(12), (log, kind, plan, floor) => {
        const slots = Math.min(floor, plan.count);
        const last = log.map(() => -1);
        const rounds = [...replay(historyOf(log), kind, 1, { ...plan, candidates: undefined, floor: slots })];
        for (const [t, { indices }] of rounds.entries()) {
          const left = log.flatMap((visits, prompt) => (visits.length > t ? [prompt] : []));
          const unseen = left.sort((a, b) => (last[a] as number) - (last[b] as number) || a - b);
          expect([...indices.subarray(0, slots)]).toEqual(unseen.slice(0, slots));
          expect(new Set(indices).size).toBe(Math.min(plan.count, left.length));
          for (const prompt of indices) last[prompt] = t;
        }
      }),
    );
  });

  test('of Thompson draws selects by one seed a round', () => {
    fc.assert(
      fc.property(logs, plans, (log, { candidates: _, ...plan }) => {
        const pool = new PosteriorPool(log.length, plan.pool);
        const rounds = replay(historyOf(log), 'thompson-difficulty', 3, { ...plan, candidates: undefined });
        for (const [t, round] of [...rounds].entries()) {
          const acquisition = { kind: 'expected-difficulty', seed: 3 * 2 ** 16 + t } as const;
          const exclude = log.flatMap((visits, prompt) => (visits.length <= t ? [prompt] : []));
          expect([...round.indices]).toEqual([...pool.select(plan.count, { acquisition, exclude }).indices]);
          pool.update(round);
        }
      }),
    );
  });

  test('in shuffled epochs shows no prompt again before all that are left had their turn', () => {
    fc.assert(
      fc.property(logs, plans, (log, plan) => {
        const times = log.map(() => 0);
        for (const [t, prompts] of chosen(historyOf(log), 'shuffled-epochs', plan).entries()) {
          const waiting = log.flatMap(({ length }, i) => (length > t && !prompts.includes(i) ? [times[i]!] : []));
          for (const prompt of prompts) expect(times[prompt]).toBeLessThanOrEqual(Math.min(...waiting));
          for (const prompt of prompts) times[prompt]!++;
        }
      }),
    );
  });

  test('in shuffled epochs takes another order in each epoch and for each seed', () => {
    const log = historyOf(Array.from({ length: 64 }, () => Array(8).fill({ successes: 1, trials: 2 }) as Visit[]));
    const plan = { pool: {}, count: 16, rounds: 8, rollouts: 8, candidates: undefined };
    const epochs = [1, 2].flatMap((seed) => {
      const prompts = [...replay(log, 'shuffled-epochs', seed, plan)].flatMap(({ indices }) => [...indices]);
      return [prompts.slice(0, 64), prompts.slice(64)];
    });
    for (const epoch of epochs)
      expect([...epoch].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect(new Set(epochs.map(String)).size).toBe(4);
  });

  test('shows as many groups as any other, whatever the policy', () => {
    fc.assert(
      fc.property(logs, plans, (log, plan) => {
        const sizes = POLICIES.map((kind) => chosen(historyOf(log), kind, plan).map((prompts) => prompts.length));
        for (const size of sizes) expect(size).toEqual(sizes[0]);
        if (plan.candidates !== undefined) return;
        const left = (t: number): number => log.filter((visits) => visits.length > t).length;
        expect(sizes[0]).toEqual(Array.from({ length: plan.rounds }, (_, t) => Math.min(plan.count, left(t))));
      }),
    );
  });

  test('out of candidates selects none but these', () => {
    const log = Array.from({ length: 40 }, () => Array(4).fill({ successes: 3, trials: 8 }) as Visit[]);
    const plan = { pool: {}, count: 5, rounds: 4, rollouts: 8, candidates: 10 };
    const rounds = chosen(historyOf(log), 'inverse-evidence', plan);
    for (const [t, prompts] of rounds.entries()) {
      const candidates = drawCandidates(40, 10, 2 ** 16 + t);
      expect(prompts.every((prompt) => candidates.includes(prompt))).toBe(true);
    }
  });
});

describe('outcomes', () => {
  test('are counted by hand', () => {
    const round = (indices: number[], successes: number[]) => ({
      indices: Uint32Array.from(indices),
      successes: Uint16Array.from(successes),
      trials: Uint16Array.from(indices, () => 4),
    });
    const rounds = [round([0, 1], [0, 2]), round([0, 2], [4, 1]), round([2], [3])];
    expect(toOutcomes(rounds, 4, 2)).toEqual({
      informative: 3 / 5,
      variance: (1 / 4 + 3 / 16 + 3 / 16) / 5,
      coverage: 3 / 4,
      starved: 2 / 4,
      byRound: {
        informative: [1 / 2, 1 / 2, 1],
        variance: [1 / 8, 3 / 32, 3 / 16],
        coverage: [1 / 2, 3 / 4, 3 / 4],
      },
    });
  });

  test('of taking turns: every prompt is seen, and none starves', () => {
    const log = Array.from({ length: 32 }, (_, i) => Array(16).fill({ successes: i % 9, trials: 8 }) as Visit[]);
    const { policies } = compare(historyOf(log), toPlan(historyOf(log), { ...wishes, count: 4 }), 3);
    const turns = policies.find(({ policy }) => policy === 'inverse-evidence');
    expect(turns).toMatchObject({ coverage: { mean: 1, sd: 0 }, starved: { mean: 0, sd: 0 } });
  });

  test('of a policy that learns: where the other half is hopeless, only informative groups are left', () => {
    const log = Array.from(
      { length: 64 },
      (_, i) => Array(20).fill({ successes: i % 2 === 0 ? 4 : 0, trials: 8 }) as Visit[],
    );
    const { policies } = compare(historyOf(log), toPlan(historyOf(log), { ...wishes, count: 8 }), 20);
    const at = (kind: string) => policies.find(({ policy }) => policy === kind);
    expect(at('expected-difficulty')?.byRound.informative.mean.at(-1)).toBe(1);
    expect(at('random')?.informative.mean).toBeCloseTo(0.5, 1);
    expect(at('expected-difficulty')?.gain.mean).toBeGreaterThan(0.2);
  });
});

describe('the comparison', () => {
  test('has shares in [0, 1], coverage that never falls, and no gain of a baseline over itself', () => {
    fc.assert(
      fc.property(logs, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }), (log, seeds, count) => {
        const history = historyOf(log);
        const { policies, rounds } = compare(history, toPlan(history, { ...wishes, count }), seeds);
        expect(policies.map(({ policy }) => policy).sort()).toEqual([...POLICIES].sort());
        for (const {
          informative,
          variance,
          coverage,
          starved,
          byRound,
          policy,
          gain,
          gainOverEpochs,
          betweenRounds,
        } of policies) {
          for (const { mean, sd } of [informative, coverage, starved]) {
            expect(mean).toBeGreaterThanOrEqual(0);
            expect(mean).toBeLessThanOrEqual(1);
            expect(sd).toBeLessThanOrEqual(0.71);
          }
          expect(variance.mean).toBeLessThanOrEqual(0.25);
          expect(byRound.coverage.mean).toEqual([...byRound.coverage.mean].sort((a, b) => a - b));
          expect(byRound.informative.mean.length).toBe(rounds);
          if (policy === 'random') expect(gain).toEqual({ mean: 0, sd: 0 });
          if (policy === 'shuffled-epochs') expect(gainOverEpochs).toEqual({ mean: 0, sd: 0 });
          const epochs = policies.find((other) => other.policy === 'shuffled-epochs')!;
          expect(gainOverEpochs.mean).toBeCloseTo(informative.mean - epochs.informative.mean, 12);
          if (seeds > 1) continue;
          expect(informative.sd).toBe(0);
          const shares = byRound.informative.mean.filter((share) => !Number.isNaN(share));
          const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
          const squares = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0);
          expect(betweenRounds.mean).toBeCloseTo(Math.sqrt(squares / Math.max(1, shares.length - 1)), 12);
        }
        const shares = policies.map(({ informative }) => informative.mean);
        expect(shares).toEqual([...shares].sort((a, b) => b - a));
      }),
      { numRuns: 40 },
    );
  });

  test('draws prompts with replacement, each with all its visits', () => {
    fc.assert(
      fc.property(logs, fc.nat(1000), (log, seed) => {
        const sample = resample(historyOf(log), seed);
        const all = log.map((visits) => JSON.stringify(visits));
        expect(sample.prompts).toBe(log.length);
        for (let prompt = 0; prompt < sample.prompts; prompt++) {
          const start = sample.starts[prompt] as number;
          const drawn = Array.from({ length: visitsOf(sample, prompt) }, (_, i) => ({
            trials: sample.trials[start + i],
            successes: sample.successes[start + i],
          }));
          expect(all).toContain(JSON.stringify(drawn));
        }
      }),
    );
    const log = Array.from({ length: 2000 }, (_, i) => [{ trials: 2000, successes: i }]);
    const samples = [1, 2].map((seed) => resample(historyOf(log), seed));
    for (const { successes } of samples) expect(new Set(successes).size / 2000).toBeCloseTo(1 - 1 / Math.E, 1);
    expect(samples[0]?.successes).not.toEqual(samples[1]?.successes);
  });

  test('plans by the log: a 16th of the prompts, the most common group size, the visits of half of the prompts', () => {
    const log = Array.from({ length: 48 }, (_, i) =>
      Array(i < 30 ? 7 : 3).fill({ successes: 1, trials: i < 5 ? 16 : 4 }),
    );
    expect(toPlan(historyOf(log), wishes)).toEqual({
      pool: {},
      count: 3,
      rounds: 7,
      rollouts: 4,
      candidates: undefined,
    });
  });
});

describe('insight-wasm replay', () => {
  test('the same flags print the same bytes, other seeds others', () => {
    const run = (seeds: number) => output(['replay', '-', '--seeds', `${seeds}`, '--json'], jsonl(historyRows));
    expect(run(2)).toBe(run(2));
    expect(run(2)).not.toBe(run(3));
  });

  test('prints the caveat every time', () => {
    const log = jsonl(historyRows);
    expect((JSON.parse(output(['replay', '-', '--json'], log)) as Comparison).caveat).toBe(CAVEAT);
    expect(output(['replay', '-'], log).replaceAll('\n', ' ')).toContain(CAVEAT);
  });

  test('people get one screen, 80 wide, with notes of what to doubt', () => {
    const log = Array.from({ length: 40 }, (_, i) => ({ id: i, trials: 1, successes: Array(1 + (i % 4)).fill(i % 2) }));
    const lines = output(['replay', '-'], jsonl(log)).trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(50);
    expect(Math.max(...lines.slice(2).map((line) => line.length))).toBeLessThanOrEqual(80);
    const notes = lines.join(' ');
    expect(notes).toContain('policies can hardly learn anything in 2 rounds');
    expect(notes).toContain('prompts were visited 1 to 4 times');
    expect(notes).toContain('single rollouts make no mixed group');
  });

  test('rounds in which no prompt is left are told from rounds without mixed groups', () => {
    const log = [...Array(30).fill([3]), [3, 3]].map((successes, id) => ({ id, trials: 8, successes }));
    const flags = ['replay', '-', '--rounds', '2', '--seeds', '1', '--count', '4'];
    const { policies } = JSON.parse(cli([...flags, '--json'], jsonl(log)).stdout) as Comparison;
    expect(policies[0]?.byRound.informative.mean).toEqual([1, null]); // the draw lacks the prompt of two visits
    const { stdout: text, stderr } = cli(flags, jsonl(log));
    expect(stderr).toMatch(/^insight-wasm: No group is all right or all wrong/);
    expect(text).toMatch(/^random +100.0 +- +0.0 +\d+$/m);
    expect(text).not.toContain('NaN');
  });

  test('more rounds than there are visits are an error, and so is a log of nothing', () => {
    expect(cli(['replay', '-', '--rounds', '4'], jsonl(historyRows))).toEqual({
      status: 1,
      stdout: '',
      stderr: 'insight-wasm: 4 rounds are more than the log has: no prompt was visited more than 3 times\n',
    });
    expect(cli(['replay', '-'])).toMatchObject({ status: 1, stdout: '' });
  });

  test('a real run gives the order and the shares of docs/method.md', ({ skip }) => {
    const file = join(root, '../shared/data/grpo-history.jsonl');
    if (!existsSync(file)) {
      console.warn(`SKIPPED: replay of a real run, for want of ${file}`);
      skip();
    }
    const run = (discount: string) => {
      const flags = ['--rounds', '44', '--seeds', '20', '--discount', discount, '--json'];
      const { policies } = JSON.parse(output(['replay', file, ...flags])) as Comparison;
      return (kind: string) => policies.find(({ policy }) => policy === kind)!;
    };
    const [plain, discounted] = [run('1'), run('0.9')];
    const measured: readonly (readonly [number, number])[] = [
      [plain('random').informative.mean, 0.52],
      [plain('weighted-mutual-information').informative.mean, 0.66],
      [discounted('weighted-mutual-information').informative.mean, 0.72],
      [plain('expected-difficulty').informative.mean, 0.8],
      [plain('thompson-difficulty').informative.mean, 0.76],
      [plain('non-degenerate').informative.mean, 0.87],
    ];
    for (const [share, documented] of measured) expect(Math.abs(share - documented)).toBeLessThan(0.02);
    expect(Math.abs(plain('non-degenerate').coverage.mean - 0.28)).toBeLessThan(0.03);

    // The paper's rule sweeps the pool, and no baseline does.
    const spread = (kind: string) => plain(kind).betweenRounds.mean;
    expect(spread('weighted-mutual-information')).toBeGreaterThan(2 * spread('random'));
    expect(Math.abs(spread('shuffled-epochs') - spread('random'))).toBeLessThan(0.02);

    // The order is no accident of the prompts.
    for (const [i, kind] of (
      ['weighted-mutual-information', 'expected-difficulty', 'non-degenerate'] as const
    ).entries()) {
      const below = plain((['random', 'weighted-mutual-information', 'expected-difficulty'] as const)[i] as string);
      expect(plain(kind).gain.mean - below.gain.mean).toBeGreaterThan(2 * Math.max(plain(kind).gain.sd, below.gain.sd));
    }
  });
});
