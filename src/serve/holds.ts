/** How long a prompt may be in flight. */
export interface HoldLimits {
  /** Until the state has seen so many more steps. */
  readonly steps?: number | undefined;
  readonly seconds?: number | undefined;
}

interface Hold {
  /** In the place of `untilStep`, if no step had been seen when it began. */
  readonly steps: number | undefined;
  readonly untilStep: number;
  readonly untilSecond: number;
}

/** Prompts in flight, by index: selected, and neither observed nor released yet. */
export class Holds {
  #held = new Map<number, Hold>();
  #areWaiting = false;

  get size(): number {
    return this.#held.size;
  }

  get indices(): Iterable<number> {
    return this.#held.keys();
  }

  has(index: number): boolean {
    return this.#held.has(index);
  }

  /** Whether there may be some that begin with the first step that is seen. */
  get areWaiting(): boolean {
    return this.#areWaiting;
  }

  /** @param step the latest step of the state, if it has seen one, and `second` the time */
  add(index: number, { steps, seconds }: HoldLimits, step: number | undefined, second: number): void {
    const untilStep = steps === undefined || step === undefined ? Number.POSITIVE_INFINITY : step + steps;
    const untilSecond = seconds === undefined ? Number.POSITIVE_INFINITY : second + seconds;
    const isWaiting = steps !== undefined && step === undefined;
    this.#held.set(index, { steps: isWaiting ? steps : undefined, untilStep, untilSecond });
    this.#areWaiting ||= isWaiting;
  }

  /** Begins those that wait for a step. */
  start(step: number): void {
    for (const [index, { steps, untilSecond }] of this.#held) {
      if (steps !== undefined) this.#held.set(index, { steps: undefined, untilStep: step + steps, untilSecond });
    }
    this.#areWaiting = false;
  }

  /** Whether it was held. */
  release(index: number): boolean {
    return this.#held.delete(index);
  }

  clear(): void {
    this.#held.clear();
    this.#areWaiting = false;
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
