import { DataError } from '../cli/errors.ts';
import { isSuccess, type Row, type SuccessRule } from '../logs/row.ts';
import { quoteKey } from './keys.ts';
import type { Observation, State } from './state.ts';

interface Prompt {
  /** In the state before; -1: it is new. */
  readonly index: number;
  /** Its last record. */
  record: number;
  hasSteps: boolean;
  /** Records without a step. */
  turns: number;
}

/**
 * Rows to the observations of a state. Those of a prompt and step are one, wherever in the logs they stand; steps may
 * come in any order, but for those that come too late for the state.
 */
export class Collector {
  readonly #state: State;
  readonly #rule: SuccessRule;
  readonly #prompts = new Map<string, Prompt>();
  // A record each, rather than an object: there may be many millions.
  readonly #keys: string[] = [];
  readonly #steps: (number | undefined)[] = [];
  /** The step, or the number of the record among those of its prompt without one. */
  readonly #turns: number[] = [];
  readonly #isRollout: boolean[] = [];
  readonly #successes: number[] = [];
  readonly #trials: number[] = [];

  constructor(state: State, rule: SuccessRule) {
    this.#state = state;
    this.#rule = rule;
  }

  get keys(): Iterable<string> {
    return this.#prompts.keys();
  }

  /** @throws DataError for a row that comes too late for the state, or in no order */
  add(row: Row): void {
    const prompt = this.#prompt(row.id);
    this.#state.check({ index: prompt.index, step: row.step, isRollout: row.isRollout });
    if (row.step !== undefined) prompt.hasSteps = true;
    else if (prompt.hasSteps) throw new DataError(`${quoteKey(row.id)} has rows with and then without a step`);
    if (row.isRollout) this.#count(row, prompt, isSuccess(row, this.#rule) ? 1 : 0, 1);
    else for (const [i, trials] of row.trials.entries()) this.#count(row, prompt, row.successes[i] as number, trials);
  }

  /** For a state that has all keys: first those without a step, then by step. */
  *observations(state: State): Generator<Observation> {
    const indices = new Map<string, number>();
    for (const key of this.keys) indices.set(key, state.keys.indexOf(key));
    const order = Uint32Array.from(this.#turns.keys()).sort((a, b) => {
      const stepped = Number(this.#steps[a] !== undefined) - Number(this.#steps[b] !== undefined);
      return stepped || (this.#turns[a] as number) - (this.#turns[b] as number) || a - b;
    });
    for (const record of order) {
      yield {
        index: indices.get(this.#keys[record] as string) as number,
        step: this.#steps[record],
        isRollout: this.#isRollout[record] as boolean,
        successes: this.#successes[record] as number,
        trials: this.#trials[record] as number,
      };
    }
  }

  #prompt(key: string): Prompt {
    let prompt = this.#prompts.get(key);
    if (prompt === undefined) {
      prompt = { index: this.#state.keys.indexOf(key), record: -1, hasSteps: false, turns: 0 };
      this.#prompts.set(key, prompt);
    }
    return prompt;
  }

  #count({ id, step, isRollout }: Row, prompt: Prompt, successes: number, trials: number): void {
    const last = prompt.record;
    const isSame = step === undefined ? isRollout && this.#isRollout[last] : step === this.#steps[last];
    if (last >= 0 && isSame) {
      this.#successes[last] = (this.#successes[last] as number) + successes;
      this.#trials[last] = (this.#trials[last] as number) + trials;
      return;
    }
    prompt.record = this.#keys.length;
    this.#keys.push(id);
    this.#steps.push(step);
    this.#turns.push(step ?? prompt.turns++);
    this.#isRollout.push(isRollout);
    this.#successes.push(successes);
    this.#trials.push(trials);
  }
}
