/** How many groups have one size. */
export interface SizeCount {
  readonly size: number;
  groups: number;
  /** Of those, with nothing but successes, and without any. */
  allRight: number;
  allWrong: number;
}

/** Counts rollouts by prompt and step, in whatever order they come; without a step all of a prompt are one group. */
export class Groups {
  /** Of each prompt: step, successes and trials of a group, one behind the other. */
  readonly #visits = new Map<string, number[]>();
  readonly #sizes = new Map<number, SizeCount>();

  get prompts(): number {
    return this.#visits.size;
  }

  addRollout(id: string, step: number | undefined, isRight: boolean): void {
    const visits = this.#of(id);
    const at = step ?? Number.NEGATIVE_INFINITY;
    if (visits.length === 0 || visits.at(-3) !== at) visits.push(at, 0, 0);
    const end = visits.length;
    (visits[end - 2] as number) += Number(isRight);
    (visits[end - 1] as number) += 1;
  }

  /** A group that the log has counted itself. */
  addGroup(id: string, successes: number, trials: number): void {
    this.#of(id);
    this.#count(successes, trials);
  }

  /** By size, rising. Call it once, when all is added. */
  close(): SizeCount[] {
    for (const visits of this.#visits.values()) {
      const merged = new Map<number, [successes: number, trials: number]>();
      for (let i = 0; i < visits.length; i += 3) {
        const [step, successes, trials] = visits.slice(i, i + 3) as [number, number, number];
        const [right, tried] = merged.get(step) ?? [0, 0];
        merged.set(step, [right + successes, tried + trials]);
      }
      for (const [successes, trials] of merged.values()) this.#count(successes, trials);
    }
    return [...this.#sizes.values()].sort((a, b) => a.size - b.size);
  }

  #of(id: string): number[] {
    let visits = this.#visits.get(id);
    if (visits === undefined) this.#visits.set(id, (visits = []));
    return visits;
  }

  #count(successes: number, trials: number): void {
    let size = this.#sizes.get(trials);
    if (size === undefined) this.#sizes.set(trials, (size = { size: trials, groups: 0, allRight: 0, allWrong: 0 }));
    size.groups++;
    if (successes === trials) size.allRight++;
    if (successes === 0) size.allWrong++;
  }
}
