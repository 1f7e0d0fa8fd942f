import { PromptState } from 'insight-wasm/state';

/**
 * All visits of a log in the order of time: by their step or, if a visit has none, by their number among those of the
 * prompt.
 */
export class Timeline {
  /** @param {import('insight-wasm/logs').Visits} visits */
  constructor(visits) {
    this.ids = visits.ids;
    const all = [];
    let isStepped = true;
    for (let prompt = 0; prompt < this.ids.length; prompt++) {
      visits.of(prompt).forEach(({ step, successes, trials, isRollout }, i) => {
        isStepped &&= step !== undefined;
        all.push({ id: this.ids[prompt], step, successes, trials, isRollout, time: i + 1 });
      });
    }
    if (isStepped) for (const visit of all) visit.time = visit.step;
    /** What the time is. */
    this.clock = isStepped ? 'step' : 'visit';
    this.visits = all.sort((a, b) => a.time - b.time); // stable: the visits of a prompt stay in order
    this.first = all[0]?.time ?? 0;
    this.last = all.at(-1)?.time ?? 0;
  }

  /** The visits after a time, up to and with another. */
  between(after, until) {
    return this.visits.slice(this.#countUntil(after), this.#countUntil(until));
  }

  /** The visits of one prompt. */
  of(id) {
    return this.visits.filter((visit) => visit.id === id);
  }

  /** Times at which something was seen, at most so many, evenly spread, the last among them. */
  moments(most) {
    const times = [...new Set(this.visits.map(({ time }) => time))];
    const stride = Math.max(1, Math.ceil(times.length / most));
    return times.filter((_, i) => (times.length - 1 - i) % stride === 0);
  }

  /** The posteriors at the prior, of all prompts that ever come. */
  unseen(belief) {
    return new PromptState({ discount: belief.discount, prior: belief.prior }).add(this.ids);
  }

  #countUntil(time) {
    let [low, high] = [0, this.visits.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.visits[middle].time <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
