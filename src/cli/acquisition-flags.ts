import { ACQUISITION_TABLE, ACQUISITIONS } from '../acquisition.ts';
import type { Acquisition } from '../types.ts';
import { UsageError } from './errors.ts';
import { toChoice, toNumber } from './flags.ts';

/** For parseArgs. `--seed` is not here: commands use it for more than one thing. */
export const ACQUISITION_FLAGS = {
  acquisition: { type: 'string', default: ACQUISITIONS[0] as string },
  rollouts: { type: 'string' },
  eta: { type: 'string' },
  mu: { type: 'string' },
  target: { type: 'string' },
  draw: { type: 'boolean', default: false },
} as const;

/** Ends in a new line. */
export const ACQUISITIONS_HELP = `Acquisitions, with the defaults of their parameters:
  weighted-mutual-information  rollouts 8, eta 3, mu 0.3 (the default)
  difficulty-weight            eta 3, mu 0.3
  expected-difficulty          target 0.5
  mutual-information, variance-reduction, non-degenerate, success-chance:
                               rollouts 8
  bernoulli-variance, inverse-evidence, random
  The first three can draw the success rate from its posterior: --draw --seed N.
`;

export interface AcquisitionValues {
  readonly acquisition: string;
  readonly rollouts?: string | undefined;
  readonly eta?: string | undefined;
  readonly mu?: string | undefined;
  readonly target?: string | undefined;
  readonly draw?: boolean | undefined;
}

/** The acquisition that the flags name; a parameter that it does not take is a UsageError. */
export function toAcquisition(values: AcquisitionValues, seed: number | undefined): Acquisition {
  const kind = toChoice('acquisition', values.acquisition, ACQUISITIONS);
  const takes = ACQUISITION_TABLE[kind].parameters;
  const parameters: {
    rollouts?: number;
    eta?: number;
    mu?: number;
    target?: number;
    seed?: number;
  } = {};
  for (const name of ['rollouts', 'eta', 'mu', 'target'] as const) {
    const text = values[name];
    if (text === undefined) continue;
    if (!takes.includes(name)) {
      throw new UsageError(`--acquisition ${kind} takes ${takes.join(', ') || 'no parameter'}, not --${name}`);
    }
    parameters[name] = toNumber(name, text);
  }
  const { reads } = ACQUISITION_TABLE[kind];
  if (reads === 'seed' || values.draw === true) {
    if (reads === 'posterior') throw new UsageError(`--draw is not for --acquisition ${kind}: it has no draws`);
    if (seed === undefined) throw new UsageError(`${values.draw ? '--draw' : '--acquisition random'} needs --seed`);
    parameters.seed = seed;
  }
  return { kind, ...parameters } as Acquisition; // the loop has checked the pairing
}
