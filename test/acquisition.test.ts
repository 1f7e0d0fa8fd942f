import { expect, test } from 'vitest';
import { ACQUISITION_TABLE, ACQUISITIONS, PARAMETER_TABLE, sameRule, toRule } from '../src/acquisition.ts';
import type { Acquisition, AcquisitionKind } from '../src/types.ts';

type Parameter = keyof typeof PARAMETER_TABLE;

/** An acquisition of a kind with the least value of each of its parameters, or another where given. */
function sample(kind: AcquisitionKind, changed: Partial<Record<Parameter, number>> = {}): Acquisition {
  const { parameters, leastRollouts } = ACQUISITION_TABLE[kind];
  const values = parameters.map((name) => {
    const least = name === 'rollouts' ? (leastRollouts ?? 1) : PARAMETER_TABLE[name].least;
    return [name, changed[name] ?? least] as const;
  });
  return { kind, ...Object.fromEntries(values) } as Acquisition;
}

test.each(ACQUISITIONS)('%s has its defaults, and the same rule where they are given', (kind) => {
  const { parameters, reads } = ACQUISITION_TABLE[kind];
  expect(parameters.includes('seed')).toBe(reads !== 'posterior');
  const given = reads === 'seed' ? { seed: 5 } : {};
  const rule = toRule({ kind, ...given } as Acquisition);
  for (const [name, { default: value }] of Object.entries(PARAMETER_TABLE) as [Parameter, { default?: number }][]) {
    const unused = name === 'seed' ? undefined : 0;
    expect(rule[name], name).toBe(parameters.includes(name) ? (value ?? (given as { seed?: number }).seed) : unused);
  }
  const own = Object.fromEntries(parameters.map((name) => [name, rule[name]]));
  expect(sameRule(rule, toRule({ kind, ...own } as Acquisition))).toBe(true);
});

test.each(ACQUISITIONS.flatMap((kind) => ACQUISITION_TABLE[kind].parameters.map((name) => [kind, name] as const)))(
  '%s with another %s is another rule',
  (kind, name) => {
    const { most } = PARAMETER_TABLE[name];
    const rule = toRule(sample(kind));
    expect(sameRule(rule, toRule(sample(kind)))).toBe(true);
    expect(sameRule(rule, toRule(sample(kind, { [name]: most })))).toBe(false);
    expect(sameRule(undefined, rule)).toBe(false);
  },
);

test.each(ACQUISITIONS)('%s takes every parameter of its table over the whole range and no other', (kind) => {
  for (const [name, { least, most, integer }] of Object.entries(PARAMETER_TABLE)) {
    const takes = ACQUISITION_TABLE[kind].parameters.includes(name as Parameter);
    const at = (value: number) => toRule({ ...sample(kind), [name]: value } as Acquisition);
    if (!takes) {
      expect(() => at(most), name).toThrow(TypeError);
      continue;
    }
    expect(at(most)[name as Parameter]).toBe(most);
    expect(() => at(least - 1), name).toThrow(RangeError);
    expect(() => at(most + 1), name).toThrow(RangeError);
    if (integer) expect(() => at(2.5), name).toThrow(RangeError);
  }
});

test('a seed of 0 is a seed, and none is another rule', () => {
  const drawn = toRule({ kind: 'expected-difficulty', seed: 0 });
  expect(drawn.seed).toBe(0);
  expect(sameRule(drawn, toRule({ kind: 'expected-difficulty' }))).toBe(false);
});

test('precision is refused with the reason', () => {
  for (const precision of ['exact', 'fast', undefined]) {
    const acquisition = { kind: 'mutual-information', precision } as unknown as Acquisition;
    expect(() => toRule(acquisition)).toThrow(
      new TypeError('"acquisition.precision" is gone: every score is exact, and as fast as `fast` was'),
    );
  }
});
