import { PosteriorPool } from '../index.ts';
import type { Extra } from './extra.ts';
import { Ledger, type Log } from './ledger.ts';
import { RecentKeys } from './recent-keys.ts';
import type { Rule, Settings } from './settings.ts';
import { type Columns, growColumns, mergeColumns, renumber, unseenColumns } from './table/columns.ts';
import { DiscountTable } from './table/discounts.ts';
import { GroupTable } from './table/groups.ts';
import { KeyTable } from './table/keys.ts';
import { type Fate, type Observation, Posteriors } from './table/posteriors.ts';

/** What a state is made of, beside settings, keys and columns. */
export interface StateParts {
  readonly logs?: readonly Log[] | undefined;
  /** undefined until logs are taken. */
  readonly rule?: Rule | undefined;
  /** Observations that a process took one by one: see the journal. */
  readonly taken?: number | undefined;
  readonly discounts?: DiscountTable | undefined;
  readonly groups?: GroupTable | undefined;
  readonly recent?: RecentKeys | undefined;
  readonly extra?: Extra | undefined;
}

/** Posteriors of prompts by key, and what it takes to go on with them: see Posteriors. */
export class State {
  readonly settings: Settings;
  readonly keys: KeyTable;
  readonly columns: Columns;
  readonly ledger: Ledger;
  readonly rule: Rule | undefined;
  /** Observations that a process took one by one: each has a line of the history. */
  taken: number;
  /** Discounts of visits, other than that of the settings. */
  readonly discounts: DiscountTable;
  /** Labels of groups of prompts. */
  readonly groups: GroupTable;
  /** Keys of the latest observations that had one. */
  readonly recent: RecentKeys;
  readonly extra: Extra;
  readonly #posteriors: Posteriors;
  #pool: PosteriorPool | undefined;
  #offset = 0;
  #members: Uint32Array[] | undefined;

  constructor(settings: Settings, keys: KeyTable, columns: Columns, parts: StateParts = {}) {
    this.settings = settings;
    this.keys = keys;
    this.columns = columns;
    this.ledger = new Ledger(parts.logs);
    this.rule = parts.rule;
    this.taken = parts.taken ?? 0;
    this.discounts = parts.discounts ?? new DiscountTable(settings.discount);
    this.groups = parts.groups ?? new GroupTable();
    this.recent = parts.recent ?? new RecentKeys();
    this.extra = parts.extra ?? {};
    this.#posteriors = new Posteriors(settings, keys, columns, this.discounts);
  }

  /** Of prompts that nothing was seen of. */
  static unseen(settings: Settings, keys: KeyTable | Iterable<string> = [], discounts?: DiscountTable): State {
    const table = keys instanceof KeyTable ? keys : KeyTable.from(keys);
    return new State(settings, table, unseenColumns(table.size, settings), { discounts });
  }

  get size(): number {
    return this.keys.size;
  }

  /** The posteriors with the open visits. Made when it is first asked for: most states are only passed through. */
  get pool(): PosteriorPool {
    const posteriors = this.#posteriors;
    if (this.#pool === undefined || posteriors.changed === undefined) {
      const { discount, prior } = this.settings;
      this.#pool ??= new PosteriorPool(this.size, { discount, prior, offset: this.#offset });
      const alpha = new Float32Array(this.size);
      const beta = new Float32Array(this.size);
      for (let i = 0; i < this.size; i++) {
        alpha[i] = posteriors.alpha(i);
        beta[i] = posteriors.beta(i);
      }
      this.#pool.set({ alpha, beta });
      posteriors.changed = new Set();
    } else if (posteriors.changed.size > 0) {
      const indices = [...posteriors.changed];
      const alpha = indices.map((i) => posteriors.alpha(i));
      const beta = indices.map((i) => posteriors.beta(i));
      this.#pool.set({ indices, alpha, beta });
      posteriors.changed.clear();
    }
    return this.#pool;
  }

