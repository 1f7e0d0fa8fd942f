import { DataError } from '../../errors.ts';

/** Labels that a state can hold: each prompt keeps the number of one, in two bytes. */
const MOST = 65_536;

/** The labels of groups of prompts, by number; number 0 is "", of the prompts without a label. */
export class GroupTable {
  readonly #names: string[] = [''];
  readonly #numbers = new Map([['', 0]]);

  /** @throws DataError for a label that is there twice, or one too many */
  constructor(labels: readonly string[] = []) {
    for (const label of labels) {
      if (this.#numbers.has(label)) throw new DataError('damaged', 'damaged: the labels of groups');
      this.toNumber(label);
    }
  }

  /** All but "", in the order of their numbers. */
  get labels(): readonly string[] {
    return this.#names.slice(1);
  }

  /** Labels and "". */
  get size(): number {
    return this.#names.length;
  }

  at(number: number): string {
    return this.#names[number] as string;
  }

  /** -1 if no prompt has had this label. */
  numberOf(label: string): number {
    return this.#numbers.get(label) ?? -1;
  }

  /** @throws DataError if these are too many beside those that are here */
  checkRoom(labels: Iterable<string>): void {
    const added = new Set<string>();
    for (const label of labels) if (!this.#numbers.has(label)) added.add(label);
    if (this.size + added.size > MOST) throw tooMany();
  }

  /** The number of a label, which is added if it is new. @throws DataError for one label too many */
  toNumber(label: string): number {
    const known = this.#numbers.get(label);
    if (known !== undefined) return known;
    if (this.size === MOST) throw tooMany();
    this.#numbers.set(label, this.size);
    return this.#names.push(label) - 1;
  }
}

const tooMany = (): DataError => new DataError('too-much', `a state holds ${MOST - 1} different groups`);
