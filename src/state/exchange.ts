import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { bad, checkInteger, type Fields, find, getId, getNumber, isObject } from '../logs/fields.ts';
import { checkVisit, MOST_ROLLOUTS } from '../logs/visits.ts';
import { LEAST, MOST } from '../validate.ts';
import type { Settings } from './settings.ts';
import { State } from './state.ts';

/** A prompt with what it takes to go on with it. */
export interface ExportedPrompt {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  readonly visits: number;
  /** Its label, if it has one: quotas go by it. */
  readonly group?: string;
  /** Of the latest visit, if it had one. */
  readonly step?: number;
  /** The posterior before the latest visit, with the counts of that visit, to which rows of the same step still add. */
  readonly open?: {
    readonly alpha: number;
    readonly beta: number;
    readonly successes: number;
    readonly trials: number;
    /** Of the latest visit before it, if it had one. */
    readonly step?: number;
    /** Of the visit, where it is not that of the state. */
    readonly discount?: number;
  };
}

/** The prompts of a state, in the order of their keys. */
export function* exportPrompts(state: State): Generator<ExportedPrompt> {
  const { keys, pool, columns, discounts } = state;
  const stepOf = (step: number) => (Number.isNaN(step) ? {} : { step });
  for (let i = 0; i < keys.size; i++) {
    const trials = columns.trials[i] as number;
    const discount = columns.discounts[i] as number;
    const group = state.groupOf(i);
    const open = {
      alpha: columns.settledAlpha[i] as number,
      beta: columns.settledBeta[i] as number,
      successes: columns.successes[i] as number,
      trials,
      ...stepOf(columns.settledSteps[i] as number),
      ...(discount > 0 && { discount: discounts.at(discount) }),
    };
    yield {
      id: keys.at(i),
      alpha: pool.alpha[i] as number,
      beta: pool.beta[i] as number,
      visits: columns.visits[i] as number,
      ...(group !== '' && { group }),
      ...stepOf(columns.steps[i] as number),
      ...(trials > 0 && { open }),
    };
  }
}

/** Where a reference model passed a prompt at some rate: it starts as if so many rollouts had been seen. */
export interface WarmStart {
  /** Field of a row that has the rate, in [0, 1]. */
  readonly rate: string;
  /** Rollouts that the rate counts as. */
  readonly weight: number;
}

/** Makes a state of the rows of an export, of posteriors from elsewhere, or of a data set. */
export class Importer {
  readonly #settings: Settings;
  readonly #warm: WarmStart | undefined;
  readonly #group: string | undefined;
  readonly #prompts = new Map<string, Prompt | undefined>();
  readonly #labels = new Map<string, string>();

  /** @param group the field of a row that has its label; by default `group`, of rows that have a posterior */
  constructor(settings: Settings, warm?: WarmStart, group?: string) {
    this.#settings = settings;
    this.#warm = warm;
    this.#group = group;
  }

