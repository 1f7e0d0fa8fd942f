import type { Comparison, PolicyResult, Spread } from '../../evaluate/compare.ts';
import type { Screen } from '../screen.ts';
import { meanOf, toParts, toRoom, toSparkline } from './bars.ts';
import { toNotes } from './notes.ts';
import { paint } from './paint.ts';
import { formatTable, type TableColumn } from './table.ts';
import { wrap } from './wrap.ts';

const PARTS = 5;
/** Cells of the longest name of a policy. */
const NAME = 27;

/** For people: one screen. */
export function toText(comparison: Comparison, screen?: Screen): string[] {
  const {
    prompts,
    visits,
    rounds,
    count,
    rollouts,
    seeds,
    candidates,
    floor,
    discount,
    prior,
    starvedAfter,
    policies,
  } = comparison;
  const names = { title: 'policy', align: 'left', cells: policies.map(({ policy }) => policy) } as const;
  const column = (title: string, toCell: (result: PolicyResult) => string) =>
    ({ title, align: 'right', cells: policies.map(toCell) }) as const;
  const format = (value: number): string => value.toLocaleString('en');
  const random = policies.find(({ policy }) => policy === 'random')?.informative.mean ?? 0;
  const chance = Math.sqrt((random * (1 - random)) / count);
  const shares = policies.flatMap(({ byRound }) => byRound.informative.mean.filter((share) => !Number.isNaN(share)));
  const most = Math.max(...shares);
  const lines = (text: string): string[] => (screen === undefined ? [text] : wrap(text, screen.columns));
  return [
    ...lines(
      `${format(prompts)} prompts with ${format(visits)} visits; ${rounds} rounds of ${format(count)} groups, ${seeds} seeds`,
    ),
    ...lines(
      `${candidates === null ? 'out of all prompts' : `out of ${format(candidates)} candidates`}; discount ${discount}, prior ${prior.alpha},${prior.beta}, rollouts ${rollouts}${floor > 0 ? `, floor ${floor}` : ''}`,
    ),
    '',
    ...formatTable(
      [
        names,
        column('mixed %', ({ informative }) => percent(informative)),
        column('to random', ({ gain }) => signed(gain)),
        column('to epochs', ({ gainOverEpochs }) => signed(gainOverEpochs)),
        column('p(1-p)', ({ variance }) => variance.mean.toFixed(3)),
        column('seen %', ({ coverage }) => toPercent(coverage.mean, 0)),
      ],
      screen,
    ),
    '',
    ...(screen === undefined ? ['mixed % in the rounds up to'] : []),
    ...formatTable(
      [
        names,
        ...(screen === undefined ? toNumbers(comparison) : [toSparklines(policies, most, screen)]),
        column('±', ({ betweenRounds }) => toPercent(betweenRounds.mean, 1)),
        column('starved %', ({ starved }) => toPercent(starved.mean, 0)),
      ],
      screen,
    ),
    '',
    ...[
      'mixed: groups neither all right nor all wrong; ± over seeds, each a bootstrap',
      'to random, to epochs: mixed above that of this baseline',
      'p(1-p): mean over the groups, p the share of a group that was right',
      ...(screen === undefined ? [] : [`by round: mixed, of which ▇ is ${toPercent(most, 0)} %`]),
      `± alone: standard deviation between rounds; chance makes about ${toPercent(chance, 0)}`,
      `seen: prompts ever chosen; starved: not chosen in the last ${starvedAfter} of the rounds`,
      'thompson-difficulty: expected-difficulty with --draw',
    ].flatMap((line) => wrap(line, screen?.columns)),
    ...toNotes(comparison.notes, screen),
    ...wrap(comparison.caveat, screen?.columns),
  ];
}

/** Mixed groups in up to five parts of the rounds. */
function toNumbers({ rounds, policies }: Comparison): TableColumn[] {
  return toParts(rounds, PARTS).map(([from, to]) => ({
    title: String(to),
    align: 'right',
    cells: policies.map(({ byRound }) => {
      const mean = meanOf(byRound.informative.mean.slice(from, to)); // of rounds without a prompt it is NaN
      return Number.isNaN(mean) ? '-' : toPercent(mean, 1);
    }),
  }));
}

/** Mixed groups by round, all policies on one scale. */
function toSparklines(policies: Comparison['policies'], most: number, screen: Screen): TableColumn {
  const cells = toRoom(screen.columns - NAME - 19, 10, 60);
  return {
    title: 'by round',
    align: 'left',
    cells: policies.map(({ byRound }) => paint(screen, 'cyan', toSparkline(byRound.informative.mean, most, cells))),
  };
}

function signed(gain: Spread): string {
  return `${gain.mean < 0 ? '' : '+'}${percent(gain)}`;
}

/** A spread of 10 % has no digits behind the point, so that the table keeps its width. */
function percent({ mean, sd }: Spread): string {
  return `${toPercent(mean, 1)} ±${toPercent(sd, sd < 0.0995 ? 1 : 0)}`;
}

function toPercent(share: number, digits: number): string {
  return (100 * share).toFixed(digits);
}
