import { toRule } from '../acquisition.ts';
import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { type Acquisition, type Selection, score } from '../index.ts';
import type { Fields } from '../logs/fields.ts';
import { chooseBeside } from '../state/choose/beside.ts';
import { choose } from '../state/choose/choose.ts';
import { toForecast } from '../state/choose/forecast.ts';
import { mergeParts, type PromptPart, toPart } from '../state/choose/parts.ts';
import type { Place, Query } from '../state/choose/query.ts';
import type { Keeper } from '../state/keeper.ts';
import { State } from '../state/state.ts';
import { type HoldLimits, Holds } from './holds.ts';
import { observe } from './observe.ts';
import {
  checkBoolean,
  OPERATIONS,
  type Operation,
  RequestError,
  toHold,
  toIds,
  toMergeQuery,
  toNumbers,
  toOperation,
  toPath,
  toPositions,
  toQuery,
} from './request.ts';
import { Tally } from './tally.ts';

/** Of the requests and answers; what is new in 2: docs/serve.md. */
const PROTOCOL = 2;
/** New prompts that wait beside the state until it is made anew with them: so many, or a share of its own. */
const MOST_FRESH = 1024;
const FRESH_SHARE = 1 / 64;

export interface SessionOptions {
  /** Observations after which the state is written whole, or 0 for never on its own. */
  readonly saveEvery: number;
  /** Of the package. */
  readonly version?: string | undefined;
  /** Of the process, which the metrics repeat: uptime in seconds, memory in bytes. */
  readonly vitals?: (() => object) | undefined;
  /** Seconds that go by. */
  readonly clock?: (() => number) | undefined;
}

/** Answers requests about a state, which it has kept. */
export class Session {
  #state: State;
  /** Prompts that the state does not have yet: it is made anew for many of them at once. */
  #fresh: State;
  readonly #keeper: Keeper;
  readonly #options: SessionOptions;
  readonly #holds = new Holds();
  readonly #tally = new Tally();
  readonly #requests = Object.fromEntries(OPERATIONS.map((op) => [op, 0])) as Record<Operation, number>;
  readonly #seconds = Object.fromEntries(OPERATIONS.map((op) => [op, 0])) as Record<Operation, number>;
  /** Observations that a process before this one answered, and did not fold. */
  readonly #recovered: number;
  #errors = 0;

  constructor(state: State, keeper: Keeper, options: SessionOptions) {
    this.#state = state;
    this.#fresh = besides(state);
    this.#keeper = keeper;
    this.#options = options;
    this.#recovered = keeper.unsaved;
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

  /** Writes the state whole, if it is not on the disk yet. */
  save(): void {
    if (this.#keeper.unsaved === 0) return;
    this.#settle();
    this.#keeper.fold(this.#state, true);
  }

  #run(op: Operation, request: Fields): object {
    switch (op) {
      case 'hello':
        return this.#hello();
      case 'select':
        return this.#select(request);
      case 'merge':
        return mergeParts(request.parts as readonly PromptPart[], toMergeQuery(request));
      case 'hold':
        return this.#hold(request);
      case 'observe':
        return this.#observe(request);
      case 'release':
        return this.#release(request);
      case 'get':
        return this.#get(request);
      case 'score':
        return toScores(request);
      case 'save':
        return this.#saveNow(request);
      case 'load':
        return this.#load(request);
      case 'status':
        return this.#status(request);
      case 'metrics':
        return this.#metrics();
    }
  }

  #hello(): object {
    this.#expire();
    const { settings, rule = null } = this.#state;
    const { discount, prior } = settings;
    return {
      protocol: PROTOCOL,
      version: this.#options.version ?? null,
      operations: OPERATIONS,
      ...this.#about(),
      settings: { discount, prior: { alpha: prior.alpha, beta: prior.beta }, rule },
      recovered: this.#recovered,
      held: this.#holds.size, // 0 in a new process: prompts that one before it gave out are not held any more
    };
  }

  #about(): object {
    const { size, taken } = this.#state;
    return { prompts: size + this.#fresh.size, step: this.#lastStep ?? null, taken };
  }

