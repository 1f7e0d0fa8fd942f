import type { Row } from './walk.ts';

/** Keeps the `most` largest values of those that come by rising index; of equal ones the first. */
export class Best {
  /** Only a larger value is kept; -Infinity until there are enough. */
  bound: number;
  readonly #most: number;
  #indices: number[] = [];
  #values: number[] = [];

  constructor(most: number) {
    this.#most = most;
    this.bound = most === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /** Keeps a value above the bound. */
  add(index: number, value: number): void {
    this.#indices.push(index);
    this.#values.push(value);
    if (this.#indices.length >= 2 * this.#most + 64) this.#shrink();
  }

  /** What is kept, the largest first, as rows of a group. */
  rows(group: number): Row[] {
    const rows = this.#values.map((score, i) => ({ position: this.#indices[i] as number, score, group }));
    rows.sort((a, b) => b.score - a.score || a.position - b.position); // Infinity - Infinity is NaN
    rows.length = Math.min(rows.length, this.#most);
    return rows;
  }

  #shrink(): void {
    const values = Float64Array.from(this.#values).sort();
    const bound = values[values.length - this.#most] as number;
    const above = values.length - firstAbove(values, bound);
    let ties = this.#most - above;
    const kept = [...this.#values.keys()].filter((i) => {
      const value = this.#values[i] as number;
      return value > bound || (value === bound && ties-- > 0);
    });
    this.#indices = kept.map((i) => this.#indices[i] as number);
    this.#values = kept.map((i) => this.#values[i] as number);
    this.bound = bound;
  }
}

/** Where values above a bound begin in a rising array. */
function firstAbove(values: Float64Array, bound: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
