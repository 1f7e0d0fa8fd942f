import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PosteriorPool } from '../../src/index.ts';
import { encodeState } from '../../src/state/codec.ts';
import { freeze } from '../../src/state/freeze.ts';
import { encodeSections, writeSections } from '../../src/state/sections.ts';
import { State } from '../../src/state/state.ts';

const prior = { alpha: 0.75, beta: 2 };
const visit = fc.record({ trials: fc.integer({ min: 1, max: 12 }), share: fc.double({ min: 0, max: 1, noNaN: true }) });
const counts = (trials: number, share: number) => ({ successes: Math.round(share * trials), trials });
const posterior = (state: State) => state.pool.get(0);
const take = (state: State, step: number | undefined, successes: number, trials: number, discount?: number) =>
  state.take({ index: 0, step, isRollout: false, successes, trials, discount });

describe('late evidence', () => {
  test('that is one visit late gives the posterior of the true order, to the bit', () => {
    fc.assert(
      fc.property(
        fc.array(visit, { minLength: 2, maxLength: 9 }),
        fc.nat(),
        fc.constantFrom(0, 0.5, 0.9),
        (visits, swap, discount) => {
          const [ordered, swapped] = [
            State.unseen({ discount, prior }, ['a']),
            State.unseen({ discount, prior }, ['a']),
          ];
          const order = visits.map((_, step) => step);
          const at = swap % (visits.length - 1);
          [order[at], order[at + 1]] = [at + 1, at];
          const fates = order.map((step) => {
            const { successes, trials } = counts(visits[step]?.trials ?? 0, visits[step]?.share ?? 0);
            return take(swapped, step, successes, trials);
          });
          for (const [step, { trials, share }] of visits.entries()) {
            take(ordered, step, counts(trials, share).successes, trials);
          }
          expect(fates.filter((fate) => fate === 'late')).toHaveLength(1);
          expect(fates[at + 1]).toBe('late');
          expect(posterior(swapped)).toEqual(posterior(ordered));
          expect(swapped.columns.visits[0]).toBe(visits.length);
        },
      ),
    );
  });

  test('is late before a visit with a discount of its own also where the state has none', () => {
    const visits: [step: number, successes: number, trials: number, discount?: number][] = [
      [3, 8, 8],
      [5, 4, 8, 0.5],
    ];
    const [ordered, swapped] = [visits, [...visits].reverse()].map((order) => {
      const state = State.unseen({ discount: 1, prior }, ['a']);
      const fates = order.map((one) => take(state, ...one));
      return { state, fates };
    });
    expect(ordered?.fates).toEqual(['observed', 'observed']);
    expect(swapped?.fates).toEqual(['observed', 'late']);
    expect(posterior(swapped?.state as State)).toEqual(posterior(ordered?.state as State));
    // Newer ones, and more of the same step, are what they were.
    for (const step of [5, 6, 7, 6]) {
      for (const { state } of [ordered, swapped] as { state: State }[]) {
        expect(take(state, step, 1, 2)).toBe('observed');
      }
    }
    expect(posterior(swapped?.state as State)).toEqual(posterior(ordered?.state as State));
  });

  test('in any order and any parts is a posterior that decodes, and one at discount 1 is the sum', () => {
    const part = fc.record({ step: fc.constantFrom(undefined, 0, 1, 2, 3), trials: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.constantFrom(1, 0.9, 0), (parts, discount) => {
        const state = State.unseen({ discount, prior }, ['a']);
        for (const { step, trials } of parts) take(state, step, trials / 4, trials);
        const { evidence } = posterior(state);
        const all = parts.reduce((sum, { trials }) => sum + trials, 0);
        if (discount === 1) expect(evidence).toBeCloseTo(2.75 + all, 4);
        else expect(evidence).toBeLessThanOrEqual(2.75 + all + 1e-4);
        expect(evidence).toBeGreaterThanOrEqual(2.75 - 1e-6);
      }),
    );
  });

  test('that cannot be taken changes nothing', () => {
    const state = State.unseen({ discount: 0.9, prior }, ['a']);
    take(state, 5, 3, 8);
    const before = encodeState(state);
    expect(() => take(state, 5, 3, 65_535)).toThrow('more than 65,535 rollouts at step 5');
    expect(() => take(state, 4, 3, 65_536)).toThrow('more than 65,535 rollouts at step 4');
    state.columns.settledAlpha[0] = 2 ** 24 - 4;
    const high = encodeState(state);
    expect(() => take(state, 4, 65_535, 65_535, 1)).toThrow('would leave its range');
    expect(() => take(state, 5, 8, 8)).toThrow('would leave its range');
    expect(encodeState(state)).toEqual(high);
    expect(high).not.toEqual(before);
  });

  test('a visit has the discount that it is given, and keeps it when parts and late visits come', () => {
    const state = State.unseen({ discount: 0.9, prior: { alpha: 1, beta: 1 } }, ['a']);
    take(state, 1, 4, 8);
    take(state, 3, 1, 2, 0.5); // 0.5 * 5 + 0.5 + 1
    expect(posterior(state).alpha).toBe(4);
    take(state, 3, 1, 2, 0.25); // a part: the visit has its discount
    expect(posterior(state).alpha).toBe(5);
    take(state, 2, 2, 2, 1); // late, more of what was before: 0.5 * 7 + 0.5 + 2
    expect(posterior(state).alpha).toBe(6);
    const one = State.unseen({ discount: 1, prior: { alpha: 1, beta: 1 } }, ['a']);
    take(one, 1, 4, 8);
    take(one, 2, 1, 2, 0.5);
    take(one, 3, 1, 2);
    expect(posterior(one).alpha).toBe(5);
  });

  test('visits in order have the bits of updates of the library, also of fractions and with discounts of their own', () => {
    const own = fc.constantFrom(undefined, undefined, 1, 0.25);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(visit, own, fc.boolean()), { maxLength: 9 }),
        fc.constantFrom(1, 0.9, 0.3, 0),
        (visits, discount) => {
          fc.pre(discount < 1 || visits.every(([, given]) => given !== 1));
          const pool = new PosteriorPool(1, { discount, prior });
          const state = State.unseen({ discount, prior }, ['a']);
          for (const [step, [{ trials, share }, given, isWhole]] of visits.entries()) {
            const successes = isWhole ? Math.round(share * trials) : Math.fround(share * trials);
            pool.update({ indices: [0], successes: [successes], trials, discount: given });
            take(state, step, successes, trials, given);
          }
          // At discount 1 the counts are added up and rounded once.
          if (discount === 1) expect(posterior(state).alpha).toBeCloseTo(pool.get(0).alpha, 4);
          else expect(posterior(state)).toEqual(pool.get(0));
        },
      ),
    );
  });
});

test('a frozen state stays what it was, whatever is observed and taken back meanwhile', () => {
  const ids = Array.from({ length: 300 }, (_, i) => `p${i}`);
  const observation = fc.record({
    ...{ index: fc.nat(299), step: fc.nat(5), successes: fc.constantFrom(0, 1, 0.5) },
    ...{ discount: fc.constantFrom(undefined, 0.25) },
  });
  fc.assert(
    fc.property(fc.array(observation), fc.array(observation, { minLength: 30 }), (before, after) => {
      const state = State.unseen({ discount: 0.9, prior }, ids);
      const add = (one: (typeof before)[number]) => state.take({ ...one, isRollout: false, trials: 1 });
      before.forEach(add);
      const wanted = encodeState(state);
      const { sections, thaw } = freeze(state);
      const bytes = new Uint8Array(wanted.length);
      const rest = [...after];
      for (const _ of writeSections(sections, (part, at) => bytes.set(part, at), 64)) {
        const next = rest.shift();
        if (next === undefined) continue;
        const back = state.remember([next.index]);
        add(next);
        if (next.step === 3) back();
      }
      thaw();
      expect(bytes).toEqual(wanted);
      expect(encodeSections([])).toHaveLength(48);
    }),
    { numRuns: 50 },
  );
});
