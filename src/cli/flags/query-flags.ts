import { readFileSync } from 'node:fs';
import { type PoolOptions, PosteriorPool, type SelectOptions } from '../../index.ts';
import { toDataError } from '../../node/durable-file.ts';
import type { Query } from '../../state/query.ts';
import { UsageError } from '../errors.ts';
import { ACQUISITION_FLAGS, type AcquisitionValues, toAcquisition } from './acquisition-flags.ts';
import { fromFlags, toInteger, toNumber } from './flags.ts';

/** For parseArgs: what may be chosen of a log. */
export const SELECT_FLAGS = {
  ...ACQUISITION_FLAGS,
  count: { type: 'string', default: '256' },
  candidates: { type: 'string' },
  seed: { type: 'string' },
} as const;

/** For parseArgs: what may be chosen of a state. */
export const QUERY_FLAGS = {
  ...SELECT_FLAGS,
  exclude: { type: 'string' },
  only: { type: 'string' },
  cooldown: { type: 'string' },
} as const;

/** Ends in a new line. */
export const QUERY_HELP = `  --count N           how many to select (256)
  --acquisition KIND  the rule that scores a prompt: insight-wasm --help
  --rollouts K, --eta X, --mu X, --target X
                      parameters of the rule
  --candidates N      select out of N prompts, drawn at random with --seed
  --seed N            needed by --candidates and by --acquisition random
  --only FILE         select out of these prompts: a key a line
  --exclude FILE      leave out these prompts: a key a line
  --cooldown N        leave out the prompts of the last N steps of the state
`;

type SelectValues = AcquisitionValues & {
  readonly count: string;
  readonly candidates?: string | undefined;
  readonly seed?: string | undefined;
};

export type QueryValues = SelectValues & { readonly [flag in 'exclude' | 'only' | 'cooldown']?: string | undefined };

/** Tries the flags on an empty pool: a wrong one is reported before anything is read. */
export function toSelection(values: SelectValues, pool?: PoolOptions): { count: number; options: SelectOptions } {
  const count = toNumber('count', values.count);
  const options = toSelectOptions(values);
  fromFlags(() => new PosteriorPool(0, pool).select(count, options));
  return { count, options };
}

/** @throws UsageError, or DataError for a file of keys that cannot be read */
export function toQuery(values: QueryValues): Query {
  const { count, options } = toSelection(values);
  return {
    count,
    acquisition: options.acquisition,
    candidates: options.candidates as Query['candidates'],
    cooldown: toInteger('cooldown', values.cooldown ?? '0', 0, Number.MAX_SAFE_INTEGER),
    exclude: values.exclude === undefined ? undefined : readKeys(values.exclude),
    only: values.only === undefined ? undefined : readKeys(values.only),
  };
}

function toSelectOptions(values: SelectValues): SelectOptions {
  const seed = values.seed === undefined ? undefined : toNumber('seed', values.seed);
  const acquisition = toAcquisition(values, seed);
  if (values.candidates === undefined) {
    if (seed !== undefined && acquisition.kind !== 'random') {
      throw new UsageError(`--seed is for --candidates and --acquisition random: ${acquisition.kind} takes none`);
    }
    return { acquisition };
  }
  if (seed === undefined) throw new UsageError('--candidates needs --seed');
  return { acquisition, candidates: { size: toNumber('candidates', values.candidates), seed } };
}

/** Lines that are not empty. */
function readKeys(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean);
  } catch (error) {
    throw toDataError(path, error);
  }
}
