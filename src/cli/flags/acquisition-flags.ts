import {
  ACQUISITION_TABLE,
  ACQUISITIONS,
  checkParameter,
  PARAMETER_TABLE,
  type Parameter,
  toRule,
} from '../../acquisition.ts';
import type { Acquisition } from '../../types.ts';
import { UsageError } from '../errors.ts';
import { type Flag, inFlagTerms, number, oneOf, optional, toggle, withDefault } from './flags.ts';

type Named = Exclude<Parameter, 'seed'>;

const NAMES = (Object.keys(PARAMETER_TABLE) as Parameter[]).filter((name): name is Named => name !== 'seed');

/** The parameters of all acquisitions; `--seed` is not here: commands use it for more than one thing. */
export const PARAMETER_FLAGS = Object.fromEntries(
  NAMES.map((name) => [name, optional(name === 'rollouts' ? 'K' : 'X', 'parameters of the rule', number)]),
) as { readonly [name in Named]: Flag<number | undefined> };

export const ACQUISITION_FLAGS = {
  acquisition: withDefault(
    'KIND',
    'the rule that scores a prompt: insight-wasm --help',
    ACQUISITIONS[0] as string,
    oneOf(ACQUISITIONS),
  ),
  ...PARAMETER_FLAGS,
  draw: toggle('score draws of the rates (Thompson sampling), by --seed'),
} as const;

const defaultsOf = (kind: Acquisition['kind']): string =>
  ACQUISITION_TABLE[kind].parameters
    .flatMap((name) => (PARAMETER_TABLE[name].default === undefined ? [] : `${name} ${PARAMETER_TABLE[name].default}`))
    .join(', ');

/** All acquisitions with the defaults of their parameters; ends in a new line. */
export const ACQUISITIONS_HELP = [
  'Acquisitions, with the defaults of their parameters:',
  ...ACQUISITIONS.filter(defaultsOf).map(
    (kind, i) => `  ${kind.padEnd(28)} ${defaultsOf(kind)}${i === 0 ? ' (the default)' : ''}`,
  ),
  `  ${ACQUISITIONS.filter((kind) => !defaultsOf(kind)).join(', ')}`,
  '',
].join('\n');

type AcquisitionValues = { readonly acquisition: Acquisition['kind']; readonly draw: boolean } & {
  readonly [name in Named]: number | undefined;
};

/**
 * The acquisition that the flags name.
 * @throws UsageError for a parameter that it does not take, or a wrong value
 */
export function toAcquisition(values: AcquisitionValues, seed: number | undefined): Acquisition {
  const { acquisition: kind } = values;
  const { parameters: takes, reads, leastRollouts } = ACQUISITION_TABLE[kind];
  const parameters: { [name in Parameter]?: number } = {};
  for (const name of NAMES) {
    const value = values[name];
    if (value === undefined) continue;
    if (!takes.includes(name)) {
      const named = takes.filter((one) => one !== 'seed').join(', ');
      throw new UsageError(`--acquisition ${kind} takes ${named || 'no parameter'}, not --${name}`);
    }
    parameters[name] = inFlagTerms(() => checkParameter(name, name, value, leastRollouts));
  }
  if (values.draw && reads === 'posterior') {
    throw new UsageError(`--draw is not for --acquisition ${kind}: it has no draws`);
  }
  if (values.draw || reads === 'seed') {
    if (seed === undefined) throw new UsageError(`${values.draw ? '--draw' : `--acquisition ${kind}`} needs --seed`);
    parameters.seed = seed;
  }
  const acquisition = { kind, ...parameters } as Acquisition; // the loop has checked the pairing
  inFlagTerms(() => toRule(acquisition));
  return acquisition;
}
