import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { contentKey } from '../logs/content-key.ts';
import { type Fields, find, isObject } from '../logs/fields.ts';
import { type FormatName, toJoin } from '../logs/formats.ts';
import type { IdList } from '../logs/id-list.ts';
import type { State } from './state.ts';

/** Records that are searched for the ids of a state. */
const MOST_RECORDS = 200;

/** New prompts of a log after which one that joined before is doubted. */
const ENOUGH = 8;

/**
 * Watches that logs and the data set of a state have prompts in common: otherwise each prompt of the logs would become
 * a new one, and none of the data set were ever seen.
 */
export class JoinCheck {
  readonly #state: State;
  readonly #isWanted: boolean;
  readonly #hits = new Map<string, number>();
  #records = 0;
  #format: FormatName | undefined;

  constructor(state: State) {
    this.#state = state;
    this.#isWanted = state.columns.visits.some((visits) => visits === 0);
  }

  /** Searches a record for ids of the state. */
  look(record: Fields, format: FormatName): void {
    if (!this.#isWanted || this.#records++ >= MOST_RECORDS) return;
    this.#format ??= format;
    for (const [name, value] of toTexts(record)) {
      if (this.#state.keys.indexOf(value) >= 0) this.#hit(`id ${name}`);
    }
    const { hash } = this.#state.extra.keyed ?? {};
    for (const fields of [...(hash === undefined ? [] : [hash]), ...Object.keys(record).map((name) => [name])]) {
      const values = fields.map((name) => find(record, name));
      if (values.includes(undefined) || !isCheap(values)) continue;
      if (this.#state.keys.indexOf(contentKey(values)) >= 0) this.#hit(`hash ${fields.join(',')}`);
    }
  }

  /**
   * @param ids of the logs
   * @param known how many of them the state has
   * @throws DataError if it has none, and prompts that were never visited
   */
  check(ids: IdList, known: number): void {
    if (!this.#isWanted || known > 0 || ids.size === 0) return;
    // A part of a log that joined before may well have a few prompts of its own.
    if (ids.size < ENOUGH && this.#state.columns.visits.some((visits) => visits > 0)) return;
    const id = ids.at(0);
    const [best] = [...this.#hits].sort(([, a], [, b]) => b - a);
    const [option = '', field = ''] = best?.[0].split(' ', 2) ?? [];
    const { keys, columns } = this.#state;
    const other = keys.at(columns.visits.indexOf(0));
    const count = (size: number): string => size.toLocaleString('en');
    const what = `none of the ${count(ids.size)} prompts of the logs is among the ${count(keys.size)} of the state`;
    const reason = `${what}: ${quoteId(id)} in the logs, ${quoteId(other)} in the state`;
    if (best !== undefined) throw new DataError('no-join', reason, { id, remedy: { [option]: field } });
    throw new DataError('no-join', this.#format === undefined ? reason : `${reason}; ${toJoin(this.#format)}`, { id });
  }

  #hit(option: string): void {
    this.#hits.set(option, (this.#hits.get(option) ?? 0) + 1);
  }
}

/** The values of a record that may be an id, by name; two objects deep. Half of a surrogate pair is in no id. */
function toTexts(record: Fields, prefix = '', depth = 0): [string, string][] {
  return Object.entries(record).flatMap(([name, value]): [string, string][] => {
    if (typeof value === 'string' && value.length < 256 && !/\p{Cs}/u.test(value)) return [[prefix + name, value]];
    if (Number.isSafeInteger(value)) return [[prefix + name, String(value)]];
    return isObject(value) && depth < 2 ? toTexts(value, `${prefix}${name}.`, depth + 1) : [];
  });
}

function isCheap(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string' || Array.isArray(value));
}
