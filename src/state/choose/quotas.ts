import { escapeControls } from '../../escape-controls.ts';
import { bad, checkInteger, checkNumber, checkObject } from '../../validate.ts';

/**
 * How many of a selection are of each group, by its label; "" are the prompts without one. Either shares of the count, in
 * [0, 1] and at most 1 in all, or bounds: the least and the most.
 */
export type Quotas =
  | Readonly<Record<string, number>>
  | Readonly<Record<string, readonly [least: number, most: number]>>;

/** The least and the most of one group. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Of sums of shares such as 0.1 + 0.2, which are no decimals in binary. */
const ROUNDING = 1e-9;

/** Bounds of the groups that `quotas` names, in its order, and then of all other prompts together. */
export function toBounds(quotas: Quotas | undefined, count: number): Bounds[] {
  const all = { least: 0, most: Number.POSITIVE_INFINITY };
  if (quotas === undefined) return [all];
  checkObject('quotas', quotas);
  const entries = Object.entries(quotas as Readonly<Record<string, unknown>>);
  if (entries.length > 0 && entries.every(([, value]) => typeof value === 'number')) {
    return toSlots(toShares(entries as [string, number][]), count).map((least) => ({ ...all, least }));
  }
  return [...entries.map(([name, value]) => toPair(titleOf(name), value)), all];
}

/** A label comes from data, and is escaped. */
const titleOf = (label: string): string => `quotas.${escapeControls(label)}`;

function toPair(title: string, value: unknown): Bounds {
  if (!Array.isArray(value) || value.length !== 2) {
    throw bad(title, '[least, most], or a number in each of the quotas', value, false);
  }
  const least = checkInteger(`${title}[0]`, value[0], 0, Number.MAX_SAFE_INTEGER);
  return { least, most: checkInteger(`${title}[1]`, value[1], least, Number.MAX_SAFE_INTEGER) };
}

/** The shares, and that of all other prompts. */
function toShares(entries: readonly (readonly [string, number])[]): number[] {
  const shares = entries.map(([name, value]) => checkNumber(titleOf(name), value, 0, 1));
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
  if (rest < -ROUNDING) throw bad('quotas', 'shares of at most 1 in all', 1 - rest, true);
  return [...shares, rest > ROUNDING ? rest : 0];
}

/** Whole slots by largest remainder; of equal remainders the first. */
function toSlots(shares: readonly number[], count: number): number[] {
  const exact = shares.map((share) => Math.round((share * count) / ROUNDING) * ROUNDING);
  const slots = exact.map((one) => Math.floor(one + ROUNDING / 2));
  const remainders = exact.map((one, i) => Math.round((one - (slots[i] as number)) / ROUNDING));
  const left = count - slots.reduce((sum, one) => sum + one, 0);
  const order = [...slots.keys()].sort((a, b) => (remainders[b] as number) - (remainders[a] as number)); // stable
  for (const i of order.slice(0, Math.max(0, left))) slots[i] = (slots[i] as number) + 1;
  return slots;
}
