import type { Prior } from '../../index.ts';
import { checkPrior } from '../../validate.ts';
import { UsageError } from '../errors.ts';
import { inFlagTerms, number, numberIn } from './flags.ts';

/** The share of older evidence that a visit keeps. */
export const discount = numberIn(0, 1);

/** Alpha and beta of the prior, as A,B. */
export function prior(name: string, text: string): Prior {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--${name} expected two numbers as A,B, got ${JSON.stringify(text)}`);
  const [alpha, beta] = parts.map((part) => number(name, part)) as [number, number];
  return inFlagTerms(() => checkPrior({ alpha, beta }));
}
