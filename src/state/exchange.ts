import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { bad, checkInteger, type Fields, getNumber, isObject } from '../logs/fields.ts';
import { LEAST, MOST } from '../validate.ts';
import type { Settings } from './settings.ts';
import { State } from './state.ts';

/** A prompt with what it takes to go on with it. */
export interface ExportedPrompt {
  readonly id: string;
  readonly alpha: number;
  readonly beta: number;
  readonly visits: number;
  /** Of the latest visit, if it had one. */
  readonly step?: number;
  /** The posterior before the latest visit, with the counts of that visit, to which rows of the same step still add. */
  readonly open?: {
    readonly alpha: number;
    readonly beta: number;
    readonly successes: number;
    readonly trials: number;
  };
}

/** The prompts of a state, in the order of their keys. */
export function* exportPrompts({ keys, pool, columns }: State): Generator<ExportedPrompt> {
  for (let i = 0; i < keys.size; i++) {
    const step = columns.steps[i] as number;
    const trials = columns.trials[i] as number;
    yield {
      id: keys.at(i),
      alpha: pool.alpha[i] as number,
      beta: pool.beta[i] as number,
      visits: columns.visits[i] as number,
      ...(Number.isNaN(step) ? {} : { step }),
      ...(trials === 0
        ? {}
        : {
            open: {
              alpha: columns.settledAlpha[i] as number,
              beta: columns.settledBeta[i] as number,
              successes: columns.successes[i] as number,
              trials,
            },
          }),
    };
  }
}

/** Makes a state of the rows of an export, of posteriors from elsewhere, or of a data set. */
export class Importer {
  readonly #settings: Settings;
  readonly #prompts = new Map<string, Prompt | undefined>();

  constructor(settings: Settings) {
    this.#settings = settings;
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
   * Adds a prompt, at the prior if the row has no posterior. A data set may repeat itself, posteriors may not.
   * @throws DataError for a row that makes no sense
   */
  add(key: string, row: Fields): void {
    const prompt = Object.hasOwn(row, 'alpha') ? toPrompt(row) : undefined;
    const isKnown = this.#prompts.has(key);
    if (isKnown && (prompt ?? this.#prompts.get(key)) !== undefined) {
      throw new DataError('taken', `${quoteId(key)} is there twice`, { id: key });
    }
    if (!isKnown) this.#prompts.set(key, prompt);
  }

  /**
   * The prompts that `state` lacks, as a state of their own.
   * @throws DataError for a posterior of a prompt that it has
   */
  end(state: State): State {
    const keys = [...this.#prompts.keys()].filter((key) => {
      const isMissing = state.keys.indexOf(key) < 0;
      if (!isMissing && this.#prompts.get(key) !== undefined) {
        throw new DataError('taken', `${quoteId(key)} is in the state, and keeps its posterior`, { id: key });
      }
      return isMissing;
    });
    const unseen = State.unseen(this.#settings, keys);
    const { keys: table, columns } = unseen;
    const wanted: [index: number, prompt: Prompt][] = [];
    for (let index = 0; index < table.size; index++) {
      const prompt = this.#prompts.get(table.at(index));
      if (prompt === undefined) continue;
      for (const name of COLUMNS) columns[name][index] = prompt[name];
      wanted.push([index, prompt]);
    }
    const imported = new State(this.#settings, table, columns);
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
    return imported;
  }
}

const COLUMNS = ['settledAlpha', 'settledBeta', 'successes', 'trials', 'steps', 'visits'] as const;

type Prompt = { readonly [name in (typeof COLUMNS)[number] | 'alpha' | 'beta']: number };

const MOST_COUNT = 2 ** 32 - 1;

function toPrompt(row: Fields): Prompt {
  const posterior = { alpha: getPosterior(row, 'alpha'), beta: getPosterior(row, 'beta') };
  const rest = {
    steps: row.step === undefined ? Number.NaN : getNumber(row, 'step') + 0, // not -0
    visits: row.visits === undefined ? 1 : checkInteger('visits', row.visits, 0, MOST_COUNT),
  };
  const { open } = row;
  if (open === undefined) {
    return {
      ...posterior,
      ...rest,
      settledAlpha: posterior.alpha,
      settledBeta: posterior.beta,
      successes: 0,
      trials: 0,
    };
  }
  if (!isObject(open)) throw bad('open', 'an object', open);
  const trials = checkInteger('open.trials', open.trials, 1, MOST_COUNT);
  return {
    ...posterior,
    ...rest,
    settledAlpha: getPosterior(open, 'alpha'),
    settledBeta: getPosterior(open, 'beta'),
    successes: checkInteger('open.successes', open.successes, 0, trials),
    trials,
  };
}

function getPosterior(row: Fields, name: string): number {
  const value = Math.fround(getNumber(row, name));
  if (value >= LEAST && value <= MOST) return value;
  throw bad(name, `a number in [${LEAST}, ${MOST}]`, row[name]);
}
