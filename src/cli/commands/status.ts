import { toRule } from '../../acquisition.ts';
import { escapeControls } from '../../escape-controls.ts';
import { loadState } from '../../node/state-file.ts';
import { type Forecast, toForecast } from '../../state/choose/forecast.ts';
import type { Command } from '../command.ts';
import { inFlagTerms, parseOnly, required, text, toggle, toHelp } from '../flags/flags.ts';
import { QUERY_FLAGS, toQuery } from '../flags/query-flags.ts';
import { writeLines } from '../output.ts';
import { warnUnknown } from '../read-logs.ts';
import type { Screen } from '../screen.ts';
import { toHealth } from '../text/health.ts';
import { formatTable, type TableColumn } from '../text/table.ts';
import { wrap } from '../text/wrap.ts';

const FLAGS = {
  state: required('FILE', 'the state', text),
  ...QUERY_FLAGS,
  json: toggle('as JSON'),
} as const;

const HELP = `Usage: insight-wasm status --state FILE [flags]

Says how many prompts of a state are worth rolling out, and how much of the next
batch would be wasted. By its posterior a prompt is

  unseen      if it was never visited;
  saturated   if the next group of K rollouts is more likely all right than not;
  hopeless    if it is more likely all wrong than not;
  learnable   if it was visited and is neither.

The wasted share is what is expected of the batch that select would choose with
the same flags: the mean chance that a group is all right or all wrong, and so
has no advantage to learn from. K is --rollouts, or 8 if the rule has none.

${toHelp(FLAGS)}
Example:
  insight-wasm status --state pool.iws --count 256
`;

export const status: Command = {
  summary: 'tell what a state knows, and what the next batch would waste',
  help: HELP,
  async run(args, streams) {
    const { stdout } = streams;
    const values = parseOnly(args, FLAGS);
    const query = toQuery(values);
    // A group of one rollout is never mixed.
    const rollouts = Math.max(2, toRule(query.acquisition).rollouts || 8);
    const state = loadState(values.state);
    warnUnknown(state, query, streams);
    const forecast = inFlagTerms(() => toForecast(state, query, rollouts));
    await writeLines(stdout, values.json ? [JSON.stringify(forecast)] : describe(forecast, streams.screen));
  },
};

const NAMES = ['learnable', 'saturated', 'hopeless', 'unseen'] as const;

function describe(forecast: Forecast, screen?: Screen): string[] {
  const { prompts, step, selected, wasted } = forecast;
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(8);
  const lines = (text: string): string[] => (screen === undefined ? [text] : wrap(text, screen.columns));
  return [
    ...lines(`prompts     ${prompts.toLocaleString('en')}${step === null ? '' : `, last step ${step}`}`),
    ...(screen === undefined
      ? NAMES.map((name) => `${name.padEnd(10)}${percent(forecast[name])}`)
      : toHealth(forecast, screen)),
    ...describeGroups(forecast),
    ...lines(
      wasted === null ? 'next batch  empty' : `wasted    ${percent(wasted)}  expected, of the next ${selected} groups`,
    ),
  ];
}

/** A row a group, where prompts have labels. */
function describeGroups({ groups = {} }: Forecast): string[] {
  const rows = Object.entries(groups);
  if (rows.length === 0) return [];
  const column = (title: string, cell: (row: (typeof rows)[number]) => string): TableColumn => ({
    title,
    align: title === 'group' ? 'left' : 'right',
    cells: rows.map(cell),
  });
  const shares = ['learnable', 'saturated', 'hopeless', 'unseen'] as const;
  return [
    '',
    ...formatTable([
      column('group', ([label]) => (label === '' ? '(none)' : escapeControls(label))),
      column('prompts', ([, { prompts }]) => prompts.toLocaleString('en')),
      ...shares.map((share) => column(share, ([, outlook]) => `${(100 * outlook[share]).toFixed(1)} %`)),
      column('selected', ([, { selected }]) => selected.toLocaleString('en')),
    ]),
    '',
  ];
}
