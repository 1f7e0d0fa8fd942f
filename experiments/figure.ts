// The figures of a regime: curves of paired differences, strips of them by seed, and the mixed groups over time.

import { type Axis, figure, line, names, ticksOf } from '../scripts/frame.mjs';
import type { ArmName } from './arms.ts';
import { pairs, type Run } from './read-results.ts';
import { areaOf, bootstrap, meanOf, rateAt } from './statistics.ts';

type Arms = ReadonlyMap<ArmName, ReadonlyMap<number, Run>>;

const COLORS: { readonly [name in ArmName]?: string } = {
  random: '#64748b',
  epochs: '#a16207',
  oracle: '#be123c',
  'thompson-16': '#7c3aed',
  'non-degenerate-16': '#c2410c',
  'wmi-16': '#0369a1',
  'wmi-4': '#0891b2',
  'wmi-drawn-16': '#047857',
};

const colorOf = (name: ArmName) => COLORS[name] ?? '#64748b';

function axisOf(values: readonly number[], label: (value: number) => string): Axis {
  const ticks = ticksOf(Math.min(0, ...values), Math.max(0, ...values));
  return { low: ticks[0] as number, high: ticks.at(-1) as number, ticks, label };
}

const points = (value: number) => `${value > 0 ? '+' : ''}${(100 * value).toFixed(1)}`;

/** Rate minus that of the random arm, at equal rollouts: mean of the seeds and its 95 % band. */
export function curves(regime: string, arms: Arms): string {
  const base = arms.get('random') as ReadonlyMap<number, Run>;
  const grid = ([...base.values()][0] as Run).rollouts;
  const shown = [...arms].filter(([name]) => name !== 'random' && COLORS[name] !== undefined);
  const lines = shown.map(([name, runs]) => {
    const paired = pairs(runs, base);
    const at = grid.map((rollouts) => paired.map(([run, other]) => rateAt(run, rollouts) - rateAt(other, rollouts)));
    return { name, means: at.map(meanOf), bands: at.map(bootstrap) };
  });
  const y = axisOf(
    lines.flatMap(({ bands }) => bands.flatMap(({ low, high }) => [low, high])),
    points,
  );
  const budget = grid.at(-1) as number;
  const x = { low: 0, high: budget, ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => share * budget), label: thousands };
  const title = `Regime ${regime}: success rate minus that of random selection, in points`;
  const note = `Rollouts. Mean of ${base.size} paired seeds, band: 95 % bootstrap interval.`;
  return figure({ title, note, x, y }, (scale) => {
    const place = (value: number, i: number) => `${scale.x(grid[i] as number)},${scale.y(value)}`;
    const parts = lines.map(({ name, means, bands }) => {
      const there = bands.map(({ high }, i) => place(high, i));
      const back = bands.map(({ low }, i) => place(low, i)).reverse();
      const band = `<path class="band" fill="${colorOf(name)}" d="M${[...there, ...back].join('L')}Z"/>`;
      return `${band}\n${line(means.map(place), colorOf(name))}`;
    });
    const zero = `<path class="zero" d="M${scale.x(0)},${scale.y(0)}H${scale.right}"/>`;
    const ends = lines.map(({ name, means }) => ({ name, color: colorOf(name), end: means.at(-1) as number }));
    return [zero, ...parts, names(scale, ends)].join('\n');
  });
}

const thousands = (value: number) => (value === 0 ? '0' : `${(value / 1000).toFixed(1)}k`);

/** A row an arm, a dot a seed: difference of the areas under the curves. */
export function strips(regime: string, arms: Arms): string {
  const base = arms.get('random') as ReadonlyMap<number, Run>;
  const rows = [...arms]
    .filter(([name]) => name !== 'random')
    .map(([name, runs]) => ({ name, values: pairs(runs, base).map(([run, other]) => areaOf(run) - areaOf(other)) }));
  const x = axisOf(
    rows.flatMap(({ values }) => values),
    points,
  );
  const y = {
    low: rows.length - 0.5,
    high: -0.5,
    ticks: rows.map((_, i) => i),
    label: (i: number) => (rows[i] as { name: string }).name,
  };
  const title = `Regime ${regime}: area under the curve minus that of random selection, in points`;
  const note = 'A dot is a seed, the bar the 95 % bootstrap interval of the mean.';
  return figure({ title, note, x, y, left: 150, height: 120 + 24 * rows.length }, (scale) => {
    const zero = `<path class="zero" d="M${scale.x(0)},${scale.y(-0.5)}V${scale.y(rows.length - 0.5)}"/>`;
    const parts = rows.map(({ name, values }, i) => {
      const { low, high } = bootstrap(values);
      const bar = `<path class="line" stroke="${colorOf(name)}" d="M${scale.x(low)},${scale.y(i)}H${scale.x(high)}"/>`;
      const dot = (value: number) =>
        `<circle cx="${scale.x(value)}" cy="${scale.y(i)}" r="3" fill="${colorOf(name)}" fill-opacity=".55"/>`;
      return [bar, ...values.map(dot)].join('');
    });
    return [zero, ...parts].join('\n');
  });
}

const SWEEP: readonly ArmName[] = ['random', 'wmi-16', 'wmi-4', 'wmi-drawn-16'];

/** The share of groups with both outcomes, by ten steps, of rules that sweep and rules that do not. */
export function sweep(regime: string, arms: Arms): string {
  const lines = SWEEP.flatMap((name) => {
    const runs = [...(arms.get(name)?.values() ?? [])];
    if (runs.length === 0) return [];
    const windows = Math.min(...runs.map(({ mixed }) => mixed.length));
    const shares = Array.from({ length: windows }, (_, w) =>
      meanOf(runs.map(({ mixed, groups }) => (mixed[w] as number) / (groups[w] as number))),
    );
    return [{ name, shares }];
  });
  const count = Math.max(...lines.map(({ shares }) => shares.length));
  const x = {
    low: 0,
    high: Math.max(1, count - 1),
    ticks: Array.from({ length: Math.ceil(count / 5) }, (_, i) => 5 * i),
    label: (window: number) => `${10 * window}`,
  };
  const y = { low: 0, high: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: (share: number) => `${100 * share} %` };
  const title = `Regime ${regime}: groups with both outcomes`;
  const note = 'Steps, ten to a point; mean of all seeds.';
  return figure({ title, note, x, y }, (scale) => {
    const parts = lines.map(({ name, shares }) =>
      line(
        shares.map((share, window) => `${scale.x(window)},${scale.y(share)}`),
        colorOf(name),
      ),
    );
    const ends = lines.map(({ name, shares }) => ({ name, color: colorOf(name), end: shares.at(-1) as number }));
    return [...parts, names(scale, ends)].join('\n');
  });
}

/** The files of a regime. */
export function figuresOf(regime: string, arms: Arms): Map<string, string> {
  return new Map([
    [`${regime}-curves.svg`, curves(regime, arms)],
    [`${regime}-seeds.svg`, strips(regime, arms)],
    [`${regime}-mixed.svg`, sweep(regime, arms)],
  ]);
}
