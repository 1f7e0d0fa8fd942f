import { DataError } from '../errors.ts';
import { bad, type Fields } from '../logs/fields.ts';
import type { SuccessRule } from '../logs/row.ts';
import type { Entry } from '../state/journal.ts';
import { toSuccessRule } from '../state/settings.ts';
import type { State } from '../state/state.ts';
import type { Observation } from '../state/table/posteriors.ts';
import { type Observed, toObserved } from './observation.ts';
import { asObject, checkBoolean, RequestError } from './request.ts';

/** An observation that was not taken. */
export interface Skipped {
  /** Position in the request. */
  readonly at: number;
  /** `repeated`: one with the same key was taken before. */
  readonly code: 'value' | 'refused' | 'repeated';
  readonly reason: string;
}

interface Read extends Observed {
  /** Position in the request. */
  readonly at: number;
  /** Of the prompt in the state; -1 if the state lacks it. */
  readonly index: number;
}

export interface Done {
  readonly taken: readonly Read[];
  /** Those whose keys were taken before. */
  readonly repeated: readonly Read[];
  /** Positions in the request of those that were inserted before the latest visit. */
  readonly late: readonly number[];
  readonly skipped: readonly Skipped[];
  /** The prompts that the state lacks, with these observations. */
  readonly fresh: State;
}

/**
 * Takes the observations of a request into a state, or into the fresh prompts beside it: those that make sense, or, if
 * the request is atomic, all or none. Within the request they apply by rising step.
 * @param append makes them durable; if it throws, all is put back
 * @throws RequestError, DataError if none could be taken: that of the first; the error of `append`
 */
export function observe(request: Fields, state: State, before: State, append: (entries: Entry[]) => void): Done {
  const { observations, atomic = false } = request;
  const given = inValue(() => {
    checkBoolean('atomic', atomic);
    if (!Array.isArray(observations)) throw bad('observations', 'an array', observations);
    return observations as unknown[];
  });
  const intake = new Intake(state, before);
  const errors = new Map<number, Error>();
  const read: Read[] = [];
  for (const [at, observation] of given.entries()) {
    try {
      const observed = inValue(() => intake.read(observation, `observations[${at}]`));
      read.push({ ...observed, at, index: state.keys.indexOf(observed.entry.id) });
    } catch (error) {
      errors.set(at, error as Error);
    }
  }
  const stepOf = ({ entry }: Read): number => entry.step ?? Number.NEGATIVE_INFINITY;
  read.sort((a, b) => (stepOf(a) < stepOf(b) ? -1 : Number(stepOf(a) > stepOf(b)))); // stable
  intake.begin(read);
  const taken: Read[] = [];
  const late: number[] = [];
  const repeated: Read[] = [];
  for (const observed of read) {
    const { at } = observed;
    try {
      const fate = intake.take(observed);
      if (fate === 'repeated') repeated.push(observed);
      else taken.push(observed);
      if (fate === 'late') late.push(at);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      errors.set(at, new DataError(error.code, `observations[${at}]: ${error.reason}`, error));
    }
  }
  const first = [...errors.keys()].sort((a, b) => a - b)[0];
  if (first !== undefined && (atomic || taken.length + repeated.length === 0)) {
    intake.undo();
    throw errors.get(first);
  }
  const entries = taken.map(({ entry }) => entry);
  try {
    if (entries.length > 0) append(entries);
  } catch (error) {
    intake.undo();
    throw error;
  }
  const skipped = [
    ...Array.from(errors, ([at, error]): Skipped => ({ at, ...toReason(error) })),
    ...repeated.map(({ at }): Skipped => ({ at, code: 'repeated', reason: 'its key was taken before' })),
  ];
  skipped.sort((a, b) => a.at - b.at);
  return { taken, repeated, late: late.sort((a, b) => a - b), skipped, fresh: intake.end(entries) };
}

/** One request's way into a state and the fresh prompts beside it, which can be taken back. */
class Intake {
  readonly #state: State;
  readonly #before: State;
  #fresh: State;
  #undo: (() => void)[] = [];
  readonly #keys = new Set<string>();
  readonly #rule: SuccessRule;

  constructor(state: State, before: State) {
    this.#state = state;
    this.#before = before;
    this.#fresh = before;
    this.#rule = toSuccessRule(state.rule ?? { threshold: '0.5' });
  }

  read(observation: unknown, at: string): Observed {
    return toObserved(asObject(at, observation), at, this.#rule);
  }

  begin(read: readonly Read[]): void {
    const unknown = read.filter(({ index }) => index < 0).map(({ entry }) => entry.id);
    this.#fresh = this.#before.with(unknown);
    const added = unknown.map((id) => this.#fresh.keys.indexOf(id));
    const known = read.filter(({ index }) => index >= 0).map(({ index }) => index);
    this.#undo = [this.#state.remember(known), this.#fresh.remember(added)];
  }

  take({ entry, index }: Read): 'observed' | 'late' | 'repeated' {
    const { key } = entry;
    if (key !== undefined && (this.#keys.has(key) || this.#state.recent.has(key))) return 'repeated';
    const fate =
      index < 0
        ? this.#fresh.take(toObservation(entry, this.#fresh.keys.indexOf(entry.id)))
        : this.#state.take(toObservation(entry, index));
    if (key !== undefined) this.#keys.add(key);
    return fate;
  }

  undo(): void {
    for (const back of this.#undo) back();
  }

  /** @returns the fresh prompts: of the unknown ones only those that something was taken of */
  end(entries: readonly Entry[]): State {
    this.#state.taken += entries.length;
    for (const key of this.#keys) this.#state.recent.add(key);
    if (this.#fresh === this.#before) return this.#fresh;
    const ids = new Set(entries.map(({ id }) => id).filter((id) => this.#fresh.keys.indexOf(id) >= 0));
    const fresh = this.#before.with(ids);
    if (fresh.size === this.#fresh.size) return this.#fresh;
    // Rare: an unknown prompt whose observations were all refused stays unknown.
    for (const entry of entries) {
      const index = fresh.keys.indexOf(entry.id);
      if (index >= 0) fresh.take(toObservation(entry, index));
    }
    return fresh;
  }
}

function toObservation({ step, successes, trials, discount }: Entry, index: number): Observation {
  return { step, successes, trials, discount, index, isRollout: false };
}

function toReason(error: Error): { code: 'value' | 'refused'; reason: string } {
  return { code: error instanceof DataError ? 'refused' : 'value', reason: error.message };
}

/** Reads the values of a request. */
function inValue<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof DataError ? new RequestError('value', error.message) : error;
  }
}
