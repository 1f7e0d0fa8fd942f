import { LEAST, MOST_PRIOR } from '../../validate.ts';
import { UsageError } from '../errors.ts';
import { number, numberIn } from './flags.ts';

/** The share of older evidence that a visit keeps. */
export const discount = numberIn(0, 1);

/** Alpha and beta of the prior, as A,B. */
export function prior(name: string, text: string): { readonly alpha: number; readonly beta: number } {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--${name} expected two numbers as A,B, got ${JSON.stringify(text)}`);
  for (const part of parts) number(name, part);
  const [alpha, beta] = parts.map((part) => Math.fround(numberIn(LEAST, MOST_PRIOR)(name, part)));
  return { alpha: alpha as number, beta: beta as number };
}
