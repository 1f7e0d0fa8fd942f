// The acquisitions and their parameters as two tables. Checks, comparisons and lists all come from them.
import type { Acquisition, AcquisitionKind, Rule } from './types.ts';
import { bad, checkInteger, checkNumber, checkObject, checkOptions } from './validate.ts';

/** The name of a parameter of some acquisition. */
export type Parameter = Exclude<keyof Rule, 'kind'>;

/** What values a parameter may have; `default` is what it is when it is not given. */
interface ParameterSpec {
  readonly least: number;
  readonly most: number;
  readonly integer: boolean;
  /** undefined: the parameter has no default, and an acquisition may do without it. */
  readonly default: number | undefined;
}

/** All parameters; the defaults are the paper's settings (Sec. 6). */
export const PARAMETER_TABLE: { readonly [P in Parameter]: ParameterSpec } = {
  rollouts: { least: 1, most: 256, integer: true, default: 8 },
  eta: { least: 0, most: 1e4, integer: false, default: 3 },
  mu: { least: 0, most: 1, integer: false, default: 0.3 },
  target: { least: 0, most: 1, integer: false, default: 0.5 },
  /** The largest value is the largest integer of which all smaller ones are doubles too. */
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, integer: true, default: undefined },
};

/** What an acquisition is made of. */
interface AcquisitionSpec<P extends Parameter = Parameter> {
  /**
   * What a score depends on beside its parameters: the posterior; the seed and the index, so that `seed` is required;
   * or both: the posterior and, where a seed is given, also the seed and the index.
   */
  readonly reads: 'posterior' | 'seed' | 'both';
  readonly parameters: readonly P[];
  /** Smallest number of rollouts, where that is not the one of PARAMETER_TABLE. */
  readonly leastRollouts?: number;
}

/** The parameters that the type of an acquisition allows. */
type ParameterOf<K extends AcquisitionKind> = keyof Extract<Acquisition, { readonly kind: K }> & Parameter;

/** All acquisitions, the default first. */
export const ACQUISITION_TABLE: { readonly [K in AcquisitionKind]: AcquisitionSpec } = {
  'weighted-mutual-information': { reads: 'both', parameters: ['rollouts', 'eta', 'mu', 'seed'] },
  'mutual-information': { reads: 'posterior', parameters: ['rollouts'] },
  'difficulty-weight': { reads: 'both', parameters: ['eta', 'mu', 'seed'] },
  'variance-reduction': { reads: 'posterior', parameters: ['rollouts'] },
  'inverse-evidence': { reads: 'posterior', parameters: [] },
  'expected-difficulty': { reads: 'both', parameters: ['target', 'seed'] },
  'non-degenerate': { reads: 'posterior', parameters: ['rollouts'], leastRollouts: 2 },
  'bernoulli-variance': { reads: 'posterior', parameters: [] },
  'success-chance': { reads: 'posterior', parameters: ['rollouts'] },
  random: { reads: 'seed', parameters: ['seed'] },
} satisfies { [K in AcquisitionKind]: AcquisitionSpec<ParameterOf<K>> };

/** The names of all acquisitions, the default first. */
export const ACQUISITIONS = Object.keys(ACQUISITION_TABLE) as AcquisitionKind[];

const NAMES = Object.keys(PARAMETER_TABLE) as Parameter[];

/** Checks a value of a parameter that was given. */
export function checkParameter(title: string, name: Parameter, value: unknown, leastRollouts?: number): number {
  const { most, integer, ...spec } = PARAMETER_TABLE[name];
  const least = name === 'rollouts' ? (leastRollouts ?? spec.least) : spec.least;
  return integer ? checkInteger(title, value, least, most) : checkNumber(title, value, least, most);
}

/** Checks a seed, of whatever it is. */
export function checkSeed(title: string, seed: unknown): number {
  return checkParameter(title, 'seed', seed);
}

/** The rule where no acquisition is given: made once, as a step of training asks for it again and again. */
let defaultRule: Rule | undefined;

/** Checks an acquisition and fills in its defaults. */
export function toRule(acquisition?: Acquisition): Rule {
  if (acquisition === undefined) {
    defaultRule ??= toRule({ kind: 'weighted-mutual-information' });
    return defaultRule;
  }
  checkObject('acquisition', acquisition);
  const { kind } = acquisition;
  if (typeof kind !== 'string' || !Object.hasOwn(ACQUISITION_TABLE, kind)) {
    throw bad('acquisition.kind', `one of ${ACQUISITIONS.join(', ')}`, kind, typeof kind === 'string');
  }
  if ('precision' in acquisition) {
    throw new TypeError('"acquisition.precision" is gone: every score is exact, and as fast as `fast` was');
  }
  const { reads, parameters, leastRollouts } = ACQUISITION_TABLE[kind];
  const given: { readonly [P in Parameter]?: unknown } = checkOptions<object>('acquisition', acquisition, [
    'kind',
    ...parameters,
  ]);
  const value = (name: Parameter): number | undefined => {
    if (!parameters.includes(name)) return undefined;
    const got = given[name] === undefined ? PARAMETER_TABLE[name].default : given[name]; // null is a value, and a wrong one
    if (got === undefined && reads === 'both') return undefined;
    return checkParameter(`acquisition.${name}`, name, got, leastRollouts);
  };
  return {
    kind,
    rollouts: value('rollouts') ?? 0,
    eta: value('eta') ?? 0,
    mu: value('mu') ?? 0,
    target: value('target') ?? 0,
    seed: value('seed'),
  };
}

/** Whether two rules give the same scores. */
export function sameRule(a: Rule | undefined, b: Rule): boolean {
  return a === b || (a !== undefined && a.kind === b.kind && NAMES.every((name) => a[name] === b[name]));
}
