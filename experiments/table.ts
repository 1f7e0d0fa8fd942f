// The tables of all results, as Markdown.
import { ARMS, type ArmName } from './arms.ts';
import type { Deeds, Difference, RegimeSummary } from './summary.ts';

const signed = (value: number) => `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(4)}`;
const pValue = (p: number) => (p < 0.0001 ? '< .0001' : p.toFixed(4).replace(/^0/, ''));

const row = (fields: readonly string[]) => `| ${fields.join(' | ')} |`;
const head = (fields: readonly string[]) => `${row(fields)}\n${row(fields.map(() => '---'))}`;

const entriesOf = <T>(byArm: { readonly [arm in ArmName]?: T }) => Object.entries(byArm) as [ArmName, T][];

function comparisonTable(baseline: ArmName, differences: { readonly [arm in ArmName]?: Difference }): string {
  const lines = entriesOf(differences).map(([name, { mean, low, high, wins, seeds, p, corrected, ...rest }]) =>
    row([
      ARMS[name].about,
      `${signed(mean)} [${signed(low)}, ${signed(high)}]`,
      `${wins}/${seeds}`,
      pValue(p),
      corrected === null ? '-' : pValue(corrected),
      `${rest.speedUp.toFixed(2)}x`,
      signed(rest.finalRate),
    ]),
  );
  const title = `Against ${ARMS[baseline].about}:`;
  return `${title}\n\n${[head(['arm', 'AUC difference', 'wins', 'p', 'Holm', 'rollouts', 'final rate']), ...lines].join('\n')}`;
}

/** What each arm did, with no comparison. */
function armTable(arms: { readonly [arm in ArmName]?: Deeds }): string {
  const percent = (share: number) => `${Math.round(100 * share)}`;
  const lines = entriesOf(arms).map(([name, { seeds, area, finalRate, mixed, mixedByTen, distinct, steps }]) =>
    row([
      ARMS[name].about,
      `${seeds}`,
      area.toFixed(4),
      finalRate.toFixed(4),
      `${percent(mixed)} %`,
      mixedByTen.map(percent).join(' '),
      `${Math.round(distinct)}`,
      `${Math.round(steps)}`,
    ]),
  );
  const fields = ['arm', 'seeds', 'AUC', 'final rate', 'mixed groups', 'by ten steps, %', 'prompts', 'steps'];
  return [head(fields), ...lines].join('\n');
}

/** All tables of a summary. */
export function tablesOf(summary: { readonly [regime: string]: RegimeSummary }): string {
  const parts = Object.entries(summary).flatMap(([regime, { arms, against }]) => [
    `## ${regime}`,
    armTable(arms),
    ...Object.entries(against).map(([baseline, differences]) => comparisonTable(baseline as ArmName, differences)),
  ]);
  return `${parts.join('\n\n')}\n`;
}
