import { bad, checkInteger, type Fields, getNumber, isObject } from '../logs/fields.ts';
import { MOST_ROLLOUTS } from '../logs/visits.ts';
import { LEAST, MOST } from '../validate.ts';
import type { Settings } from './settings.ts';
import type { Columns } from './table/columns.ts';

/** Where a reference model passed a prompt at some rate: it starts as if so many rollouts had been seen. */
export interface WarmStart {
  /** Field of a row that has the rate, in [0, 1]. */
  readonly rate: string;
  /** Rollouts that the rate counts as. */
  readonly weight: number;
}

/** The posterior of a row: values of its columns, with the counts of the open visit in it. */
export type ImportedRow = {
  readonly [name in Exclude<keyof Columns, 'discounts' | 'groups'> | 'alpha' | 'beta']: number;
} & {
  readonly discount?: number | undefined;
};

/** alpha0 + N r, beta0 + N (1 - r): what N rollouts would have made of the prior. */
export function warmRow(row: Fields, { rate: field, weight }: WarmStart, { prior }: Settings): ImportedRow {
  const rate = getNumber(row, field);
  if (rate < 0 || rate > 1) throw bad(field, 'a rate in [0, 1]', rate);
  const alpha = Math.fround(prior.alpha + weight * rate);
  const beta = Math.fround(prior.beta + weight * (1 - rate));
  const none = { successes: 0, trials: 0, steps: Number.NaN, settledSteps: Number.NaN, visits: 0 };
  return { alpha, beta, settledAlpha: alpha, settledBeta: beta, ...none };
}

const MOST_COUNT = 2 ** 32 - 1;

export function toImportedRow(row: Fields): ImportedRow {
  const posterior = { alpha: getPosterior(row, 'alpha'), beta: getPosterior(row, 'beta') };
  const steps = getStep(row);
  const visits = row.visits === undefined ? 1 : checkInteger('visits', row.visits, 0, MOST_COUNT);
  const { open } = row;
  if (open === undefined) {
    const { alpha, beta } = posterior;
    const none = { successes: 0, trials: 0, settledSteps: steps };
    return { ...posterior, steps, visits, settledAlpha: alpha, settledBeta: beta, ...none };
  }
  if (!isObject(open)) throw bad('open', 'an object', open);
  const trials = getCount(open, 'trials', MOST_ROLLOUTS);
  if (trials === 0) throw bad('open.trials', 'more than 0', trials);
  return {
    ...posterior,
    steps,
    visits,
    settledAlpha: getPosterior(open, 'alpha'),
    settledBeta: getPosterior(open, 'beta'),
    settledSteps: getStep(open),
    successes: getCount(open, 'successes', trials),
    trials,
    discount: open.discount === undefined ? undefined : getCount(open, 'discount', 1),
  };
}

function getStep(row: Fields): number {
  return row.step === undefined ? Number.NaN : getNumber(row, 'step') + 0; // not -0
}

function getCount(open: Fields, name: string, most: number): number {
  const value = getNumber(open, name);
  if (value >= 0 && value <= most) return value;
  throw bad(`open.${name}`, `a number in [0, ${most}]`, value);
}

function getPosterior(row: Fields, name: string): number {
  const value = Math.fround(getNumber(row, name));
  if (value >= LEAST && value <= MOST) return value;
  throw bad(name, `a number in [${LEAST}, ${MOST}]`, row[name]);
}
