import type { Visit } from '../visits.ts';

/** How many groups have one size. A group is a visit: the rollouts of one prompt that are one observation. */
export interface SizeCount {
  readonly size: number;
  groups: number;
  /** Of those, with nothing but successes, and without any. */
  allRight: number;
  allWrong: number;
}

/** By size, rising. */
export function countSizes(visits: Iterable<Visit>): SizeCount[] {
  const sizes = new Map<number, SizeCount>();
  for (const { successes, trials } of visits) {
    let size = sizes.get(trials);
    if (size === undefined) sizes.set(trials, (size = { size: trials, groups: 0, allRight: 0, allWrong: 0 }));
    size.groups++;
    if (successes === trials) size.allRight++;
    if (successes === 0) size.allWrong++;
  }
  return [...sizes.values()].sort((a, b) => a.size - b.size);
}
