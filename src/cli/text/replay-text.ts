import type { Comparison, PolicyResult, Spread } from '../../evaluate/compare.ts';
import { sum } from '../../evaluate/history.ts';
import { formatTable } from './table.ts';
import { wrap } from './wrap.ts';

const PARTS = 5;

/** For people: one screen. */
export function toText(comparison: Comparison, color: boolean): string[] {
  const { prompts, visits, rounds, count, rollouts, seeds, candidates, floor, discount, prior, policies } = comparison;
  const style = color ? (titles: string) => `\x1b[1m${titles}\x1b[22m` : undefined;
  const names = { title: 'policy', align: 'left', cells: policies.map(({ acquisition }) => acquisition) } as const;
  const column = (title: string, toCell: (result: PolicyResult) => string) =>
    ({ title, align: 'right', cells: policies.map(toCell) }) as const;
  const format = (value: number): string => value.toLocaleString('en');
  return [
    `${format(prompts)} prompts with ${format(visits)} visits; ${rounds} rounds of ${format(count)} groups, ${seeds} seeds`,
    `${candidates === null ? 'out of all prompts' : `out of ${format(candidates)} candidates`}; discount ${discount}, prior ${prior.alpha},${prior.beta}, rollouts ${rollouts}${floor > 0 ? `, floor ${floor}` : ''}`,
    '',
    ...formatTable(
      [
        names,
        column('mixed %', ({ informative }) => percent(informative, 1)),
        column('gain', ({ gain }) => `${gain.mean < 0 ? '' : '+'}${percent(gain, 1)}`),
        column('p(1-p)', ({ variance }) => `${variance.mean.toFixed(3)} ±${variance.sd.toFixed(3)}`),
        column('seen %', ({ coverage }) => percent(coverage, 0)),
        column('starved', ({ starved }) => percent(starved, 0)),
      ],
      style,
    ),
    '',
    'mixed % by rounds',
    ...formatTable(
      [
        names,
        ...toParts(rounds).map(([from, to]) =>
          column(from + 1 === to ? `${to}` : `${from + 1}-${to}`, ({ byRound }) =>
            toMean(byRound.informative.mean.slice(from, to)),
          ),
        ),
      ],
      style,
    ),
    '',
    ...wrap(
      'mixed: share of the groups that were neither all right nor all wrong; gain: mixed above random; p(1-p): mean over ' +
        'the groups, p the share that was right; seen: prompts ever chosen; starved: prompts not chosen in the last ' +
        `${comparison.starvedAfter} of the rounds. ±: standard deviation over seeds, each with prompts drawn anew.`,
    ),
    ...comparison.notes.flatMap((note) => wrap(`! ${note}`)),
    ...wrap(comparison.caveat),
  ];
}

/** The rounds in up to five parts of nearly one length. */
function toParts(rounds: number): [from: number, to: number][] {
  const parts = Math.min(PARTS, rounds);
  return Array.from({ length: parts }, (_, i) => [
    Math.floor((i * rounds) / parts),
    Math.floor(((i + 1) * rounds) / parts),
  ]);
}

function percent({ mean, sd }: Spread, digits: number): string {
  return `${(100 * mean).toFixed(digits)} ±${(100 * sd).toFixed(digits)}`;
}

/** Rounds without a prompt aside. */
function toMean(shares: readonly number[]): string {
  const known = shares.filter((share) => !Number.isNaN(share));
  return known.length === 0 ? '-' : ((100 * sum(known)) / known.length).toFixed(1);
}
