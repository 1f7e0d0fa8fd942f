import { describe, expect, test } from 'vitest';
import { bruteForce, mergedOf, randomOf, selected, toCase } from '../support/constrained.ts';

describe('a constrained selection', () => {
  test('is the best of all sets that the constraints allow, in 3,000 random cases full of ties', () => {
    let [infeasible, constrained] = [0, 0];
    for (let seed = 1; seed <= 3000; seed++) {
      const one = toCase(seed);
      const wanted = bruteForce(one);
      expect(selected(one), `case ${seed}`).toEqual(wanted);
      if (wanted === undefined) infeasible++;
      else if (one.query.quotas !== undefined && one.query.floor !== undefined) constrained++;
    }
    expect([infeasible > 50, constrained > 500]).toEqual([true, true]);
  });

  test('of parts, merged, is that of the whole, however it is cut', () => {
    for (let seed = 1; seed <= 1000; seed++) {
      const { query, ...one } = toCase(seed, 24);
      // Candidates of a part are not drawn out of "only".
      const whole = { ...one, query: query.candidates === undefined ? query : { ...query, only: undefined } };
      const random = randomOf(seed);
      const cuts = Array.from({ length: random(4) }, () => random(one.state.size + 1));
      expect(mergedOf(whole, cuts), `case ${seed}, cut at ${cuts}`).toEqual(selected(whole));
    }
  });
});
