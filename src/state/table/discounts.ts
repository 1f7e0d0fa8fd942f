import { DataError } from '../../errors.ts';

/** Different discounts of visits that a state can hold: each prompt keeps the number of one, in a byte. */
const MOST = 256;

/** The discounts that visits were given, by number; number 0 is that of the settings. */
export class DiscountTable {
  readonly #values: number[];

  constructor(settings: number, others: readonly number[] = []) {
    this.#values = [settings, ...others];
  }

  /** All but that of the settings, in the order of their numbers. */
  get others(): readonly number[] {
    return this.#values.slice(1);
  }

  get size(): number {
    return this.#values.length;
  }

  /** Forgets those that were added since it had this size. */
  shrink(size: number): void {
    this.#values.length = size;
  }

  at(number: number): number {
    return this.#values[number] as number;
  }

  /** @throws DataError if these are too many beside those that are here */
  checkRoom(discounts: readonly number[]): void {
    const table = new DiscountTable(this.at(0), this.others);
    for (const discount of discounts) table.toNumber(discount);
  }

  /** @throws DataError for one discount too many */
  toNumber(discount: number): number {
    const known = this.#values.indexOf(discount);
    if (known >= 0) return known;
    if (this.#values.length === MOST) {
      throw new DataError('too-much', `a state holds ${MOST} different discounts, and ${discount} is one more`);
    }
    return this.#values.push(discount) - 1;
  }
}
