// The tables of all results, as Markdown.
import { ARMS, type ArmName } from './arms.ts';
import { MAIN_ARMS } from './protocol.ts';
import { pairs, REGIME_NAMES, type Run, readRegime } from './read-results.ts';
import { areaOf, bootstrap, holm, meanOf, medianOf, signTest, speedUp } from './statistics.ts';

const BASELINES: readonly ArmName[] = ['random', 'epochs', 'wmi-16'];

const signed = (value: number, digits: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(digits)}`;
const pValue = (p: number) => (p < 0.0001 ? '< .0001' : p.toFixed(4).replace(/^0/, ''));

interface Comparison {
  readonly differences: readonly number[];
  readonly p: number;
}

function compare(arm: ReadonlyMap<number, Run>, base: ReadonlyMap<number, Run>): Comparison {
  const differences = pairs(arm, base).map(([run, other]) => areaOf(run) - areaOf(other));
  return { differences, p: signTest(differences) };
}

/** Mean difference of the areas with its interval, wins, p and p after Holm. */
function cells({ differences, p }: Comparison, corrected: number | undefined): string[] {
  const { low, high } = bootstrap(differences);
  const wins = differences.filter((value) => value > 0).length;
  return [
    `${signed(meanOf(differences), 4)} [${signed(low, 4)}, ${signed(high, 4)}]`,
    `${wins}/${differences.length}`,
    pValue(p),
    corrected === undefined ? '-' : pValue(corrected),
  ];
}

const row = (fields: readonly string[]) => `| ${fields.join(' | ')} |`;
const head = (fields: readonly string[]) => `${row(fields)}\n${row(fields.map(() => '---'))}`;

/** All arms against one baseline. Holm's correction is over the rules: neither baselines, oracle nor exploratory arms. */
function comparisonTable(arms: ReadonlyMap<ArmName, ReadonlyMap<number, Run>>, baseline: ArmName): string {
  const base = arms.get(baseline) as ReadonlyMap<number, Run>;
  const others = [...arms].filter(([name]) => name !== baseline);
  const compared = new Map(others.map(([name, runs]) => [name, compare(runs, base)]));
  const family = others.map(([name]) => name).filter((name) => inFamily(name));
  const corrected = holm(family.map((name) => (compared.get(name) as Comparison).p));
  const lines = others.map(([name, runs]) => {
    const paired = pairs(runs, base);
    const at = family.indexOf(name);
    return row([
      ARMS[name].about,
      ...cells(compared.get(name) as Comparison, at < 0 ? undefined : corrected[at]),
      `${medianOf(paired.map(([run, other]) => speedUp(run, other))).toFixed(2)}x`,
      signed(meanOf(paired.map(([run, other]) => (run.rates.at(-1) as number) - (other.rates.at(-1) as number))), 4),
    ]);
  });
  const title = `Against ${ARMS[baseline].about}:`;
  return `${title}\n\n${[head(['arm', 'AUC difference', 'wins', 'p', 'Holm', 'rollouts', 'final rate']), ...lines].join('\n')}`;
}

function inFamily(name: ArmName): boolean {
  return MAIN_ARMS.includes(name) && !['random', 'epochs', 'oracle'].includes(name);
}

/** What each arm did, with no comparison. */
function armTable(arms: ReadonlyMap<ArmName, ReadonlyMap<number, Run>>): string {
  const lines = [...arms].map(([name, runs]) => {
    const all = [...runs.values()];
    const mean = (of: (run: Run) => number) => meanOf(all.map(of));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    const windows = Math.min(...all.map(({ mixed }) => mixed.length));
    const byWindow = Array.from({ length: windows }, (_, w) =>
      Math.round(100 * mean(({ mixed, groups }) => (mixed[w] as number) / (groups[w] as number))),
    );
    return row([
      ARMS[name].about,
      `${all.length}`,
      mean(areaOf).toFixed(4),
      mean(({ rates }) => rates.at(-1) as number).toFixed(4),
      `${Math.round(100 * mean(({ mixed, groups }) => sum(mixed) / sum(groups)))} %`,
      byWindow.join(' '),
      `${Math.round(mean(({ distinct }) => distinct))}`,
      `${Math.round(mean(({ steps }) => steps))}`,
    ]);
  });
  const fields = ['arm', 'seeds', 'AUC', 'final rate', 'mixed groups', 'by ten steps, %', 'prompts', 'steps'];
  return [head(fields), ...lines].join('\n');
}

/** All tables of a folder of results. */
export function tablesOf(folder: string): string {
  const parts = REGIME_NAMES.flatMap((regime) => {
    const arms = readRegime(folder, regime);
    if (arms === undefined) return [];
    const baselines = BASELINES.filter((name) => arms.has(name));
    return [`## ${regime}`, armTable(arms), ...baselines.map((name) => comparisonTable(arms, name))];
  });
  return `${parts.join('\n\n')}\n`;
}
