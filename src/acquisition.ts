import type { Acquisition, AcquisitionKind, Rule } from './types.ts';
import { bad, checkInteger, checkNumber, checkObject, checkOptions } from './validate.ts';

type Parameter = 'rollouts' | 'eta' | 'mu' | 'target' | 'seed' | 'precision';

/** The parameters of each acquisition. */
export const PARAMETERS: { readonly [K in AcquisitionKind]: readonly Parameter[] } = {
  'weighted-mutual-information': ['rollouts', 'eta', 'mu', 'precision'],
  'mutual-information': ['rollouts', 'precision'],
  'difficulty-weight': ['eta', 'mu'],
  'variance-reduction': ['rollouts'],
  'inverse-evidence': [],
  'expected-difficulty': ['target'],
  'non-degenerate': ['rollouts'],
  'bernoulli-variance': [],
  'success-chance': ['rollouts'],
  random: ['seed'],
};

/** All acquisitions, the default first. */
export const ACQUISITIONS = Object.keys(PARAMETERS) as AcquisitionKind[];

/** The paper's settings (Sec. 6): 8 rollouts a visit, eta = 3, mu = 0.3. */
const DEFAULTS = { rollouts: 8, eta: 3, mu: 0.3, target: 0.5 };

/** Largest integer of which all smaller ones are doubles too. */
const MOST_SEED = Number.MAX_SAFE_INTEGER;

export function checkSeed(title: string, seed: unknown): number {
  return checkInteger(title, seed, 0, MOST_SEED);
}

/** The default of what is not given; null is a value, and a wrong one. */
const or = (value: unknown, otherwise: number): unknown => (value === undefined ? otherwise : value);

/** Checks an acquisition and fills in its defaults. */
export function toRule(acquisition: Acquisition = { kind: 'weighted-mutual-information' }): Rule {
  checkObject('acquisition', acquisition);
  const { kind } = acquisition;
  if (typeof kind !== 'string' || !Object.hasOwn(PARAMETERS, kind)) {
    throw bad('acquisition.kind', `one of ${ACQUISITIONS.join(', ')}`, kind, typeof kind === 'string');
  }
  const takes = PARAMETERS[kind];
  const given: { readonly [P in Parameter]?: unknown } = checkOptions<object>('acquisition', acquisition, [
    'kind',
    ...takes,
  ]);
  const number = (name: 'eta' | 'mu' | 'target', most: number): number =>
    takes.includes(name) ? checkNumber(`acquisition.${name}`, or(given[name], DEFAULTS[name]), 0, most) : 0;
  const precision = given.precision === undefined ? 'exact' : given.precision;
  if (precision !== 'exact' && precision !== 'fast') {
    throw bad('acquisition.precision', '"exact" or "fast"', precision, typeof precision === 'string');
  }
  return {
    kind,
    precision,
    rollouts: takes.includes('rollouts')
      ? checkInteger(
          'acquisition.rollouts',
          or(given.rollouts, DEFAULTS.rollouts),
          kind === 'non-degenerate' ? 2 : 1,
          256,
        )
      : 0,
    eta: number('eta', 1e4),
    mu: number('mu', 1),
    target: number('target', 1),
    seed: takes.includes('seed') ? checkSeed('acquisition.seed', given.seed) : 0,
  };
}
