import { closeSync, openSync, readSync } from 'node:fs';
import { ACQUISITION_TABLE } from '../../acquisition.ts';
import { concat } from '../../bytes.ts';
import type { SelectOptions } from '../../index.ts';
import { toDataError } from '../../node/durable-file.ts';
import type { Query } from '../../state/choose/query.ts';
import { UsageError } from '../errors.ts';
import { ACQUISITION_FLAGS, toAcquisition } from './acquisition-flags.ts';
import { integerIn, numberIn, optional, text, type Values, withDefault } from './flags.ts';
import { quotas } from './quota-flag.ts';

/** What may be chosen of a log. */
export const SELECT_FLAGS = {
  count: withDefault('N', 'how many to select', '256', integerIn(0)),
  ...ACQUISITION_FLAGS,
  candidates: optional('N', 'select out of N prompts, drawn at random with --seed', integerIn(0)),
  seed: optional('N', 'of --candidates; else of draws, or of --acquisition random', integerIn(0)),
} as const;

/** What may be chosen of a state. */
export const QUERY_FLAGS = {
  ...SELECT_FLAGS,
  only: optional('FILE', 'select out of these prompts: an id a line', text),
  exclude: optional('FILE', 'leave out these prompts: an id a line', text),
  cooldown: optional('N', 'leave out the prompts of the last N steps of the state', integerIn(0)),
  'max-visits': optional('N', 'leave out the prompts of N visits or more', integerIn(1)),
  quota: optional('LIST', 'of groups: shares math=0.5,code=0.3, or bounds math=10..40', quotas),
  floor: optional('N', 'slots, or below 1 a share, for those not seen for longest', numberIn(0, 2 ** 53)),
} as const;

type SelectValues = Values<typeof SELECT_FLAGS>;
export type QueryValues = Values<typeof QUERY_FLAGS>;

export function toSelectOptions(values: SelectValues): SelectOptions {
  const { candidates, seed } = values;
  if (candidates === undefined) {
    const draws = seed !== undefined && ACQUISITION_TABLE[values.acquisition].reads === 'both';
    const acquisition = toAcquisition({ ...values, draw: values.draw || draws }, seed);
    if (seed !== undefined && !('seed' in acquisition)) {
      throw new UsageError(`--seed is for --candidates and for draws: ${acquisition.kind} takes none`);
    }
    return { acquisition };
  }
  const acquisition = toAcquisition(values, seed);
  if (seed === undefined) throw new UsageError('--candidates needs --seed');
  return { acquisition, candidates: { size: candidates, seed } };
}

/** @throws UsageError, or DataError for a file of ids that cannot be read */
export function toQuery(values: QueryValues): Query {
  const { acquisition, candidates } = toSelectOptions(values);
  return {
    count: values.count,
    acquisition,
    candidates: candidates as Query['candidates'],
    cooldown: values.cooldown,
    maxVisits: values['max-visits'],
    quotas: values.quota,
    floor: values.floor,
    exclude: values.exclude === undefined ? undefined : readIds(values.exclude),
    only: values.only === undefined ? undefined : readIds(values.only),
  };
}

/** Bytes of a file of ids. */
const MOST_BYTES = 1024 * 1024 * 1024;
const CHUNK = 1024 * 1024;

/** The text of a file, which may be a device without an end. */
function readBounded(path: string): string {
  const file = openSync(path, 'r');
  try {
    const pieces: Uint8Array[] = [];
    for (let length = 0; ; ) {
      const piece = new Uint8Array(CHUNK);
      const count = readSync(file, piece);
      if (count === 0) return new TextDecoder().decode(concat(pieces));
      length += count;
      if (length > MOST_BYTES || piece.subarray(0, count).includes(0)) throw new Error('is no file of ids, one a line');
      pieces.push(piece.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}

/** Lines that are not empty. */
function readIds(path: string): string[] {
  try {
    return readBounded(path).split(/\r?\n/).filter(Boolean);
  } catch (error) {
    throw toDataError(path, error);
  }
}
