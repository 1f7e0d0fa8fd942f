import { expect, test } from 'vitest';
import { bruteForce, mergedOf, randomOf, selected, toCase } from '../support/constrained.ts';

test('100,000 constrained selections are the best of all sets that the constraints allow', () => {
  for (let seed = 1; seed <= 100_000; seed++) {
    const one = toCase(seed);
    expect(selected(one), `case ${seed}`).toEqual(bruteForce(one));
  }
}, 3_600_000);

test('20,000 selections of parts, merged, are those of the whole', () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const { query, ...one } = toCase(seed, 24);
    const whole = { ...one, query: query.candidates === undefined ? query : { ...query, only: undefined } };
    const random = randomOf(seed);
    const cuts = Array.from({ length: random(4) }, () => random(one.state.size + 1));
    expect(mergedOf(whole, cuts), `case ${seed}, cut at ${cuts}`).toEqual(selected(whole));
  }
}, 3_600_000);
