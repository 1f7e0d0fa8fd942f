import type { BadRecord, Taken } from '../read-log.ts';
import { isSuccess, type Row, type SuccessRule } from '../row.ts';
import { toFindings } from './findings.ts';
import { Groups, type SizeCount } from './groups.ts';
import { type Proposal, proposeRule, type ValueCount } from './propose-rule.ts';

/** Distinct rewards that are counted one by one. */
const MOST_VALUES = 1000;
const MOST_BAD = 100;

/** What a log holds, before anything of it is believed. */
export interface Report {
  readonly files: readonly Taken[];
  readonly rows: number;
  readonly prompts: number;
  readonly steps: { readonly count: number; readonly first: number | null; readonly last: number | null };
  /** Rows without a step. */
  readonly unstepped: number;
  readonly rollouts: number;
  readonly successes: number;
  /** Rewards, if the log has single rollouts. */
  readonly rewards: {
    /** How many were read from each field. */
    readonly fields: Readonly<Record<string, number>>;
    /** Distinct values, rising; of a log with more than 1,000 the first 1,000 that were met. */
    readonly values: readonly ValueCount[];
    readonly others: number;
  };
  readonly rule: SuccessRule;
  readonly proposal: Proposal | null;
  readonly groups: {
    readonly count: number;
    /** Rollouts that a group should have: as said, or the most common size. */
    readonly rollouts: number;
    readonly short: number;
    readonly long: number;
    readonly sizes: readonly SizeCount[];
    /** Of groups of two or more. */
    readonly allRight: number;
    readonly allWrong: number;
    readonly mixed: number;
  };
  readonly skipped: Readonly<Record<string, number>>;
  readonly bad: { readonly count: number; readonly first: readonly BadRecord[] };
  /** In words: what should make one doubt. */
  readonly findings: readonly string[];
}

/** Takes the rows of a log one by one; its memory is that of the prompts and their groups. */
export class Audit {
  readonly #rule: SuccessRule;
  readonly #groups = new Groups();
  readonly #steps = new Set<number>();
  readonly #values = new Map<number, number>();
  readonly #fields = new Map<string, number>();
  readonly #bad: BadRecord[] = [];
  #badCount = 0;
  #others = 0;
  #rows = 0;
  #unstepped = 0;
  #rollouts = 0;
  #successes = 0;

  constructor(rule: SuccessRule) {
    this.#rule = rule;
  }

  add(row: Row): void {
    this.#rows++;
    if (row.step === undefined) this.#unstepped++;
    else this.#steps.add(row.step);
    if (row.isRollout) {
      const isRight = isSuccess(row, this.#rule);
      this.#groups.addRollout(row.id, row.step, isRight);
      this.#rollouts++;
      this.#successes += Number(isRight);
      this.#fields.set(row.rewardField, (this.#fields.get(row.rewardField) ?? 0) + 1);
      this.#addReward(row.reward);
    } else {
      for (const [i, trials] of row.trials.entries()) {
        const successes = row.successes[i] as number;
        this.#groups.addGroup(row.id, successes, trials);
        this.#rollouts += trials;
        this.#successes += successes;
      }
    }
  }

  addBad(record: BadRecord): void {
    this.#badCount++;
    if (this.#bad.length < MOST_BAD) this.#bad.push(record);
  }

  /** Call it once, when all is added. */
  report(files: readonly Taken[], rollouts: number | undefined): Report {
    const sizes = this.#groups.close();
    const values = [...this.#values].map(([value, count]) => ({ value, count })).sort((a, b) => a.value - b.value);
    const steps = [...this.#steps].sort((a, b) => a - b);
    const report = {
      files,
      rows: this.#rows,
      prompts: this.#groups.prompts,
      steps: { count: steps.length, first: steps[0] ?? null, last: steps.at(-1) ?? null },
      unstepped: this.#unstepped,
      rollouts: this.#rollouts,
      successes: this.#successes,
      rewards: { fields: Object.fromEntries(this.#fields), values, others: this.#others },
      rule: this.#rule,
      proposal: proposeRule(values, this.#rule) ?? null,
      groups: summarize(sizes, rollouts),
      skipped: sumSkipped(files),
      bad: { count: this.#badCount, first: this.#bad },
    };
    return { ...report, findings: toFindings(report) };
  }

  #addReward(reward: number): void {
    const count = this.#values.get(reward);
    if (count !== undefined || this.#values.size < MOST_VALUES) this.#values.set(reward, (count ?? 0) + 1);
    else this.#others++;
  }
}

function summarize(sizes: readonly SizeCount[], given: number | undefined): Report['groups'] {
  const common = sizes.reduce((best, size) => (size.groups >= best.groups ? size : best), { size: 0, groups: 0 });
  const rollouts = given ?? common.size;
  const sum = (wanted: (size: SizeCount) => boolean, key: 'groups' | 'allRight' | 'allWrong' = 'groups') =>
    sizes.filter(wanted).reduce((total, size) => total + size[key], 0);
  const isGroup = ({ size }: SizeCount) => size >= 2;
  const [allRight, allWrong] = [sum(isGroup, 'allRight'), sum(isGroup, 'allWrong')];
  return {
    count: sum(() => true),
    rollouts,
    short: sum(({ size }) => size < rollouts),
    long: sum(({ size }) => size > rollouts),
    sizes,
    allRight,
    allWrong,
    mixed: sum(isGroup) - allRight - allWrong,
  };
}

function sumSkipped(files: readonly Taken[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { skipped } of files) {
    for (const [reason, count] of Object.entries(skipped)) sums[reason] = (sums[reason] ?? 0) + count;
  }
  return sums;
}
