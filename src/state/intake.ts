import type { Row, SuccessRule } from '../logs/row.ts';
import { checkOrder, Visits } from '../logs/visits.ts';
import type { Log } from './ledger.ts';
import type { Rule } from './settings.ts';
import type { State } from './state.ts';
import { withIndices } from './with-indices.ts';

/** Takes the rows of logs into a state. */
export class Intake {
  readonly #before: State;
  readonly #visits: Visits;
  #late = 0;
  #known = 0;
  /** In the state before, by the number of the prompt; -1: it is new. */
  readonly #indices: number[] = [];

  constructor(state: State, rule: SuccessRule) {
    this.#before = state;
    this.#visits = new Visits(rule);
  }

  /** Rows of an older step than the latest of their prompt in the state before. */
  get late(): number {
    return this.#late;
  }

  /** @throws DataError for a row in no order */
  add(row: Row): void {
    const { settings, keys } = this.#before;
    checkOrder(row, settings.discount);
    const prompt = this.#visits.add(row);
    if (this.#indices[prompt] === undefined) {
      this.#indices[prompt] = keys.indexOf(row.id);
      if (this.#indices[prompt] >= 0) this.#known++;
    }
    if (this.#before.isLate(this.#indices[prompt] as number, row.step)) this.#late++;
  }

  /** What was taken in so far. */
  get visits(): Visits {
    return this.#visits;
  }

  /** Prompts of the logs that the state had before. */
  get known(): number {
    return this.#known;
  }

  /**
   * The state with all of it, and the logs that it came from. The state before is then of no use.
   * @throws DataError for logs that were taken before, or visits that fit no posterior
   */
  end(logs: readonly Log[], rule: Rule): State {
    const after = this.#before.forLogs(this.#visits.list, rule);
    after.ledger.take(logs);
    const indices = after.keys.indicesOf(this.#visits.list);
    after.observe(withIndices(this.#visits, indices));
    return after;
  }
}
