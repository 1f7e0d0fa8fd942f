import { DataError } from '../../errors.ts';
import type { Fields } from '../fields.ts';

/** Watches that a reward which was asked for by name is in some record, where a single record may well lack it. */
export class NamedReward {
  readonly #name: string | undefined;
  #isFound = false;
  #others: readonly string[] = [];

  constructor(name: string | undefined) {
    this.#name = name;
  }

  /** Takes note of a record that was rolled out. */
  look(fields: Fields, isFound: boolean): void {
    this.#isFound ||= isFound;
    if (!isFound && this.#others.length === 0) this.#others = Object.keys(fields).slice(0, 20);
  }

  /** @throws DataError if there were records, none of which has the reward */
  check(): void {
    if (this.#name === undefined || this.#isFound || this.#others.length === 0) return;
    const reason = `${JSON.stringify(this.#name)} is in no record; there are ${this.#others.join(', ')}`;
    throw new DataError('missing', reason, { field: this.#name });
  }
}
