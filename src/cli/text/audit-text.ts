import { escapeControls, shorten } from '../../escape-controls.ts';
import type { Report } from '../../logs/audit/report.ts';
import { withFlag } from './advice.ts';
import { formatTable } from './table.ts';
import { wrap } from './wrap.ts';

const MOST_LINES = 12;
const BINS = 20;

/** For people: at most some 60 lines, whatever the log. */
export function toText(report: Report, color: boolean): string[] {
  const { values } = report.rewards;
  const { files, rows, prompts, steps, unstepped, rollouts, successes, rule, proposal, groups, skipped } = report;
  const formats = [...new Set(files.flatMap(({ format }) => format ?? []))].join(', ') || 'no format';
  const facts: [string, string][] = [
    ['files', `${count(files.length)} (${formats})`],
    ['rows', count(rows)],
    ['prompts', count(prompts)],
    ['steps', steps.count === 0 ? 'none' : `${count(steps.count)}, from ${steps.first} to ${steps.last}`],
    ['no step', count(unstepped)],
    ['rollouts', count(rollouts)],
    ['right', `${share(successes, rollouts)}${values.length > 0 ? ` by reward >= ${rule.threshold}` : ''}`],
    ['proposed', proposal === null ? '' : `reward >= ${proposal.threshold}${proposal.isClear ? '' : ', in doubt'}`],
    [
      'left out',
      Object.entries(skipped)
        .map(([reason, n]) => `${count(n)} ${reason}`)
        .join(', '),
    ],
    ['bad', count(report.bad.count)],
  ];
  const tried = groups.allRight + groups.allWrong + groups.mixed;
  const kinds: [string, string][] = [
    ['groups', count(groups.count)],
    [`short of ${groups.rollouts}`, count(groups.short)],
    [`beyond ${groups.rollouts}`, count(groups.long)],
    ['all right', share(groups.allRight, tried)],
    ['all wrong', share(groups.allWrong, tried)],
    ['mixed', share(groups.mixed, tried)],
  ];
  const bold = color ? (titles: string) => `\x1b[1m${titles}\x1b[22m` : undefined;
  return [
    ...toLines(facts.filter(([, text]) => text !== '' && text !== '0')),
    '',
    ...toLines(kinds),
    '',
    ...toHistogram(report, bold),
    ...report.bad.first
      .slice(0, MOST_LINES)
      .map(({ name, line, reason }) => escapeControls(`${name}:${line}: ${reason}`)),
    ...(report.bad.count > MOST_LINES ? [`… ${count(report.bad.count - MOST_LINES)} more bad records`] : []),
    ...report.findings.flatMap((finding) => wrap(escapeControls(`! ${withFlag(finding)}`))),
  ];
}

function toLines(pairs: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(10, ...pairs.map(([title]) => title.length));
  return pairs.map(([title, text]) => `${title.padEnd(width)}  ${escapeControls(shorten(text, 200))}`);
}

/** The rewards in bins of one width, with a mark where successes begin. */
function toBins(
  { fields, values, others }: Report['rewards'],
  threshold: number,
  rollouts: number,
  style: ((titles: string) => string) | undefined,
): string[] {
  const [least, most] = [values[0]?.value ?? 0, values.at(-1)?.value ?? 0];
  const width = (most - least) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const { value, count } of values) {
    const bin = Math.min(BINS - 1, Math.floor((value - least) / width));
    counts[bin] = (counts[bin] as number) + count;
  }
  const largest = Math.max(...counts);
  const from = (bin: number): number => least + bin * width;
  const isMarked = (bin: number): boolean => threshold > from(bin) && threshold <= from(bin + 1);
  const title = Object.keys(fields)
    .map((name) => escapeControls(name))
    .join(', ');
  const lines = formatTable(
    [
      { title, align: 'right', cells: counts.map((_, bin) => from(bin).toPrecision(3)) },
      { title: 'rollouts', align: 'right', cells: counts.map(count) },
      { title: 'share', align: 'right', cells: counts.map((n) => share(n, rollouts)) },
      {
        title: '',
        align: 'left',
        cells: counts.map((n, bin) => {
          const bar = '#'.repeat(Math.ceil((24 * n) / largest));
          return isMarked(bin) ? `${bar} < threshold ${threshold}` : bar;
        }),
      },
    ],
    style,
  );
  return [...lines, ...(others > 0 ? ['of the first thousand values; there are more'] : []), ''];
}

/** The most common rewards, in order of value. */
function toHistogram({ rewards, rule, rollouts }: Report, style: ((titles: string) => string) | undefined): string[] {
  const { fields, values, others } = rewards;
  if (values.length === 0) return [];
  if (values.length > MOST_LINES) return toBins(rewards, rule.threshold, rollouts, style);
  const shown = [...values].sort((a, b) => b.count - a.count).slice(0, MOST_LINES);
  shown.sort((a, b) => a.value - b.value);
  const rest = values.length - shown.length;
  const most = Math.max(...shown.map((entry) => entry.count));
  const lines = formatTable(
    [
      {
        title: Object.keys(fields)
          .map((name) => escapeControls(name))
          .join(', '),
        align: 'right',
        cells: shown.map(({ value }) => String(value)),
      },
      { title: 'rollouts', align: 'right', cells: shown.map((entry) => count(entry.count)) },
      { title: 'share', align: 'right', cells: shown.map((entry) => share(entry.count, rollouts)) },
      { title: '', align: 'left', cells: shown.map((entry) => '#'.repeat(Math.ceil((30 * entry.count) / most))) },
    ],
    style,
  );
  const more = others > 0 ? 'and more than a thousand other values' : rest > 0 ? `and ${count(rest)} other values` : '';
  return [...lines, ...(more ? [more] : []), ''];
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
