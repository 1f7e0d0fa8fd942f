import { readFileSync } from 'node:fs';
import { ACQUISITION_TABLE, ACQUISITIONS } from '../acquisition.ts';
import { type PoolOptions, PosteriorPool, type SelectOptions } from '../index.ts';
import { ACQUISITION_FLAGS, type AcquisitionValues, toAcquisition } from './acquisition-flags.ts';
import { UsageError } from './errors.ts';
import { fromFlags, toInteger, toNumber } from './flags.ts';
import type { Query } from './state/choose.ts';
import { toDataError } from './state/file.ts';

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
  --draw              score by a draw of each success rate in place of its mean
                      (Thompson sampling), by --seed
  --candidates N      select out of N prompts, drawn at random with --seed
  --seed N            needed by --candidates, --draw and --acquisition random;
                      without --candidates it draws where the rule can
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
  if (values.candidates === undefined) {
    const acquisition = toAcquisition({ ...values, draw: values.draw || isDrawn(values, seed) }, seed);
    if (seed !== undefined && !('seed' in acquisition)) {
      throw new UsageError(`--seed is for --candidates and for draws: ${acquisition.kind} takes none`);
    }
    return { acquisition };
  }
  const acquisition = toAcquisition(values, seed);
  if (seed === undefined) throw new UsageError('--candidates needs --seed');
  return { acquisition, candidates: { size: toNumber('candidates', values.candidates), seed } };
}

/** Whether a seed, with no candidates to draw, is for draws of success rates. */
function isDrawn({ acquisition }: AcquisitionValues, seed: number | undefined): boolean {
  const kind = ACQUISITIONS.find((name) => name === acquisition);
  return seed !== undefined && kind !== undefined && ACQUISITION_TABLE[kind].reads === 'both';
}

/** Lines that are not empty. */
function readKeys(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean);
  } catch (error) {
    throw toDataError(path, error);
  }
}
