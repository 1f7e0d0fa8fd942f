import { describe, expect, test } from 'vitest';
import { ARMS, type ArmName, armOf, type Setting } from '../../experiments/arms.ts';
import { COUNTED, MAIN_ARMS } from '../../experiments/protocol.ts';

const POOL = 2048;

const setting = (over?: Partial<Setting>): Setting => ({
  seed: 9,
  pool: POOL,
  trueRates: () => new Float64Array(POOL),
  ...over,
});

/** What an arm chooses in some steps, if prompt i is right in (i mod 9) of 8 rollouts, whatever is done. */
function choices(arm: ArmName, steps: number, over?: Partial<Setting>): Uint32Array[] {
  const chooser = armOf(arm).chooser(setting(over));
  return Array.from({ length: steps }, (_, step) => {
    const indices = chooser.choose(step);
    chooser.observe?.(
      indices,
      Array.from(indices, (index) => index % 9),
    );
    return indices;
  });
}

describe('every arm', () => {
  test.each(Object.keys(ARMS) as ArmName[])('%s chooses 32 different prompts, as a function of its seed', (arm) => {
    const chosen = choices(arm, 5);
    for (const indices of chosen) {
      expect(new Set(indices).size).toBe(32);
      expect(Math.max(...indices)).toBeLessThan(POOL);
    }
    expect(choices(arm, 5)).toEqual(chosen);
  });

  test('stands in the protocol', () => {
    const named = new Set(COUNTED.blocks.flatMap(({ arms }) => arms));
    expect([...named].sort()).toEqual(Object.keys(ARMS).sort());
    expect(MAIN_ARMS).toHaveLength(14);
  });
});

test('epochs show every prompt once before any a second time, in another order', () => {
  const all = choices('epochs', POOL / 16).map((indices) => [...indices]);
  const [first, second] = [all.slice(0, POOL / 32).flat(), all.slice(POOL / 32).flat()];
  for (const epoch of [first, second]) expect(new Set(epoch).size).toBe(POOL);
  expect(first).not.toEqual(second);
});

test('the oracle chooses what is nearest to one half', () => {
  const trueRates = () => Float64Array.from({ length: POOL }, (_, i) => i / POOL);
  const [indices] = choices('oracle', 1, { trueRates });
  expect([...indices!].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => 1008 + i));
});

test('arms with as many candidates have the same in a step, and those with fewer stay with them', () => {
  const wide = choices('wmi-16', 1);
  const drawn = choices('mutual-information', 1);
  expect(wide).toEqual(drawn); // nothing is known yet: the lowest indices of the same candidates
  expect(choices('wmi-4', 1)).toEqual(choices('non-degenerate-4', 1));
});

test('the floor gives a quarter of the slots to what was not seen for longest', () => {
  const chosen = choices('wmi-16-floor', 70);
  const lastSeen = new Array<number>(POOL).fill(-1);
  chosen.forEach((indices, step) => {
    const oldest = lastSeen
      .map((seen, index) => ({ seen, index }))
      .sort((a, b) => a.seen - b.seen || a.index - b.index)
      .slice(0, 8)
      .map(({ index }) => index);
    expect([...indices.slice(24)].sort((a, b) => a - b)).toEqual(oldest.sort((a, b) => a - b));
    for (const index of indices) lastSeen[index] = step;
  });
});

test('a posterior comes back to prompts of middling difficulty, a random choice does not', () => {
  const share = (arm: ArmName) => {
    const late = choices(arm, 200).slice(100);
    return late.flatMap((indices) => [...indices]).filter((index) => index % 9 >= 3 && index % 9 <= 5).length / 3200;
  };
  expect(share('random')).toBeCloseTo(1 / 3, 1);
  expect(share('thompson-16')).toBeGreaterThan(0.7);
});
