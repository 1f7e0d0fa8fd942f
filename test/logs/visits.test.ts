import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';
import { countSizes } from '../../src/logs/audit/group-sizes.ts';
import { parseObject } from '../../src/logs/json.ts';
import { toRow } from '../../src/logs/mapping.ts';
import { Visits } from '../../src/logs/visits.ts';
import { applyVisits } from '../../src/state/apply-visits.ts';
import type { Fields } from '../support/cli.ts';
import { anyRows } from '../support/rows.ts';

interface Naive {
  readonly id: string;
  /** -Infinity: rollouts without a step. */
  readonly step: number;
  /** Of counts without a step: the place among all such. */
  readonly turn: number;
  successes: number;
  trials: number;
}

/** The rule as docs/visits.md says it, with no thought of speed. */
function naive(rows: readonly Fields[]): Naive[] {
  const visits: Naive[] = [];
  for (const row of rows) {
    const counts = Array.isArray(row.successes)
      ? row.successes.map((successes) => [Number(successes), Number(row.trials)])
      : 'trials' in row
        ? [[Number(row.successes), Number(row.trials)]]
        : [[Number(row.score), 1]];
    for (const [successes, trials] of counts as [number, number][]) {
      const isCounts = 'trials' in row;
      const step = row.step === undefined ? (isCounts ? -Number.MAX_VALUE : -Infinity) : Number(row.step);
      const isApart = row.step === undefined && isCounts;
      const known = visits.find((visit) => visit.id === row.id && visit.step === step);
      if (known !== undefined && !isApart) {
        known.successes += successes;
        known.trials += trials;
      } else {
        visits.push({ id: String(row.id), step, turn: visits.length, successes, trials });
      }
    }
  }
  return visits.sort((a, b) => (a.step < b.step ? -1 : Number(a.step > b.step)) || a.turn - b.turn);
}

const read = (rows: readonly Fields[]): Visits => {
  const visits = new Visits();
  for (const line of rows.map((row) => JSON.stringify(row))) visits.add(toRow(parseObject(line) ?? {}, {}));
  return visits;
};

describe('the visits of any log', () => {
  test.each([0.9, 0])('are those of a naive model, at discount %d', (discount) => {
    fc.assert(
      fc.property(anyRows({ unsteppedRollouts: false }), (rows) => {
        const visits = read(rows);
        const ids = [...new Set(rows.map(({ id }) => String(id)))];
        expect(visits.ids).toEqual(ids);
        const options = { discount, prior: { alpha: 2, beta: 1 } };
        const pool = new PosteriorPool(ids.length, options);
        applyVisits(visits, pool);
        const model = new PosteriorPool(ids.length, options);
        const wanted = naive(rows);
        for (const { id, successes, trials } of wanted) {
          model.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
        }
        expect(pool.toBytes()).toEqual(model.toBytes());
        expect(visits.rollouts).toBe(wanted.reduce((sum, { trials }) => sum + trials, 0));
      }),
      { numRuns: 500 },
    );
  });

  test('are one sum of each prompt at discount 1, also with rollouts that have no step', () => {
    fc.assert(
      fc.property(anyRows({ unsteppedRollouts: true }), (rows) => {
        const ids = [...new Set(rows.map(({ id }) => String(id)))];
        const options = { prior: { alpha: 0.3, beta: 0.7 } };
        const pool = new PosteriorPool(ids.length, options);
        applyVisits(read(rows), pool);
        const model = new PosteriorPool(ids.length, options);
        for (const [index, id] of ids.entries()) {
          const own = naive(rows).filter((visit) => visit.id === id);
          const trials = own.reduce((sum, visit) => sum + visit.trials, 0);
          if (trials === 0) continue;
          model.update({
            indices: [index],
            successes: [own.reduce((sum, { successes }) => sum + successes, 0)],
            trials,
          });
        }
        expect(pool.toBytes()).toEqual(model.toBytes());
      }),
      { numRuns: 500 },
    );
  });

  test('are the groups that audit counts', () => {
    fc.assert(
      fc.property(anyRows({ unsteppedRollouts: true }), (rows) => {
        const sizes = Object.fromEntries(countSizes(read(rows).byPrompt()).map(({ size, groups }) => [size, groups]));
        const wanted: Record<number, number> = {};
        for (const { trials } of naive(rows)) wanted[trials] = (wanted[trials] ?? 0) + 1;
        expect(sizes).toEqual(wanted);
      }),
      { numRuns: 200 },
    );
  });

  test('come turn by turn in the same order for each prompt as prompt by prompt', () => {
    fc.assert(
      fc.property(anyRows({ unsteppedRollouts: true }), (rows) => {
        const visits = read(rows);
        const byTurn = [...visits.byTurn()];
        const again = visits.ids.flatMap((_, prompt) => byTurn.filter((visit) => visit.prompt === prompt));
        expect(again).toEqual([...visits.byPrompt()]);
      }),
    );
  });

  test('in any order of rows are the same, but for counts without a step, which keep theirs', () => {
    const rows = [
      { id: 'a', step: 2, score: 1 },
      { id: 'a', successes: 1, trials: 4 },
      { id: 'a', step: 1, successes: 2, trials: 2 },
      { id: 'a', step: 2, successes: 3, trials: 4 },
      { id: 'a', successes: 0, trials: 3 },
    ];
    const visits = [...read(rows).byPrompt()].map(({ step, successes, trials }) => [step, successes, trials]);
    expect(visits).toEqual([
      [undefined, 1, 4],
      [undefined, 0, 3],
      [1, 2, 2],
      [2, 4, 5],
    ]);
    const turned = [rows[1], rows[4], rows[3], rows[2], rows[0]] as Fields[];
    expect([...read(turned).byPrompt()].map(({ step, successes, trials }) => [step, successes, trials])).toEqual(
      visits,
    );
  });
});

test('rewards that count in part have the same sum in any order', () => {
  const rewards = [0.1, 0.2, 0.3, 0.7, 1 / 3, 0.9, 1, 0, -0];
  const sumOf = (given: readonly number[]): number | undefined => {
    const visits = new Visits({ threshold: 0.5, scale: { worst: 0, best: 1 } });
    for (const reward of given) visits.add({ id: 'a', step: 1, isRollout: true, reward, rewardField: 'score' });
    return visits.of(0)[0]?.successes;
  };
  const sum = sumOf(rewards);
  expect(sum).toBeCloseTo(3.5333333, 6);
  expect(sumOf([...rewards].reverse())).toBe(sum);
  expect(sumOf([...rewards].sort())).toBe(sum);
  const parts = (sumOf(rewards.slice(0, 4)) as number) + (sumOf(rewards.slice(4)) as number);
  expect(parts).toBe(sum);
});
