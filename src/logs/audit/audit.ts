import type { BadRecord, Taken } from '../read-options.ts';
import { isSuccess, type Row, type SuccessRule } from '../row.ts';
import { Visits } from '../visits.ts';
import { toFindings } from './findings.ts';
import { countSizes, type SizeCount } from './group-sizes.ts';
import { isContinuous, proposeRule } from './propose-rule.ts';
import type { Report } from './report.ts';
import { toShape } from './shape.ts';

/** Distinct rewards that are counted one by one. */
const MOST_VALUES = 1000;
const MOST_BAD = 100;

/** Takes the rows of a log one by one; its memory is that of the prompts and their groups. */
export class Audit {
  readonly #rule: SuccessRule;
  readonly #visits: Visits;
  readonly #steps = new Set<number>();
  readonly #values = new Map<number, number>();
  readonly #fields = new Map<string, number>();
  readonly #bad: BadRecord[] = [];
  #badCount = 0;
  #others = 0;
  #rows = 0;
  #unstepped = 0;
  #successes = 0;

  /** @param visits that are kept anyway: then `note` is told of each row that they take in */
  constructor(rule: SuccessRule = { threshold: 0.5 }, visits: Visits = new Visits(rule)) {
    this.#rule = rule;
    this.#visits = visits;
  }

  /** @throws DataError for a prompt with more than 15,000,000 rollouts */
  add(row: Row): void {
    this.#visits.add(row);
    this.note(row);
  }

  /** Takes a row that the visits have taken in. */
  note(row: Row): void {
    this.#rows++;
    if (row.step === undefined) this.#unstepped++;
    else this.#steps.add(row.step);
    if (row.isRollout) {
      this.#successes += Number(isSuccess(row, this.#rule));
      this.#fields.set(row.rewardField, (this.#fields.get(row.rewardField) ?? 0) + 1);
      this.#addReward(row.reward);
    } else {
      for (const successes of row.successes) this.#successes += successes;
    }
  }

  /** Counts a record that was left out; the first hundred are kept. */
  addBad(record: BadRecord): void {
    this.#badCount++;
    if (this.#bad.length < MOST_BAD) this.#bad.push(record);
  }

  /**
   * What was found, when all is added.
   * @param rollouts that a group should have; by default the most common size
   * @param isRuleGiven whether the user has said which rewards are successes
   */
  report(files: readonly Taken[], rollouts?: number | undefined, isRuleGiven = false): Report {
    const sizes = countSizes(this.#visits.byPrompt());
    const values = [...this.#values].map(([value, count]) => ({ value, count })).sort((a, b) => a.value - b.value);
    const steps = [...this.#steps].sort((a, b) => a - b);
    const report = {
      files,
      rows: this.#rows,
      prompts: this.#visits.list.size,
      steps: { count: steps.length, first: steps[0] ?? null, last: steps.at(-1) ?? null },
      unstepped: this.#unstepped,
      rollouts: this.#visits.rollouts,
      successes: this.#successes,
      rewards: { fields: Object.fromEntries(this.#fields), values, others: this.#others },
      rule: this.#rule,
      isRuleGiven,
      proposal: isContinuous(values, this.#others, this.#visits.rollouts)
        ? null
        : (proposeRule(values, this.#rule) ?? null),
      groups: summarize(sizes, rollouts),
      skipped: sumSkipped(files),
      notes: sumNotes(files),
      shape: toShape(this.#visits.byPrompt()),
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

function sumNotes(files: readonly Taken[]): Report['notes'] {
  const sums: { -readonly [code in keyof Taken['notes']]: Taken['notes'][code] } = {};
  for (const [code, note] of files.flatMap(({ notes }) => Object.entries(notes))) {
    const name = code as keyof Taken['notes'];
    sums[name] = { example: sums[name]?.example ?? note.example, count: (sums[name]?.count ?? 0) + note.count };
  }
  return sums;
}
