// What all results come to, as numbers: what the tables print, and what documents quote.
import type { ArmName } from './arms.ts';
import { MAIN_ARMS } from './protocol.ts';
import { pairs, REGIME_NAMES, type Run, readRegime } from './read-results.ts';
import { areaOf, bootstrap, holm, meanOf, medianOf, signTest, speedUp } from './statistics.ts';

/** The baselines, in the order of the tables. */
export const BASELINES = ['random', 'epochs', 'wmi-16'] as const satisfies readonly ArmName[];

/** What an arm did: means over its seeds. */
export interface Deeds {
  readonly seeds: number;
  /** Area under the success rate over rollouts. */
  readonly area: number;
  readonly finalRate: number;
  /** Share of the groups with both outcomes, in all and by ten steps. */
  readonly mixed: number;
  readonly mixedByTen: readonly number[];
  readonly distinct: number;
  readonly steps: number;
}

/** An arm against a baseline, paired by seed. */
export interface Difference {
  /** Of the areas: mean and 95 % bootstrap interval. */
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Seeds in which the arm is ahead, of so many. */
  readonly wins: number;
  readonly seeds: number;
  /** Two-sided sign test, and after Holm's correction; null for what is not corrected. */
  readonly p: number;
  readonly corrected: number | null;
  /** How many times fewer rollouts it needs: median. */
  readonly speedUp: number;
  readonly finalRate: number;
}

export interface RegimeSummary {
  readonly arms: { readonly [arm in ArmName]?: Deeds };
  readonly against: { readonly [baseline: string]: { readonly [arm in ArmName]?: Difference } };
}

type Arms = ReadonlyMap<ArmName, ReadonlyMap<number, Run>>;

function deedsOf(runs: readonly Run[]): Deeds {
  const mean = (of: (run: Run) => number) => meanOf(runs.map(of));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const windows = Math.min(...runs.map(({ mixed }) => mixed.length));
  return {
    seeds: runs.length,
    area: mean(areaOf),
    finalRate: mean(({ rates }) => rates.at(-1) as number),
    mixed: mean(({ mixed, groups }) => sum(mixed) / sum(groups)),
    mixedByTen: Array.from({ length: windows }, (_, w) =>
      mean(({ mixed, groups }) => (mixed[w] as number) / (groups[w] as number)),
    ),
    distinct: mean(({ distinct }) => distinct),
    steps: mean(({ steps }) => steps),
  };
}

/** All arms against one. Holm's correction is over the rules: neither baselines, oracle nor exploratory arms. */
function against(arms: Arms, baseline: ArmName): { [arm in ArmName]?: Difference } {
  const base = arms.get(baseline) as ReadonlyMap<number, Run>;
  const compared = [...arms]
    .filter(([name]) => name !== baseline)
    .map(([name, runs]) => {
      const paired = pairs(runs, base);
      const differences = paired.map(([run, other]) => areaOf(run) - areaOf(other));
      return { name, paired, differences, p: signTest(differences) };
    });
  const family = compared.filter(({ name }) => isRule(name));
  const corrected = holm(family.map(({ p }) => p));
  return Object.fromEntries(
    compared.map(({ name, paired, differences, p }) => {
      const at = family.findIndex((other) => other.name === name);
      const difference: Difference = {
        mean: meanOf(differences),
        ...bootstrap(differences),
        wins: differences.filter((value) => value > 0).length,
        seeds: differences.length,
        p,
        corrected: at < 0 ? null : (corrected[at] as number),
        speedUp: medianOf(paired.map(([run, other]) => speedUp(run, other))),
        finalRate: meanOf(paired.map(([run, other]) => (run.rates.at(-1) as number) - (other.rates.at(-1) as number))),
      };
      return [name, difference];
    }),
  );
}

function isRule(name: ArmName): boolean {
  return MAIN_ARMS.includes(name) && !['random', 'epochs', 'oracle'].includes(name);
}

/** Of the results in a folder, by regime. */
export function summaryOf(folder: string): { [regime: string]: RegimeSummary } {
  return Object.fromEntries(
    REGIME_NAMES.flatMap((regime) => {
      const arms = readRegime(folder, regime);
      if (arms === undefined) return [];
      const baselines = BASELINES.filter((name) => arms.has(name));
      const summary: RegimeSummary = {
        arms: Object.fromEntries([...arms].map(([name, runs]) => [name, deedsOf([...runs.values()])])),
        against: Object.fromEntries(baselines.map((name) => [name, against(arms, name)])),
      };
      return [[regime, summary] as const];
    }),
  );
}
