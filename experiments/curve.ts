// What is kept of a run while it goes: all that the tables are made from, and no times.

export interface Curve {
  /** Mean success rate on the held-out tasks, at `rollouts`. */
  readonly rates: number[];
  readonly rollouts: number[];
  /** Groups with both outcomes, of all groups of ten steps each. */
  readonly mixed: number[];
  readonly groups: number[];
  readonly steps: number;
  /** Prompts that were ever chosen. */
  readonly distinct: number;
}

/** Steps to a window. */
const WINDOW = 10;

export class Recorder {
  readonly #rates: number[] = [];
  readonly #rollouts: number[] = [];
  readonly #mixed: number[] = [];
  readonly #groups: number[] = [];
  readonly #seen = new Set<number>();

  /** Rollouts at the last evaluation. */
  get last(): number {
    return this.#rollouts.at(-1) ?? 0;
  }

  /** An evaluation; the mean is kept to six digits. */
  evaluated(rollouts: number, rates: Float64Array): void {
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    this.#rates.push(Number(mean.toFixed(6)));
    this.#rollouts.push(rollouts);
  }

  /** A draw of prompts in a step, and how many of their groups are mixed. */
  drew(step: number, indices: Uint32Array, mixed: number): void {
    const window = Math.floor(step / WINDOW);
    this.#mixed[window] = (this.#mixed[window] ?? 0) + mixed;
    this.#groups[window] = (this.#groups[window] ?? 0) + indices.length;
    for (const index of indices) this.#seen.add(index);
  }

  curve(steps: number): Curve {
    return {
      rates: this.#rates,
      rollouts: this.#rollouts,
      mixed: this.#mixed,
      groups: this.#groups,
      steps,
      distinct: this.#seen.size,
    };
  }
}
