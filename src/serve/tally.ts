/** Counts of a session that one can plot. */
export class Tally {
  selected = 0;
  observed = 0;
  late = 0;
  skipped = 0;
  expired = 0;
  /** Groups that were selected and whose waste was foretold, and the sum of the chances of that. */
  #foretold = 0;
  #chances = 0;
  /** Whole groups of at least two rollouts that were observed, and those all right or all wrong. */
  #groups = 0;
  #wasted = 0;

  /** @param chances of each selected group, that its rollouts are of both kinds */
  foretell(chances: Float32Array): void {
    this.selected += chances.length;
    this.#foretold += chances.length;
    for (const chance of chances) this.#chances += 1 - chance;
  }

  see(successes: number, trials: number): void {
    if (trials < 2) return;
    this.#groups++;
    if (successes === 0 || successes === trials) this.#wasted++;
  }

  toJSON(): object {
    const { selected, late, skipped, expired } = this;
    return {
      selected,
      late,
      skipped,
      expired,
      expectedWaste: share(this.#chances, this.#foretold),
      realisedWaste: share(this.#wasted, this.#groups),
    };
  }
}

/** null of none. */
function share(some: number, all: number): number | null {
  return all === 0 ? null : some / all;
}
