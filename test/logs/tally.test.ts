import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseObject } from '../../src/logs/json.ts';
import { toRow } from '../../src/logs/mapping.ts';
import { Tally } from '../../src/logs/visits.ts';
import { PosteriorPool } from '../../src/index.ts';
import type { Fields, Observation } from '../support/cli.ts';

describe('the tally', () => {
  const id = fc.constantFrom('a', 'b', 'c');
  const step = fc.constantFrom(-1, 0, 0.5, 2);
  const trials = fc.integer({ min: 1, max: 9 });
  const right = fc.nat({ max: 9 });
  const rollout = fc.record({ id, step, score: fc.boolean() });
  const counts = fc.record({ id, step, successes: right, trials }).map(atMostTrials);
  const unstepped = fc.constantFrom('d', 'e');
  const later = fc.record({ id: unstepped, successes: right, trials }).map(atMostTrials);
  const history = fc
    .record({ id: unstepped, successes: fc.array(right, { maxLength: 4 }) })
    .map(({ id, successes }) => ({ id, successes, trials: 9 }));

  function atMostTrials<T extends { successes: number; trials: number }>(row: T): T {
    return { ...row, successes: Math.min(row.successes, row.trials) };
  }

  /** In order of step, then of the file; the rollouts of a prompt and step where the first of them stands. */
  function naive(rows: readonly (Fields & { id: string })[]): Observation[] {
    const all: (Observation & { step: number; group?: string })[] = [];
    for (const row of rows) {
      const at = { id: row.id, step: Number(row.step ?? 0) };
      const group = `${at.id} ${at.step}`;
      if (Array.isArray(row.successes)) {
        for (const successes of row.successes) all.push({ ...at, successes, trials: 9 });
      } else if ('trials' in row) {
        all.push({ ...at, successes: Number(row.successes), trials: Number(row.trials) });
      } else if (!all.some((known) => known.group === group)) {
        const own = rows.filter((other) => 'score' in other && `${other.id} ${other.step}` === group);
        all.push({ ...at, group, successes: own.filter(({ score }) => score).length, trials: own.length });
      }
    }
    return all.sort((a, b) => a.step - b.step);
  }

  test.each([1, 0.9, 0])('of any log is that of a naive model, with discount %d', (discount) => {
    fc.assert(
      fc.property(fc.array(fc.oneof(rollout, rollout, counts, later, history), { maxLength: 40 }), (rows) => {
        const tally = new Tally(discount, { threshold: 0.5 });
        for (const line of rows.map((row) => JSON.stringify(row))) {
          tally.add(toRow(parseObject(line) ?? {}, {}));
        }
        const ids = [...new Set(rows.map(({ id }): string => id))];
        expect(tally.ids).toEqual(ids);
        const options = { discount, prior: { alpha: 2, beta: 1 } };
        const pool = new PosteriorPool(ids.length, options);
        for (const batch of tally.batches()) pool.update(batch);
        const model = new PosteriorPool(ids.length, options);
        let rollouts = 0;
        for (const { id, successes, trials } of naive(rows)) {
          model.update({ indices: [ids.indexOf(id)], successes: [successes], trials });
          rollouts += trials;
        }
        expect(pool.toBytes()).toEqual(model.toBytes());
        expect(tally.rollouts).toBe(rollouts);
      }),
      { numRuns: 500 },
    );
  });
});
