import { type Quotas, toBounds } from '../../state/choose/quotas.ts';
import { UsageError } from '../errors.ts';
import { inFlagTerms, number } from './flags.ts';

/** Shares or bounds of groups as NAME=0.5,NAME=10..40; either end of bounds may be left out. */
export function quotas(name: string, text: string): Quotas {
  const quotas: Record<string, number | [number, number]> = Object.create(null);
  for (const part of text.split(',')) {
    const at = part.lastIndexOf('=');
    const group = part.slice(0, at);
    if (at < 0)
      throw new UsageError(`--${name} expected GROUP=SHARE or GROUP=LEAST..MOST, got ${JSON.stringify(part)}`);
    if (group in quotas) throw new UsageError(`--${name} has ${JSON.stringify(group)} twice`);
    quotas[group] = toQuota(name, part.slice(at + 1));
  }
  inFlagTerms(() => toBounds(quotas as Quotas, 0));
  return quotas as Quotas;
}

function toQuota(name: string, text: string): number | [number, number] {
  const at = text.indexOf('..');
  if (at < 0) return number(name, text);
  const [least, most] = [text.slice(0, at), text.slice(at + 2)];
  return [least === '' ? 0 : number(name, least), most === '' ? Number.MAX_SAFE_INTEGER : number(name, most)];
}
