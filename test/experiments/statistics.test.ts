import { describe, expect, test } from 'vitest';
import {
  areaOf,
  bootstrap,
  holm,
  medianOf,
  rateAt,
  rolloutsTo,
  signTest,
  speedUp,
} from '../../experiments/statistics.ts';

const rising = { rollouts: [0, 100, 200, 300, 400], rates: [0, 0.1, 0.2, 0.3, 0.4] };
const faster = { rollouts: [0, 100, 200, 300, 400], rates: [0, 0.2, 0.4, 0.5, 0.5] };
const stuck = { rollouts: [0, 400], rates: [0, 0.1] };

describe('a curve', () => {
  test('has its mean as area, also with uneven steps', () => {
    expect(areaOf(rising)).toBeCloseTo(0.2, 12);
    expect(areaOf({ rollouts: [0, 100, 400], rates: [0, 0.1, 0.4] })).toBeCloseTo(0.2, 12);
  });

  test('is read between its points', () => {
    expect(rateAt(rising, 0)).toBe(0);
    expect(rateAt(rising, 250)).toBeCloseTo(0.25, 12);
    expect(rateAt(rising, 400)).toBeCloseTo(0.4, 12);
    expect(rolloutsTo(rising, 0.25)).toBeCloseTo(250, 9);
    expect(rolloutsTo(rising, 0.5)).toBeUndefined();
  });

  test('is twice as fast where it needs half of the rollouts, and at most slow by half where it never arrives', () => {
    expect(speedUp(faster, rising)).toBeCloseTo(2, 9);
    expect(speedUp(rising, rising)).toBe(1);
    expect(speedUp(stuck, rising)).toBeCloseTo(0.5, 9);
  });
});

describe('tests of paired differences', () => {
  test('the sign test is exact and leaves ties out', () => {
    expect(signTest(Array(16).fill(1))).toBeCloseTo(2 / 2 ** 16, 15);
    expect(signTest([1, 1, 1, 1, 1, 1, 1, -1])).toBeCloseTo((2 * 9) / 256, 15);
    expect(signTest([1, -1, 0])).toBe(1);
    expect(signTest([1, 1, 1, 0])).toBe(0.25);
    expect(signTest([])).toBe(1);
  });

  test("Holm's correction is that of the textbook", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });

  test('the bootstrap is a function of the values, as wide as the normal interval', () => {
    const values = Array.from({ length: 16 }, (_, i) => (i - 7.5) / 100);
    const { low, high } = bootstrap(values);
    const error = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) / 16;
    expect(high / (1.96 * error)).toBeCloseTo(1, 1);
    expect(low / (-1.96 * error)).toBeCloseTo(1, 1);
    expect(bootstrap(values)).toEqual({ low, high });
    expect(bootstrap([0.5])).toEqual({ low: 0.5, high: 0.5 });
  });

  test('the median is the middle', () => {
    expect(medianOf([3, 1, 2])).toBe(2);
    expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  });
});
