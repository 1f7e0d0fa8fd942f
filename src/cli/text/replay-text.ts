import type { Comparison, PolicyResult, Spread } from '../../evaluate/compare.ts';
import { sum } from '../../evaluate/history.ts';
import { formatTable } from './table.ts';
import { wrap } from './wrap.ts';

const PARTS = 5;

/** For people: one screen. */
export function toText(comparison: Comparison, color: boolean): string[] {
  const { prompts, visits, rounds, count, rollouts, seeds, candidates, discount, prior, starvedAfter, policies } =
    comparison;
  const style = color ? (titles: string) => `\x1b[1m${titles}\x1b[22m` : undefined;
  const names = { title: 'policy', align: 'left', cells: policies.map(({ policy }) => policy) } as const;
  const column = (title: string, toCell: (result: PolicyResult) => string) =>
    ({ title, align: 'right', cells: policies.map(toCell) }) as const;
  const format = (value: number): string => value.toLocaleString('en');
  const random = policies.find(({ policy }) => policy === 'random')?.informative.mean ?? 0;
  const chance = Math.sqrt((random * (1 - random)) / count);
  return [
    `${format(prompts)} prompts with ${format(visits)} visits; ${rounds} rounds of ${format(count)} groups, ${seeds} seeds`,
    `${candidates === null ? 'out of all prompts' : `out of ${format(candidates)} candidates`}; discount ${discount}, prior ${prior.alpha},${prior.beta}, rollouts ${rollouts}`,
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
      style,
    ),
    '',
    'mixed % in the rounds up to',
    ...formatTable(
      [
        names,
        ...toParts(rounds).map(([from, to]) =>
          column(String(to), ({ byRound }) => toMean(byRound.informative.mean.slice(from, to))),
        ),
        column('±', ({ betweenRounds }) => toPercent(betweenRounds.mean, 1)),
        column('starved %', ({ starved }) => toPercent(starved.mean, 0)),
      ],
      style,
    ),
    '',
    'mixed    groups neither all right nor all wrong; ± over seeds, which draw the',
    '         prompts anew; to random, to epochs: above the same of this baseline',
    'p(1-p)   mean over the groups, p the share of a group that was right',
    `±        standard deviation between rounds; chance alone makes about ${toPercent(chance, 0)}`,
    `seen     prompts ever chosen; starved: not chosen in the last ${starvedAfter} of the rounds`,
    'thompson-difficulty is expected-difficulty with --draw.',
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

/** Rounds without a prompt aside. */
function toMean(shares: readonly number[]): string {
  const known = shares.filter((share) => !Number.isNaN(share));
  return known.length === 0 ? '-' : ((100 * sum(known)) / known.length).toFixed(1);
}
