import type { Batch } from '../index.ts';
import { DataError } from '../cli/errors.ts';
import { shorten } from '../printable.ts';
import { isSuccess, MOST_TRIALS, type Row, type SuccessRule } from './row.ts';

/** Of one prompt. Beside any prior no posterior can then leave the library's domain: 1e6 + 15e6 < 2^24. */
const MOST_ROLLOUTS = 15_000_000;
const BATCH = 65_536;

interface Visit {
  readonly step: number;
  readonly isRollout: boolean;
  successes: number;
  trials: number;
}

interface Prompt {
  readonly hasSteps: boolean;
  readonly visits: Visit[];
  rollouts: number;
}

/**
 * Rows to observations. Those of a prompt are applied in order of step, then of the file; rollouts of one step are one
 * observation, where the first of them stands. With discount 1 order does not matter: a prompt's counts are added up.
 */
export class Tally {
  readonly #ordered: boolean;
  readonly #rule: SuccessRule;
  readonly #prompts = new Map<string, Prompt>();
  #rollouts = 0;

  constructor(discount: number, rule: SuccessRule) {
    this.#ordered = discount < 1;
    this.#rule = rule;
  }

  /** In order of first appearance. */
  get ids(): string[] {
    return [...this.#prompts.keys()];
  }

  /** Of all prompts. */
  get rollouts(): number {
    return this.#rollouts;
  }

  /** @throws DataError for a row that fits no order, or one rollout too many; the tally is then of no use */
  add(row: Row): void {
    const prompt = this.#prompt(row.id, row.step !== undefined);
    if (this.#ordered) checkOrder(row, prompt.hasSteps);
    if (row.isRollout) this.#count(prompt, row, isSuccess(row, this.#rule) ? 1 : 0, 1);
    else for (const [i, trials] of row.trials.entries()) this.#count(prompt, row, row.successes[i] as number, trials);
  }

  /** All observations, in the order to apply them; a prompt's index is the position of its id. */
  *batches(): Generator<Batch> {
    let batch = newBatch();
    let index = 0;
    for (const [id, { visits }] of this.#prompts) {
      for (const { step, successes, trials } of inOrder(visits)) {
        if (this.#ordered && trials > MOST_TRIALS) {
          throw new DataError(
            `${quote(id)} has ${trials} rollouts at step ${step}; at most ${MOST_TRIALS} count as one`,
          );
        }
        observe(batch, index, successes, trials);
      }
      index++;
      if (batch.indices.length >= BATCH) {
        yield batch;
        batch = newBatch();
      }
    }
    yield batch;
  }

  #count(prompt: Prompt, { id, step, isRollout }: Row, successes: number, trials: number): void {
    prompt.rollouts += trials;
    this.#rollouts += trials;
    if (prompt.rollouts > MOST_ROLLOUTS) {
      throw new DataError(`${quote(id)} has more than ${MOST_ROLLOUTS.toLocaleString('en')} rollouts`);
    }
    append(prompt.visits, {
      step: this.#ordered ? (step ?? 0) : 0,
      isRollout: isRollout || !this.#ordered,
      successes,
      trials,
    });
  }

  #prompt(id: string, hasSteps: boolean): Prompt {
    let prompt = this.#prompts.get(id);
    if (prompt === undefined) this.#prompts.set(id, (prompt = { hasSteps, visits: [], rollouts: 0 }));
    return prompt;
  }
}

function checkOrder({ id, step, isRollout }: Row, hasSteps: boolean): void {
  if (step === undefined && isRollout) {
    throw new DataError('"step" is missing, and a discount below 1 needs the order: --step FIELD names its field');
  }
  if ((step !== undefined) !== hasSteps) {
    throw new DataError(`${quote(id)} has rows with and without a step, and a discount below 1 needs one order`);
  }
}

/** Adds a visit, or counts its rollouts into the last one if that is of the same step. */
function append(visits: Visit[], visit: Visit): void {
  const last = visits.at(-1);
  if (last?.isRollout && visit.isRollout && last.step === visit.step) {
    last.successes += visit.successes;
    last.trials += visit.trials;
  } else {
    visits.push(visit);
  }
}

/** By step, with the rollouts of a step together also where other rows came between. */
function inOrder(visits: readonly Visit[]): Visit[] {
  const merged: Visit[] = [];
  let group: Visit | undefined;
  for (const visit of [...visits].sort((a, b) => a.step - b.step)) {
    if (visit.isRollout && group?.step === visit.step) {
      group.successes += visit.successes;
      group.trials += visit.trials;
    } else {
      merged.push({ ...visit });
      if (visit.isRollout) group = merged.at(-1);
    }
  }
  return merged;
}

type Columns = Record<'indices' | 'successes' | 'trials', number[]>;

function newBatch(): Columns {
  return { indices: [], successes: [], trials: [] };
}

/** Adds one observation, in parts if it is larger than the library takes. */
function observe(batch: Columns, index: number, successes: number, trials: number): void {
  const part = Math.min(trials, MOST_TRIALS);
  const right = Math.min(successes, part);
  batch.indices.push(index);
  batch.successes.push(right);
  batch.trials.push(part);
  if (trials > part) observe(batch, index, successes - right, trials - part);
}

function quote(id: string): string {
  return `prompt ${JSON.stringify(shorten(id, 40))}`;
}
