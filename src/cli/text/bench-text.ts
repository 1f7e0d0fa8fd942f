import type { Conditions, Row, Standing } from '../../../benchmark/benchmark.mjs';
import type { Screen } from '../screen.ts';
import { toBar, toRoom } from './bars.ts';
import { paint } from './paint.ts';
import { formatTable } from './table.ts';
import { wrap } from './wrap.ts';

/** What of the report is shown: its name, a job, a pool and, if it is not the first, a contestant. */
const SHOWN: readonly (readonly [name: string, job: string, pool: string, contestant?: string])[] = [
  ['step, discount 0.9', 'step', 'real'],
  ['step, discount 1', 'step', 'lattice'],
  ['step, 4,096 candidates', 'candidates', 'real'],
  ['scores, discount 0.9', 'score', 'real'],
  ['scores, discount 1', 'score', 'lattice'],
  ['scores, 256 rollouts', 'rollouts', 'real', 'K = 256'],
  ['best 256 of scores', 'top 256', 'real'],
  ['update of 256', 'update 256', 'real'],
  ['update of all', 'update bulk', 'real'],
];

/** For people: a summary in 12 lines, of the largest pool of which all was measured. */
export function toText(head: Conditions, rows: readonly Row[], screen: Screen): string[] {
  const points = Math.max(...rows.filter(({ job }) => job === 'score').map((row) => row.points));
  const rowOf = (job: string, pool: string): Row | undefined =>
    rows.find((row) => row.job === job && row.pool === pool && row.points === points);
  const shown = SHOWN.flatMap(([name, job, pool, contestant]) => {
    const row = rowOf(job, pool);
    const ours = row?.standings.find((one) => contestant === undefined || one.name === contestant);
    return row === undefined || ours === undefined ? [] : [{ name, ours, ratio: toRatio(row) }];
  });
  const decades = Math.max(1, ...shown.map(({ ratio }) => Math.ceil(Math.log10(ratio ?? 1))));
  const cells = toRoom(screen.columns - 54, 12, 24);
  const bar = (ratio = 1): string => paint(screen, 'cyan', toBar(Math.max(0, Math.log10(ratio)) / decades, cells));
  const bytes = rowOf('memory', 'any')?.standings[0]?.bytes;
  const start = rows.find(({ job }) => job === 'cold start')?.standings[0]?.ms;
  return [
    ...wrap(
      `insight-wasm ${head.package}, ${head.runtime.split(',', 1)[0]}, ${head.cpu}, ${head.cores} cores, load ${head.load}`,
      screen.columns,
    ),
    ...formatTable(
      [
        {
          title: `${points.toLocaleString('en')} prompts`,
          align: 'left',
          cells: shown.map(({ name }) => name),
        },
        { title: 'time', align: 'right', cells: shown.map(({ ours }) => toDuration(ours.ms ?? 0)) },
        { title: 'ns each', align: 'right', cells: shown.map(({ ours }) => toDigits(ours.nsPerPoint ?? 0)) },
        {
          title: 'best JS',
          align: 'right',
          cells: shown.map(({ ratio }) => (ratio === undefined ? '-' : `${toDigits(ratio)}x`)),
        },
        {
          title: `log, to ${(10 ** decades).toLocaleString('en')}x`,
          align: 'left',
          cells: shown.map((one) => bar(one.ratio)),
        },
      ],
      screen,
    ),
    ...wrap(
      `memory ${toDigits(bytes ?? 0)} bytes a prompt; start to first batch ${toDigits(start ?? 0)} ms; medians of ${head.rounds} rounds`,
      screen.columns,
    ),
  ];
}

/** How many times as long the fastest plain JavaScript takes, if there is any. */
function toRatio({ standings }: Row): number | undefined {
  const rivals = standings.filter(({ name }) => name.includes('JS')).map(({ ratio }: Standing) => ratio ?? 1);
  return rivals.length === 0 ? undefined : Math.min(...rivals);
}

function toDuration(ms: number): string {
  return ms < 1 ? `${toDigits(1000 * ms)} us` : `${toDigits(ms)} ms`;
}

/** Three digits, and no exponent. */
function toDigits(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 4 });
}
