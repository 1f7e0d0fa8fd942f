/** Keeps the `most` largest values of those that come by rising index; of equal ones the first. */
export class Best {
  readonly #most: number;
  #indices: number[] = [];
  #values: number[] = [];
  /** What is kept next must be larger, once there are enough. */
  #bound = Number.NEGATIVE_INFINITY;
  #isFull: boolean;

  constructor(most: number) {
    this.#most = most;
    this.#isFull = most === 0;
    if (most === 0) this.#bound = Number.POSITIVE_INFINITY;
  }

  /** Whether a value that comes now is kept. */
  wants(value: number): boolean {
    return !this.#isFull || value > this.#bound;
  }

  /** Keeps a value that is wanted. */
  add(index: number, value: number): void {
    this.#indices.push(index);
    this.#values.push(value);
    if (this.#indices.length >= 2 * this.#most + 64) this.#shrink();
  }

  /** What is kept, the largest first. */
  sorted(): { indices: number[]; values: number[] } {
    const order = [...this.#values.keys()].sort(
      (a, b) => (this.#values[b] as number) - (this.#values[a] as number) || 0, // stable; Infinity - Infinity is NaN
    );
    order.length = Math.min(order.length, this.#most);
    return {
      indices: order.map((i) => this.#indices[i] as number),
      values: order.map((i) => this.#values[i] as number),
    };
  }

  #shrink(): void {
    const values = Float64Array.from(this.#values).sort();
    const bound = values[values.length - this.#most] as number;
    let ties = this.#most - (values.length - firstAbove(values, bound));
    const kept = [...this.#values.keys()].filter((i) => {
      const value = this.#values[i] as number;
      return value > bound || (value === bound && ties-- > 0);
    });
    this.#indices = kept.map((i) => this.#indices[i] as number);
    this.#values = kept.map((i) => this.#values[i] as number);
    this.#bound = bound;
    this.#isFull = true;
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
