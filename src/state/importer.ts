import { DataError } from '../errors.ts';
import { quoteId } from '../escape-controls.ts';
import { type Fields, find, getId } from '../logs/fields.ts';
import { checkIdBytes } from '../logs/id-bytes.ts';
import { IdList } from '../logs/id-list.ts';
import { checkVisit } from '../logs/visit-limits.ts';
import { type ImportedRow, toImportedRow, type WarmStart, warmRow } from './imported-row.ts';
import type { Settings } from './settings.ts';
import { State } from './state.ts';
import { checkRange, withOpen } from './table/arithmetic.ts';
import { type Columns, growColumns, pickRows, renumber, unseenColumns } from './table/columns.ts';
import { DiscountTable } from './table/discounts.ts';
import { GroupTable } from './table/groups.ts';
import { indicesWhere, KeyTable } from './table/keys.ts';

/** Makes a state of the rows of an export, of posteriors from elsewhere, or of a data set. */
export class Importer {
  readonly #settings: Settings;
  readonly #warm: WarmStart | undefined;
  readonly #group: string | undefined;
  readonly #ids = new IdList();
  /** By number, with room for more; the alpha of a prompt without a posterior is 0. */
  #columns: Columns | undefined;
  /** Number of the label of each prompt, with room for more. */
  #labels = new Uint16Array(0);
  readonly #discounts: DiscountTable;
  readonly #groups = new GroupTable();
  #isWarm = false;

  /** @param group the field of a row that has its label; by default `group`, of rows that have a posterior */
  constructor(settings: Settings, warm?: WarmStart, group?: string) {
    this.#settings = settings;
    this.#warm = warm;
    this.#group = group;
    this.#discounts = new DiscountTable(settings.discount);
  }

  /** Prompts so far. */
  get size(): number {
    return this.#ids.size;
  }

  /** Whether a prompt has a posterior, and does not start at the prior. */
  get isWarm(): boolean {
    return this.#isWarm;
  }

