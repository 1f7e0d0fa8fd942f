/** How long a prompt may be in flight. */
export interface HoldLimits {
  /** Until the state has seen so many more steps. */
  readonly steps?: number | undefined;
  readonly seconds?: number | undefined;
}

interface Hold {
  readonly untilStep: number;
  readonly untilSecond: number;
}

/** Prompts in flight, by index: selected, and neither observed nor released yet. */
export class Holds {
  #held = new Map<number, Hold>();

  get size(): number {
    return this.#held.size;
  }

  get indices(): Iterable<number> {
    return this.#held.keys();
  }

  has(index: number): boolean {
    return this.#held.has(index);
  }

  /** @param step the latest step of the state, and `second` the time */
  add(index: number, { steps, seconds }: HoldLimits, step: number, second: number): void {
    const untilStep = steps === undefined ? Number.POSITIVE_INFINITY : step + steps;
    const untilSecond = seconds === undefined ? Number.POSITIVE_INFINITY : second + seconds;
    this.#held.set(index, { untilStep, untilSecond });
  }

  /** Whether it was held. */
  release(index: number): boolean {
    return this.#held.delete(index);
  }

  clear(): void {
    this.#held.clear();
  }

  /** Releases those that are in flight for too long. */
  expire(step: number, second: number): number {
    const before = this.#held.size;
    for (const [index, { untilStep, untilSecond }] of this.#held) {
      if (step >= untilStep || second >= untilSecond) this.#held.delete(index);
    }
    return before - this.#held.size;
  }

  /** The same prompts, whose indices have changed. */
  move(toIndex: (index: number) => number): void {
    this.#held = new Map(Array.from(this.#held, ([index, hold]) => [toIndex(index), hold]));
  }
}
