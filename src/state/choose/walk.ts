import type { Bounds } from './quotas.ts';

/** What a selection is bound by. */
export interface Limits {
  readonly bounds: readonly Bounds[];
  readonly count: number;
  /** Slots for the prompts that were not seen for longest. */
  readonly floor: number;
}

/** A prompt that can be selected. */
export interface Row {
  /** In the order of the prompts: of two with one score the lower is taken. */
  readonly position: number;
  readonly score: number;
  /** Which of the bounds are its own. */
  readonly group: number;
}

/** Why a prompt was taken: it was not seen for longest, only its group could still be taken, or its score. */
export type Reason = 'floor' | 'quota' | 'score';

/**
 * Takes rows in order, each that leaves a full selection within the bounds possible: at most `most` of a group, and no
 * slot that the `least` of another group needs. What can be taken together is a matroid, so the result is the best in
 * the order of the rows, and rows of two orders one after the other are each the best that the first leaves possible.
 */
export class Walk<R extends Row> {
  readonly taken: R[] = [];
  readonly reasons = new Map<number, Reason>();
  readonly #bounds: readonly Bounds[];
  readonly #counts: number[];
  readonly #count: number;
  /** Slots that no group needs. */
  #slack: number;

  constructor(bounds: readonly Bounds[], count: number) {
    this.#bounds = bounds;
    this.#counts = bounds.map(() => 0);
    this.#count = count;
    this.#slack = count - sumLeast(bounds);
  }

  get isDone(): boolean {
    return this.taken.length === this.#count;
  }

  /** How many of a group were taken. */
  countOf(group: number): number {
    return this.#counts[group] as number;
  }

  /** Takes rows until so many are taken in all, or the rows end. */
  take(rows: Iterable<R>, upTo: number, isFloor: boolean): void {
    if (this.taken.length >= upTo) return;
    for (const row of rows) {
      const { least, most } = this.#bounds[row.group] as Bounds;
      const count = this.#counts[row.group] as number;
      const isNeeded = count < least;
      if (count >= most || (!isNeeded && this.#slack === 0) || this.reasons.has(row.position)) continue;
      this.taken.push(row);
      this.reasons.set(row.position, isFloor ? 'floor' : this.#slack === 0 ? 'quota' : 'score');
      this.#counts[row.group] = count + 1;
      if (!isNeeded) this.#slack--;
      if (this.taken.length === upTo) return;
    }
  }
}

/** Score falling, then position rising. */
export const byScore = (a: Row, b: Row): number => b.score - a.score || a.position - b.position;

export const sumLeast = (bounds: readonly Bounds[]): number => bounds.reduce((sum, { least }) => sum + least, 0);

/**
 * What `count` slots and the bounds come to where so many of each group are there.
 * @throws RangeError if the least of all groups are more than the count
 */
export function fitBounds(
  bounds: readonly Bounds[],
  available: readonly number[],
  count: number,
): { bounds: Bounds[]; count: number } {
  const fitted = bounds.map(({ least, most }, i) => {
    const there = available[i] as number;
    return { least: Math.min(least, there), most: Math.min(most, there) };
  });
  const least = sumLeast(fitted);
  if (least > count)
    throw new RangeError(`"quotas" expected at most ${count} in all, the count, got ${least} at least`);
  return {
    bounds: fitted,
    count: Math.min(
      count,
      fitted.reduce((sum, { most }) => sum + most, 0),
    ),
  };
}

/**
 * Selects out of all rows that can matter: by score and, for the floor, by the time that they were not seen. Of each
 * group there must be its best up to the most of it or one more than the count, and its longest unseen up to the floor.
 */
export function walkAll<R extends Row>(
  best: readonly R[],
  longest: readonly R[],
  { bounds, count, floor }: Limits,
): Walk<R> {
  const available = bounds.map(() => 0);
  for (const { group } of best) available[group] = (available[group] as number) + 1;
  const fitted = fitBounds(bounds, available, count);
  const walk = new Walk<R>(fitted.bounds, fitted.count);
  walk.take(longest, Math.min(floor, fitted.count), true);
  walk.take(best, fitted.count, false);
  return walk;
}