  /** Whether a prompt has a posterior, and does not start at the prior. */
  get isWarm(): boolean {
    for (const prompt of this.#prompts.values()) if (prompt !== undefined) return true;
    return false;
  }

  get keys(): Iterable<string> {
    return this.#prompts.keys();
  }

  /**
   * Adds a prompt, at the prior if the row has no posterior. A data set may repeat itself, and the first label of a prompt
   * is the one; posteriors may not.
   * @throws DataError for a row that makes no sense
   */
  add(key: string, row: Fields): void {
    const prompt = this.#toPrompt(row);
    const isKnown = this.#prompts.has(key);
    if (isKnown && (prompt ?? this.#prompts.get(key)) !== undefined) {
      throw new DataError('taken', `${quoteId(key)} is there twice`, { id: key });
    }
    const label = this.#toLabel(row);
    if (label !== undefined && !this.#labels.has(key)) this.#labels.set(key, label);
    if (!isKnown) this.#prompts.set(key, prompt);
  }

  /**
   * The prompts that `state` lacks, as a state of their own. Those that it has get the labels of their rows.
   * @throws DataError for a posterior of a prompt that it has, or one that no state holds
   */
  end(state: State): State {
    const labelled: [index: number, label: string][] = [];
    const keys = [...this.#prompts.keys()].filter((key) => {
      const index = state.keys.indexOf(key);
      const isMissing = index < 0;
      const label = isMissing ? undefined : this.#labels.get(key);
      if (label !== undefined) labelled.push([index, label]);
      if (!isMissing && this.#prompts.get(key) !== undefined) {
        throw new DataError('taken', `${quoteId(key)} is in the state, and keeps its posterior`, { id: key });
      }
      return isMissing;
    });
    const imported = State.unseen(this.#settings, keys);
    const { keys: table, columns, discounts } = imported;
    const wanted: [index: number, prompt: Prompt][] = [];
    for (let index = 0; index < table.size; index++) {
      const key = table.at(index);
      const label = this.#labels.get(key);
      if (label !== undefined) imported.label(index, label);
      const prompt = this.#prompts.get(key);
      if (prompt === undefined) continue;
      for (const name of COLUMNS) columns[name][index] = prompt[name];
      if (prompt.discount !== undefined) columns.discounts[index] = discounts.toNumber(prompt.discount);
      wanted.push([index, prompt]);
      const { successes, trials } = prompt;
      if (this.#settings.discount < 1) checkVisit(() => table.at(index), undefined, trials);
      imported.checkRange(index, prompt.settledAlpha, prompt.settledBeta, successes, trials);
    }
    const wrong = wanted.find(
      ([i, { alpha, beta }]) => imported.pool.alpha[i] !== alpha || imported.pool.beta[i] !== beta,
    );
    if (wrong !== undefined) {
      const id = table.at(wrong[0]);
      throw new DataError(
        'value',
        `${quoteId(id)}: alpha and beta are not what "open" makes them with this discount and prior`,
        { id },
      );
    }
    for (const [index, label] of labelled) state.label(index, label);
    return imported;
  }

  #toLabel(row: Fields): string | undefined {
    const name = this.#group ?? (Object.hasOwn(row, 'alpha') ? 'group' : undefined);
    const label = name === undefined ? undefined : find(row, name);
    return name === undefined || label === undefined || label === null ? undefined : getId(row, name);
  }

  #toPrompt(row: Fields): Prompt | undefined {
    if (this.#warm !== undefined) return warmPrompt(row, this.#warm, this.#settings);
    return Object.hasOwn(row, 'alpha') ? toPrompt(row) : undefined;
  }
}

const COLUMNS = ['settledAlpha', 'settledBeta', 'successes', 'trials', 'steps', 'settledSteps', 'visits'] as const;

type Prompt = { readonly [name in (typeof COLUMNS)[number] | 'alpha' | 'beta']: number } & {
  readonly discount?: number | undefined;
};

/** alpha0 + N r, beta0 + N (1 - r): what N rollouts would have made of the prior. */
function warmPrompt(row: Fields, { rate: field, weight }: WarmStart, { prior }: Settings): Prompt {
  const rate = getNumber(row, field);
  if (rate < 0 || rate > 1) throw bad(field, 'a rate in [0, 1]', rate);
  const alpha = Math.fround(prior.alpha + weight * rate);
  const beta = Math.fround(prior.beta + weight * (1 - rate));
  const none = { successes: 0, trials: 0, steps: Number.NaN, settledSteps: Number.NaN, visits: 0 };
  return { alpha, beta, settledAlpha: alpha, settledBeta: beta, ...none };
}

const MOST_COUNT = 2 ** 32 - 1;

function toPrompt(row: Fields): Prompt {
  const posterior = { alpha: getPosterior(row, 'alpha'), beta: getPosterior(row, 'beta') };
  const steps = getStep(row);
  const visits = row.visits === undefined ? 1 : checkInteger('visits', row.visits, 0, MOST_COUNT);
  const { open } = row;
  if (open === undefined) {
    const { alpha, beta } = posterior;
    const none = { successes: 0, trials: 0, settledSteps: steps };
    return { ...posterior, steps, visits, settledAlpha: alpha, settledBeta: beta, ...none };
  }
  if (!isObject(open)) throw bad('open', 'an object', open);
  const trials = getCount(open, 'trials', MOST_ROLLOUTS);
  if (trials === 0) throw bad('open.trials', 'more than 0', trials);
  return {
    ...posterior,
    steps,
    visits,
    settledAlpha: getPosterior(open, 'alpha'),
    settledBeta: getPosterior(open, 'beta'),
    settledSteps: getStep(open),
    successes: getCount(open, 'successes', trials),
    trials,
    discount: open.discount === undefined ? undefined : getCount(open, 'discount', 1),
  };
}

function getStep(row: Fields): number {
  return row.step === undefined ? Number.NaN : getNumber(row, 'step') + 0; // not -0
}

function getCount(open: Fields, name: string, most: number): number {
  const value = getNumber(open, name);
  if (value >= 0 && value <= most) return value;
  throw bad(`open.${name}`, `a number in [0, ${most}]`, value);
}

function getPosterior(row: Fields, name: string): number {
  const value = Math.fround(getNumber(row, name));
  if (value >= LEAST && value <= MOST) return value;
  throw bad(name, `a number in [${LEAST}, ${MOST}]`, row[name]);
}