  #select(request: Fields): object {
    const hold = valued(() => toHold(request));
    this.#expire();
    const query = this.#beside(valued(() => toQuery(request)));
    if (request.part !== undefined) {
      if (hold !== undefined)
        throw new RequestError('value', '"part" selects nothing yet: hold what the merge answers');
      this.#settle();
      return { part: valued(() => toPart(this.#state, query, request.part as Place)) };
    }
    const { indices, scores } = this.#choose(query);
    if (hold !== undefined) {
      const [step, second] = [this.#lastStep, this.#clock()];
      for (const index of indices) this.#holds.add(index, hold, step, second);
    }
    const acquisition: Acquisition = { kind: 'non-degenerate', rollouts: toRollouts(query) };
    const all = indices.slice().sort();
    const first = all.findIndex((index) => index >= this.#state.size);
    const [known, fresh] = first < 0 ? [all, all.subarray(0, 0)] : [all.subarray(0, first), all.subarray(first)];
    const candidates = fresh.map((index) => index - this.#state.size);
    this.#tally.foretell(this.#state.pool.score({ acquisition, candidates: known }));
    if (fresh.length > 0) this.#tally.foretell(this.#fresh.pool.score({ acquisition, candidates }));
    return { ids: Array.from(indices, (index) => this.#idOf(index)), scores: Array.from(scores) };
  }

  /** The query beside what is in flight. */
  #beside(query: Query): Query {
    return { ...query, held: this.#holds.size > 0 ? this.#holds : undefined };
  }

  #choose(query: Query): Selection {
    const beside = this.#fresh.size === 0 ? undefined : chooseBeside(this.#state, this.#fresh, query);
    if (beside !== undefined) return beside;
    this.#settle();
    return choose(this.#state, query);
  }

  /** Of a prompt of the state, or of a fresh one, whose indices go on from those of the state; -1: there is none. */
  #indexOf(id: string): number {
    const index = this.#state.keys.indexOf(id);
    if (index >= 0 || this.#fresh.size === 0) return index;
    const fresh = this.#fresh.keys.indexOf(id);
    return fresh < 0 ? -1 : this.#state.size + fresh;
  }

  #idOf(index: number): string {
    const { size, keys } = this.#state;
    return index < size ? keys.at(index) : this.#fresh.keys.at(index - size);
  }

  #hold(request: Fields): object {
    const limits = valued(() => toHold({ ...request, hold: true }));
    const indices = valued(() => toIds('ids', request.ids)).map((id) => {
      const index = this.#indexOf(id);
      if (index < 0) throw new DataError('unknown-id', `${quoteId(id)} is not in the state`, { id });
      return index;
    });
    this.#expire();
    const [step, second] = [this.#lastStep, this.#clock()];
    for (const index of indices) this.#holds.add(index, limits as HoldLimits, step, second);
    return { held: this.#holds.size };
  }

  #observe(request: Fields): object {
    const { fresh, ...done } = observe(request, this.#state, this.#fresh, (entries) => {
      try {
        this.#keeper.append(entries);
      } catch (error) {
        throw new RequestError('save', (error as Error).message);
      }
    });
    if (fresh !== this.#fresh) this.#setFresh(fresh);
    this.#tally.observed += done.taken.length;
    this.#tally.late += done.late.length;
    this.#tally.skipped += done.skipped.length;
    for (const { index, isPart, entry } of [...done.taken, ...done.repeated]) {
      if (!isPart) this.#holds.release(index >= 0 ? index : this.#indexOf(entry.id));
    }
    for (const { entry, isPart } of done.taken) if (!isPart) this.#tally.see(entry.successes, entry.trials);
    const step = this.#holds.areWaiting ? this.#lastStep : undefined;
    if (step !== undefined) this.#holds.start(step);
    if (this.#fresh.size > Math.max(MOST_FRESH, FRESH_SHARE * this.#state.size)) this.#settle();
    const warning = this.#fold();
    return {
      observed: done.taken.length,
      ...(done.late.length > 0 && { late: done.late }),
      ...(done.skipped.length > 0 && { skipped: done.skipped }),
      unsaved: this.#keeper.unsaved,
      ...(warning !== undefined && { warning }),
    };
  }

  /** Folds the journal into the state, if that is due; what is wrong if it cannot be. */
  #fold(): string | undefined {
    const { saveEvery } = this.#options;
    if (saveEvery === 0 || this.#keeper.unsaved < saveEvery) return undefined;
    try {
      this.#settle();
      this.#keeper.fold(this.#state, false);
      return undefined;
    } catch (error) {
      return `not saved: ${(error as Error).message}`;
    }
  }

  #release({ ids, all = false }: Fields): object {
    this.#expire();
    const held = this.#holds.size;
    valued(() => {
      checkBoolean('all', all);
      if (all === (ids !== undefined)) throw new RequestError('value', '"ids", or "all":true, says what to release');
      if (all) this.#holds.clear();
      else for (const id of toIds('ids', ids)) this.#holds.release(this.#indexOf(id));
    });
    return { released: held - this.#holds.size, held: this.#holds.size };
  }

  #get({ ids, positions }: Fields): object {
    this.#expire();
    if ((ids === undefined) === (positions === undefined)) {
      throw new RequestError('value', 'get needs either "ids" or "positions"');
    }
    if (positions !== undefined) {
      this.#settle();
      const { keys, size } = this.#state;
      return { ids: valued(() => toPositions('positions', positions, size)).map((position) => keys.at(position)) };
    }
    return { prompts: valued(() => toIds('ids', ids)).map((id) => this.#describe(id)) };
  }

  #describe(id: string): object | null {
    const index = this.#indexOf(id);
    if (index < 0) return null;
    const { size } = this.#state;
    const [state, other, at] =
      index < size ? [this.#state, this.#fresh, index] : [this.#fresh, this.#state, index - size];
    const { pool, columns } = state;
    const step = columns.steps[at] as number;
    const group = state.groupOf(at);
    return {
      id,
      position: at + other.keys.rankOf(id),
      ...pool.get(at),
      visits: columns.visits[at],
      step: Number.isNaN(step) ? null : step,
      ...(group !== '' && { group }),
      held: this.#holds.has(index),
    };
  }

  #saveNow({ to }: Fields): object {
    const path = to === undefined ? undefined : valued(() => toPath('to', to));
    try {
      if (path === undefined) this.save();
      else {
        this.#settle();
        this.#keeper.saveTo(this.#state, path);
      }
    } catch (error) {
      throw new RequestError('save', (error as Error).message);
    }
    return path === undefined ? { saves: this.#keeper.saves } : { to: path, ...this.#about() };
  }

  #load({ from }: Fields): object {
    const path = valued(() => toPath('from', from));
    const before = this.#state;
    let warning: string | undefined;
    try {
      ({ state: this.#state, warning } = this.#keeper.loadFrom(path, before));
    } catch (error) {
      throw new RequestError('load', (error as Error).message);
    }
    before.dispose();
    this.#fresh = besides(this.#state);
    this.#holds.clear();
    return { from: path, ...this.#about(), ...(warning !== undefined && { warning }) };
  }

  #status(request: Fields): object {
    this.#expire();
    this.#settle();
    const query = this.#beside(valued(() => toQuery(request)));
    return { ...toForecast(this.#state, query, toRollouts(query)) };
  }

  #metrics(): object {
    const { size, visited } = this.#state;
    const prompts = size + this.#fresh.size;
    this.#expire();
    return {
      prompts,
      coverage: prompts === 0 ? 0 : (visited + this.#fresh.visited) / prompts,
      held: this.#holds.size,
      observations: this.#tally.observed,
      ...this.#tally.toJSON(),
      requests: this.#requests,
      seconds: this.#seconds,
      errors: this.#errors,
      unsaved: this.#keeper.unsaved,
      saves: this.#keeper.saves,
      ...this.#options.vitals?.(),
    };
  }

  get #lastStep(): number | undefined {
    const [last, fresh] = [this.#state.lastStep, this.#fresh.lastStep];
    return last === undefined || (fresh !== undefined && fresh > last) ? fresh : last;
  }

  #clock(): number {
    return this.#options.clock?.() ?? performance.now() / 1000;
  }

  #expire(): void {
    if (this.#holds.size === 0) return;
    this.#tally.expired += this.#holds.expire(this.#lastStep ?? Number.NEGATIVE_INFINITY, this.#clock());
  }

  #setFresh(fresh: State): void {
    const [{ size }, before] = [this.#state, this.#fresh];
    this.#fresh = fresh;
    this.#holds.move((index) => (index < size ? index : size + fresh.keys.indexOf(before.keys.at(index - size))));
    before.dispose();
  }

  /** Makes the state anew with the fresh prompts in their places. */
  #settle(): void {
    if (this.#fresh.size === 0) return;
    const [before, fresh] = [this.#state, this.#fresh];
    const held = new Map(Array.from(this.#holds.indices, (index) => [index, this.#idOf(index)]));
    this.#state = before.merge(fresh);
    this.#fresh = besides(this.#state);
    this.#holds.move((index) => this.#state.keys.indexOf(held.get(index) as string));
    before.dispose();
    fresh.dispose();
  }
}

/** Room for new prompts beside a state: they share its discounts, whose number is limited. */
function besides({ settings, discounts }: State): State {
  return State.unseen(settings, [], discounts);
}

/** Rollouts of a group that the query selects for; a group of one is never mixed. */
function toRollouts({ acquisition }: Query): number {
  return Math.max(2, toRule(acquisition).rollouts || 8);
}

function toScores({ alpha, beta, acquisition }: Fields): object {
  const [a, b] = valued(() => [toNumbers('alpha', alpha), toNumbers('beta', beta)] as const);
  return { scores: Array.from(score(a, b, { acquisition: acquisition as Acquisition | undefined })) };
}

/** Reads the values of a request. */
function valued<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DataError ? new RequestError('value', error.message) : error;
  }
}

export function toCode(error: unknown): string {
  if (error instanceof RequestError) return error.code;
  if (error instanceof TypeError || error instanceof RangeError) return 'value';
  return error instanceof DataError ? 'refused' : 'internal';
}
