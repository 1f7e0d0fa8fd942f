import { DataError } from '../errors.ts';

/** How the ids of a state were made of the rows of a data set. */
export interface KeyFields {
  readonly id?: string | undefined;
  /** Fields whose content makes the id. */
  readonly hash?: readonly string[] | undefined;
}

/** What a state keeps beside posteriors, rule and logs; all of it may be missing. */
export interface Extra {
  /** How the data set was read when it was imported. */
  readonly keyed?: KeyFields | undefined;
  /** What readers have seen, by format: see ReadOptions.seen. */
  readonly seen?: Readonly<Record<string, unknown>> | undefined;
  /** Whether posteriors were imported, which no log tells. */
  readonly isWarm?: boolean | undefined;
  /** How the first logs were read, beside the rule: options of the readers by name. */
  readonly reading?: Readonly<Record<string, unknown>> | undefined;
  /** Whether later logs were read in another way. */
  readonly isMixed?: boolean | undefined;
  /** Whether prompts or visits came through the library. */
  readonly isManual?: boolean | undefined;
}

/** @throws DataError for what no release has written */
export function checkExtra(extra: Readonly<Record<keyof Extra, unknown>>): Extra {
  const { keyed, seen, reading, isWarm, isMixed, isManual } = extra;
  for (const value of [keyed, seen, reading]) {
    if (value === undefined) continue;
    if (typeof value !== 'object' || value === null) throw new DataError('damaged', 'damaged: how logs were read');
  }
  for (const value of [isWarm, isMixed, isManual]) {
    if (value !== undefined && typeof value !== 'boolean') throw new DataError('damaged', 'damaged: how it was made');
  }
  return { keyed, seen, reading, isWarm, isMixed, isManual } as Extra;
}