  /**
   * Adds a prompt, at the prior if the row has no posterior. A data set may repeat itself, and the first label of a prompt
   * is the one; posteriors may not.
   * @throws DataError for a row that makes no sense
   */
  add(key: string, row: Fields): void {
    const posterior = this.#toPosterior(row);
    if (posterior !== undefined) this.#check(key, posterior);
    const label = this.#toLabel(row);
    const before = this.#ids.size;
    const number = this.#ids.add(key);
    if (number < before && (posterior !== undefined || this.#hasPosterior(number))) {
      throw new DataError('taken', `${quoteId(key)} is there twice`, { id: key });
    }
    if (posterior !== undefined) this.#set(number, posterior);
    if (label !== undefined) this.#label(number, label);
  }

  /**
   * The prompts that `state` lacks, as a state of their own. Those that it has get the labels of their rows.
   * @throws DataError for a posterior of a prompt that it has, or if the two do not fit into one state: it stays as it was
   */
  end(state: State): State {
    const { keys, order } = KeyTable.sorted(this.#ids);
    const known = state.keys.matchesOf(keys);
    const taken = indicesWhere(known, (index) => index >= 0);
    const numbers = taken.map((i) => order[i] as number);
    const first = numbers.reduce(
      (least, number) => (this.#hasPosterior(number) ? Math.min(least, number) : least),
      Infinity,
    );
    if (first < Infinity) {
      const id = this.#ids.at(first);
      throw new DataError('taken', `${quoteId(id)} is in the state, and keeps its posterior`, { id });
    }
    const imported = taken.length === 0 ? this.#toState(keys, order) : this.#lackedOf(keys, order, known);
    const labels = new Set<number>();
    for (const number of numbers) labels.add(this.#labels[number] ?? 0);
    checkIdBytes(state.keys.bytes.length + imported.keys.bytes.length);
    state.discounts.checkRoom(imported.discounts.others);
    state.groups.checkRoom([...Array.from(labels, (group) => this.#groups.at(group)), ...imported.groups.labels]);
    for (const [i, number] of numbers.entries()) {
      const group = this.#labels[number] ?? 0;
      if (group > 0) state.label(known[taken[i] as number] as number, this.#groups.at(group));
    }
    return imported;
  }

  #lackedOf(keys: KeyTable, order: Uint32Array, known: Int32Array): State {
    const lacked = indicesWhere(known, (index) => index < 0);
    return this.#toState(
      keys.pick(lacked),
      lacked.map((i) => order[i] as number),
    );
  }

  /** @param numbers of the keys, in their order */
  #toState(keys: KeyTable, numbers: Uint32Array): State {
    const settings = this.#settings;
    const columns = this.#columns === undefined ? unseenColumns(keys.size, settings) : this.#rows(numbers);
    // Numbered by the order of the state, whatever that of the rows was.
    const discounts = new DiscountTable(settings.discount);
    const groups = new GroupTable();
    const labels =
      this.#labels.length === 0
        ? columns.groups
        : columns.groups.map((_, i) => this.#labels[numbers[i] as number] ?? 0);
    const numbered = {
      ...columns,
      discounts: renumber(columns.discounts, (number) => discounts.toNumber(this.#discounts.at(number))),
      groups: renumber(labels, (number) => groups.toNumber(this.#groups.at(number))),
    };
    return new State(settings, keys, numbered, { discounts, groups });
  }

  #rows(numbers: Uint32Array): Columns {
    const rows = pickRows(this.#room(this.#ids.size - 1), numbers);
    const unseen = unseenColumns(1, this.#settings);
    for (let i = 0; i < numbers.length; i++) {
      if (rows.settledAlpha[i] === 0) for (const name of NAMES) rows[name][i] = unseen[name][0] as number;
    }
    return rows;
  }

  #toLabel(row: Fields): string | undefined {
    const name = this.#group ?? (Object.hasOwn(row, 'alpha') ? 'group' : undefined);
    const label = name === undefined ? undefined : find(row, name);
    return name === undefined || label === undefined || label === null ? undefined : getId(row, name);
  }

  #toPosterior(row: Fields): ImportedRow | undefined {
    if (this.#warm !== undefined) return warmRow(row, this.#warm, this.#settings);
    return Object.hasOwn(row, 'alpha') ? toImportedRow(row) : undefined;
  }

  /** @throws DataError for a posterior that no state holds */
  #check(id: string, row: ImportedRow): void {
    const { discount: settled, prior } = this.#settings;
    const { settledAlpha, settledBeta, successes, trials, discount = settled } = row;
    if (settled < 1) checkVisit(() => id, undefined, trials);
    checkRange(() => id, settledAlpha, settledBeta, successes, trials);
    const open = { successes, trials, discount };
    const alpha = withOpen('alpha', settledAlpha, prior.alpha, open);
    if (alpha === row.alpha && withOpen('beta', settledBeta, prior.beta, open) === row.beta) return;
    const reason = `${quoteId(id)}: alpha and beta are not what "open" makes them with this discount and prior`;
    throw new DataError('value', reason, { id });
  }

  #set(number: number, row: ImportedRow): void {
    this.#isWarm = true;
    const columns = this.#room(number);
    for (const name of NAMES) columns[name][number] = row[name];
    if (row.discount !== undefined) columns.discounts[number] = this.#discounts.toNumber(row.discount);
  }

  #label(number: number, label: string): void {
    if (number >= this.#labels.length) {
      const longer = new Uint16Array(Math.max(1024, 2 * number));
      longer.set(this.#labels);
      this.#labels = longer;
    }
    if (this.#labels[number] === 0) this.#labels[number] = this.#groups.toNumber(label);
  }

  #hasPosterior(number: number): boolean {
    return (this.#columns?.settledAlpha[number] ?? 0) > 0;
  }

  /** The columns, with room for the prompt of a number. */
  #room(number: number): Columns {
    const columns = this.#columns ?? growColumns(unseenColumns(0, this.#settings), 1024);
    const room = columns.visits.length;
    this.#columns = number < room ? columns : growColumns(columns, Math.max(number + 1, 2 * room));
    return this.#columns;
  }
}

const NAMES = ['settledAlpha', 'settledBeta', 'successes', 'trials', 'steps', 'settledSteps', 'visits'] as const;
