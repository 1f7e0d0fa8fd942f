import { escapeControls, shorten } from '../../escape-controls.ts';
import type { Report } from '../../logs/audit/report.ts';
import type { Screen } from '../screen.ts';
import { withFlag } from './advice.ts';
import { toRoom } from './bars.ts';
import { type Fact, formatFacts } from './facts.ts';
import { toNotes } from './notes.ts';
import { paint } from './paint.ts';
import { toStack } from './stack.ts';
import { formatTable, type TableColumn } from './table.ts';

const MOST_LINES = 12;
const BINS = 20;
/** Cells of the longest bar; that of bins leaves room for a mark. */
const VALUE_CELLS = 30;
const BIN_CELLS = 24;

/** For people: at most some 60 lines, whatever the log. */
export function toText(report: Report, screen?: Screen): string[] {
  const { values } = report.rewards;
  const { files, rows, prompts, steps, unstepped, rollouts, successes, rule, proposal, groups, skipped } = report;
  const formats = [...new Set(files.flatMap(({ format }) => format ?? []))].join(', ') || 'no format';
  const facts: Fact[] = [
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
  const kinds: Fact[] = [
    ['groups', count(groups.count)],
    [`short of ${groups.rollouts}`, count(groups.short)],
    [`beyond ${groups.rollouts}`, count(groups.long)],
  ];
  const mixture: Fact[] = [
    ['all right', share(groups.allRight, tried)],
    ['all wrong', share(groups.allWrong, tried)],
    ['mixed', share(groups.mixed, tried)],
  ];
  const isDrawn = screen !== undefined && tried > 0;
  return [
    ...toLines(
      facts.filter(([, text]) => text !== '' && text !== '0'),
      screen,
    ),
    '',
    ...toLines(isDrawn ? kinds : [...kinds, ...mixture], screen),
    ...(isDrawn ? toMixture(groups, tried, screen) : []),
    '',
    ...toHistogram(report, screen),
    ...report.bad.first
      .slice(0, MOST_LINES)
      .map(({ name, line, reason }) => escapeControls(`${name}:${line}: ${reason}`)),
    ...(report.bad.count > MOST_LINES ? [`… ${count(report.bad.count - MOST_LINES)} more bad records`] : []),
    ...toNotes(
      report.findings.map((finding) => escapeControls(withFlag(finding))),
      screen,
    ),
  ];
}

function toMixture({ allRight, allWrong, mixed }: Report['groups'], tried: number, screen: Screen): string[] {
  return toStack(
    [
      { name: 'all wrong', share: allWrong / tried, texture: '▒', style: 'red' },
      { name: 'mixed', share: mixed / tried, texture: '█', style: 'green' },
      { name: 'all right', share: allRight / tried, texture: '▓', style: 'cyan' },
    ],
    screen,
  );
}

function toLines(pairs: readonly Fact[], screen: Screen | undefined): string[] {
  return formatFacts(
    pairs.map(([title, text]) => [title, escapeControls(shorten(text, 200))]),
    10,
    screen,
  );
}

/** The rewards in bins of one width, with a mark where successes begin. */
function toBins(
  { fields, values, others }: Report['rewards'],
  threshold: number,
  rollouts: number,
  screen: Screen | undefined,
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
      toBars(
        counts.map((n, bin) => ({
          share: n / largest,
          isSuccess: from(bin) >= threshold,
          mark: isMarked(bin) ? ` < threshold ${threshold}` : '',
        })),
        threshold,
        BIN_CELLS,
        screen,
      ),
    ],
    screen,
  );
  return [...lines, ...(others > 0 ? ['of the first thousand values; there are more'] : []), ''];
}

/** The most common rewards, in order of value. */
function toHistogram({ rewards, rule, rollouts }: Report, screen?: Screen): string[] {
  const { fields, values, others } = rewards;
  if (values.length === 0) return [];
  if (values.length > MOST_LINES) return toBins(rewards, rule.threshold, rollouts, screen);
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
      toBars(
        shown.map((entry) => ({ share: entry.count / most, isSuccess: entry.value >= rule.threshold, mark: '' })),
        rule.threshold,
        VALUE_CELLS,
        screen,
      ),
    ],
    screen,
  );
  const more = others > 0 ? 'and more than a thousand other values' : rest > 0 ? `and ${count(rest)} other values` : '';
  return [...lines, ...(more ? [more] : []), ''];
}

interface Bar {
  /** Of the longest one. */
  readonly share: number;
  readonly isSuccess: boolean;
  readonly mark: string;
}

/** The bars of a histogram; on a screen successes have another texture. */
function toBars(bars: readonly Bar[], threshold: number, most: number, screen: Screen | undefined): TableColumn {
  const cells = toRoom((screen?.columns ?? Infinity) - 40, 8, most);
  const draw = ({ share, isSuccess, mark }: Bar): string => {
    const bar = (screen === undefined ? '#' : isSuccess ? '█' : '▒').repeat(Math.ceil(cells * share));
    return `${paint(screen, isSuccess ? 'green' : 'red', bar)}${mark}`;
  };
  return { title: screen === undefined ? '' : `█ from ${threshold} on`, align: 'left', cells: bars.map(draw) };
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}
