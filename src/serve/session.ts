import { toRule } from '../acquisition.ts';
import { DataError } from '../errors.ts';
import type { Fields } from '../logs/fields.ts';
import { Visits } from '../logs/visits.ts';
import { toForecast } from '../state/forecast.ts';
import { choose } from '../state/query.ts';
import { State } from '../state/state.ts';
import { withIndices } from '../state/with-indices.ts';
import { OPERATIONS, type Operation, RequestError, toObservations, toOperation, toQuery } from './request.ts';

/** New prompts that wait until the state is next made anew with them. */
const MOST_FRESH = 1024;

/** Answers requests about a state, which it keeps and saves. */
export class Session {
  #state: State;
  /** Prompts that the state does not have yet: it is made anew for many of them at once. */
  #fresh: State;
  readonly #save: (state: State) => void;
  readonly #saveEvery: number;
  readonly #vitals: () => object;
  readonly #requests = Object.fromEntries(OPERATIONS.map((op) => [op, 0])) as Record<Operation, number>;
  readonly #seconds = Object.fromEntries(OPERATIONS.map((op) => [op, 0])) as Record<Operation, number>;
  #errors = 0;
  #observed = 0;
  #unsaved = 0;
  #saves = 0;

  /**
   * @param save is called with what is to be kept
   * @param saveEvery observations, or 0 for never on its own
   * @param vitals of the process, which the metrics repeat: uptime in seconds, memory in bytes
   */
  constructor(state: State, save: (state: State) => void, saveEvery: number, vitals: () => object = () => ({})) {
    this.#state = state;
    this.#vitals = vitals;
    this.#fresh = State.unseen(state.settings);
    this.#save = save;
    this.#saveEvery = saveEvery;
  }

  /** The answer to a request. Never throws: a refused one changes nothing. */
  answer(request: Fields): object {
    const { id = null } = request;
    try {
      JSON.stringify(id);
    } catch {
      return this.refuse(new RequestError('value', '"id" is nested too deeply'));
    }
    try {
      const op = toOperation(request);
      const start = performance.now();
      const answer = this.#run(op, request);
      this.#requests[op]++;
      this.#seconds[op] += (performance.now() - start) / 1000;
      return { id, ...answer };
    } catch (error) {
      return this.refuse(error, id);
    }
  }

  /** The answer to what failed. */
  refuse(error: unknown, id: unknown = null): object {
    this.#errors++;
    return { id, error: { code: toCode(error), message: (error as Error).message } };
  }

  /** Saves what is not saved yet. */
  save(): void {
    if (this.#unsaved === 0) return;
    this.#settle();
    this.#save(this.#state);
    this.#saves++;
    this.#unsaved = 0;
  }

  #run(op: Operation, request: Fields): object {
    if (op === 'observe') return this.#observe(request);
    if (op === 'metrics') return this.#metrics();
    if (op === 'save') {
      try {
        this.save();
      } catch (error) {
        throw new RequestError('save', (error as Error).message);
      }
      return { saves: this.#saves };
    }
    this.#settle();
    const query = valued(() => toQuery(request));
    if (op === 'status') {
      return { ...toForecast(this.#state, query, Math.max(2, toRule(query.acquisition).rollouts || 8)) };
    }
    const { indices, scores } = choose(this.#state, query);
    return { ids: Array.from(indices, (index) => this.#state.keys.at(index)), scores: Array.from(scores) };
  }

  /** All of the observations or, if one is refused, none. */
  #observe(request: Fields): object {
    const rows = valued(() => toObservations(request));
    const visits = new Visits();
    for (const row of rows) visits.add(row);
    const { ids } = visits;
    const known = ids.map((id) => this.#state.keys.indexOf(id));
    const fresh = this.#fresh.with(ids.filter((_, prompt) => (known[prompt] as number) < 0));
    const added = ids.map((id, prompt) => ((known[prompt] as number) < 0 ? fresh.keys.indexOf(id) : -1));
    const undo = [this.#state.remember(known.filter(isIndex)), fresh.remember(added.filter(isIndex))];
    try {
      this.#state.observe(withIndices(visits, known));
      fresh.observe(withIndices(visits, added));
    } catch (error) {
      for (const back of undo) back();
      throw error;
    }
    this.#fresh = fresh;
    this.#observed += rows.length;
    this.#unsaved += rows.length;
    if (fresh.size > MOST_FRESH) this.#settle();
    const answer = { observed: rows.length };
    try {
      if (this.#saveEvery > 0 && this.#unsaved >= this.#saveEvery) this.save();
    } catch (error) {
      return { ...answer, unsaved: this.#unsaved, warning: `not saved: ${(error as Error).message}` };
    }
    return { ...answer, unsaved: this.#unsaved };
  }

  #metrics(): object {
    return {
      prompts: this.#state.size + this.#fresh.size,
      requests: this.#requests,
      seconds: this.#seconds,
      errors: this.#errors,
      observations: this.#observed,
      unsaved: this.#unsaved,
      saves: this.#saves,
      ...this.#vitals(),
    };
  }

  #settle(): void {
    if (this.#fresh.size === 0) return;
    const before = this.#state;
    this.#state = before.merge(this.#fresh);
    this.#fresh = State.unseen(this.#state.settings);
    before.dispose();
  }
}

const isIndex = (index: number): boolean => index >= 0;

/** Reads the values of a request. */
function valued<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DataError ? new RequestError('value', error.message) : error;
  }
}

function toCode(error: unknown): string {
  if (error instanceof RequestError) return error.code;
  if (error instanceof TypeError || error instanceof RangeError) return 'value';
  return error instanceof DataError ? 'refused' : 'internal';
}