  /** Prompts of the whole before those of this state, where it is a shard: seeds of acquisitions count from there. */
  set offset(offset: number) {
    if (offset !== this.#offset) this.dispose();
    this.#offset = offset;
  }

  /** Frees the memory of the pool, if there is one. */
  dispose(): void {
    this.#pool?.dispose();
    this.#pool = undefined;
    this.#posteriors.changed = undefined;
  }

  /** The largest step of all prompts; undefined if none has one. */
  get lastStep(): number | undefined {
    return this.#posteriors.lastStep;
  }

  /** Prompts that were visited. */
  get visited(): number {
    return this.#posteriors.visited;
  }

  /**
   * A state with the prompts of `other` too, under the settings of this one; the two must share no key, and are of no use
   * any more.
   */
  merge(other: State): State {
    if (other.size === 0) return this;
    const { keys, ranks } = this.keys.merge(other.keys);
    const { discounts, groups } = other.columns;
    const columns = mergeColumns(ranks, this.columns, {
      ...other.columns,
      discounts: renumber(discounts, (number) => this.discounts.toNumber(other.discounts.at(number))),
      groups: renumber(groups, (number) => this.groups.toNumber(other.groups.at(number))),
    });
    return this.#like(keys, columns, this.rule);
  }

  /** The same state, for more logs: with their keys, and their rule if it has none. */
  forLogs(keys: Iterable<string>, rule: Rule): State {
    const { keys: table, columns } = this.with(keys);
    return this.#like(table, columns, this.rule ?? rule);
  }

  /** The same state with more to keep beside it; it shares all else with this one. */
  keeping(extra: Extra): State {
    return this.#like(this.keys, this.columns, this.rule, { ...this.extra, ...extra });
  }

  /** This state, or a new one with the keys that it lacks. */
  with(keys: Iterable<string>): State {
    const lacked = this.keys.lackedOf(KeyTable.from(keys));
    return lacked.size === 0 ? this : this.merge(State.unseen(this.settings, lacked));
  }

  /** A state that shares nothing with this one but what does not change. */
  copy(): State {
    const { settings, keys, size, ledger, rule, taken, discounts, groups, recent, extra } = this;
    return new State(settings, keys, growColumns(this.columns, size), {
      logs: ledger.logs,
      rule,
      taken,
      discounts: new DiscountTable(settings.discount, discounts.others),
      groups: new GroupTable(groups.labels),
      recent: new RecentKeys(recent.toBytes()),
      extra,
    });
  }

  #like(keys: KeyTable, columns: Columns, rule: Rule | undefined, extra = this.extra): State {
    const { settings, ledger, taken, discounts, groups, recent } = this;
    return new State(settings, keys, columns, { logs: ledger.logs, rule, taken, discounts, groups, recent, extra });
  }

  /** The label of a prompt; "" if it has none. */
  groupOf(index: number): string {
    return this.groups.at(this.columns.groups[index] as number);
  }

  /** Whether a prompt has this label now; a label stays in the table when its last prompt gets another one. */
  hasLabel(label: string): boolean {
    const number = this.groups.numberOf(label);
    return number === 0 || (number > 0 && this.columns.groups.includes(number));
  }

  /** The labels that prompts have. */
  get labels(): string[] {
    const numbers = new Set(this.columns.groups);
    return this.groups.labels.filter((_, i) => numbers.has(i + 1));
  }

  /** Gives a prompt a label. @throws DataError for one label too many */
  label(index: number, group: string): void {
    this.columns.groups[index] = this.groups.toNumber(group);
    this.#members = undefined;
  }

  /** The prompts with the label of this number, rising. Found for all labels at once, the first time: 4 bytes a prompt. */
  membersOf(number: number): Uint32Array {
    if (this.#members === undefined) {
      const { groups } = this.columns;
      const ends = new Uint32Array(this.groups.size);
      for (const group of groups) ends[group] = (ends[group] as number) + 1;
      let start = 0;
      const lists = Array.from(ends, (length) => {
        start += length;
        return [start - length, start] as const;
      });
      const members = new Uint32Array(groups.length);
      for (let label = 0; label < ends.length; label++) ends[label] = (lists[label] as readonly [number, number])[0];
      for (let i = 0; i < groups.length; i++) {
        const group = groups[i] as number;
        members[ends[group] as number] = i;
        ends[group] = (ends[group] as number) + 1;
      }
      this.#members = lists.map(([from, to]) => members.subarray(from, to));
    }
    return this.#members[number] ?? new Uint32Array(0);
  }

  /**
   * Adds visits, in order.
   * @returns how many were late
   * @throws DataError for one that cannot be added; those before it stay
   */
  observe(observations: Iterable<Observation>): number {
    let late = 0;
    for (const observation of observations) if (this.take(observation) === 'late') late++;
    return late;
  }

  /**
   * Adds one visit, or a part of one.
   * @throws DataError for one that cannot be added, which changes nothing
   */
  take(observation: Observation): Fate {
    return this.#posteriors.take(observation);
  }

  /** Whether a visit of this step is older than the latest one of the prompt, where the order counts. */
  isLate(index: number, step: number | undefined): boolean {
    return this.#posteriors.isLate(index, step);
  }

  /** What puts the prompts back as they are now. */
  remember(indices: readonly number[]): () => void {
    return this.#posteriors.remember(indices);
  }

  /**
   * Calls `keep` with the index of each prompt just before it changes, from now on: so that a copy of the columns can be
   * made bit by bit.
   */
  onChange(keep: ((index: number) => void) | undefined): void {
    this.#posteriors.onChange(keep);
  }
}
