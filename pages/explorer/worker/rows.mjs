/** The rows of logs without all else that the logs hold: another threshold then needs no second reading. */
export class Rows {
  #ids = [];
  #numbers = new Map();
  #fields = [];
  // Of single rollouts, a place each.
  #prompts = [];
  #steps = [];
  #rewards = [];
  #rewardFields = [];
  /** Counts, as they are: their order is that of the visits. */
  #counts = [];
  /** Where the first rollout without a step stands. */
  firstUnstepped;

  /** @param {import('insight-wasm/logs').Row} row @param {import('insight-wasm/logs').Place} [place] */
  add(row, place) {
    if (!row.isRollout) {
      this.#counts.push(row);
      return;
    }
    if (row.step === undefined) this.firstUnstepped ??= { id: row.id, place };
    this.#prompts.push(this.#numberOf(row.id));
    this.#steps.push(row.step);
    this.#rewards.push(row.reward);
    let field = this.#fields.indexOf(row.rewardField);
    if (field < 0) field = this.#fields.push(row.rewardField) - 1;
    this.#rewardFields.push(field);
  }

  #numberOf(id) {
    let number = this.#numbers.get(id);
    if (number === undefined) {
      number = this.#ids.push(id) - 1;
      this.#numbers.set(id, number);
    }
    return number;
  }

  /** Rollouts, then counts: between the two the order says nothing. */
  *[Symbol.iterator]() {
    for (let i = 0; i < this.#prompts.length; i++) {
      yield {
        id: this.#ids[this.#prompts[i]],
        step: this.#steps[i],
        isRollout: true,
        reward: this.#rewards[i],
        rewardField: this.#fields[this.#rewardFields[i]],
      };
    }
    yield* this.#counts;
  }
}
