import { escapeControls } from '../../escape-controls.ts';
import { readRows, toKey } from '../../node/dataset.ts';
import { compareNames } from '../../node/find.ts';
import { findState, loadState, saveState, withLock } from '../../node/state-file.ts';
import { exportPrompts, Importer } from '../../state/exchange.ts';
import { checkSettings } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { UsageError } from '../errors.ts';
import { list, number, optional, parse, text, toggle, toHelp, type Values as ValuesOf } from '../flags/flags.ts';
import { SETTINGS_FLAGS, toGiven, toGivenRule, toSettings } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { toNext } from '../text/next.ts';
import { rebuildState } from './state-rebuild.ts';

const FLAGS = {
  state: optional('FILE', 'the state', text),
  id: optional('FIELD', 'import: how a row has its id (id)', text),
  hash: optional('FIELDS', 'import: no id: it is a hash of these fields', list),
  ...SETTINGS_FLAGS,
  without: optional('PATHS', 'rebuild: logs to leave out', list),
  reward: optional('FIELD', 'rebuild: another reward', text),
  threshold: optional('X', 'rebuild: another least reward of a success', number),
  json: toggle('show: as JSON'),
} as const;

type Values = ValuesOf<typeof FLAGS>;

const HELP = `Usage: insight-wasm state show --state FILE [--json]
       insight-wasm state export --state FILE
       insight-wasm state import ROWS --state FILE [flags]
       insight-wasm state rebuild --state FILE [--without PATHS] [flags]

show says what a state was made with and which logs it has read, and how far.
export writes a line of JSON for each prompt, in the order of the state, with
the exact values:
  {"id","alpha","beta","visits","step","open":{...}}
step is that of the last visit; "open" is the posterior before that visit, with
its counts, to which rows of the same step still add.

import adds the prompts of ROWS (lines of JSON, or - for stdin) to a state, or
makes one: rows of an export, posteriors from elsewhere, or the rows of a data
set, which start at the prior. Prompts that were never rolled out can only be
selected if they are in the state, so import the data set first. What is in the
state stays; a second posterior for one of its prompts is refused.

rebuild makes a state anew from its logs as they are now, without those that are
named, and with its discount, prior and rule where no flag says otherwise. What
a trainer has observed through serve is in no log, and is then gone.

${toHelp(FLAGS)}
Examples:
  insight-wasm state import prompts.jsonl --state pool.iws
  insight-wasm state export --state pool.iws > posteriors.jsonl
`;

export const state: Command = {
  summary: 'show, export, import or rebuild a state',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, FLAGS);
    const [name = '', ...paths] = positionals;
    const action = toAction(name);
    const { state: path } = values;
    if (!path) throw new UsageError('expected --state FILE');
    if (action !== 'import' && paths.length > 0) throw new UsageError(`${action} takes no ${JSON.stringify(paths[0])}`);
    if (action === 'show') await writeLines(streams.stdout, show(loadState(path), values.json));
    else if (action === 'export') await writeLines(streams.stdout, exportRows(loadState(path)));
    else if (action === 'rebuild') {
      const { without = [] } = values;
      await rebuildState(path, { settings: toGiven(values), rule: toGivenRule(values), without }, streams);
    } else await importRows(path, paths, values, streams);
  },
};

/** The prompts of a state, a line of JSON each. */
function* exportRows(state: State): Generator<string> {
  for (const prompt of exportPrompts(state)) yield JSON.stringify(prompt);
}

const ACTIONS = ['show', 'export', 'import', 'rebuild'] as const;

function toAction(name: string): (typeof ACTIONS)[number] {
  const action = ACTIONS.find((word) => word === name);
  if (action === undefined)
    throw new UsageError(`expected state show, export, import or rebuild, got ${JSON.stringify(name)}`);
  return action;
}

function show(state: State, json: boolean): string[] {
  const { settings, rule, ledger, size, lastStep } = state;
  const about = { prompts: size, step: lastStep ?? null, ...settings, rule: rule ?? null, logs: ledger.logs };
  if (json) return [JSON.stringify(about)];
  const number = (value: number): string => value.toLocaleString('en');
  const flags = Object.entries(rule ?? {}).map(([flag, value]) => `--${flag} ${value}`);
  return [
    `prompts    ${number(size)}${lastStep === undefined ? '' : `, last step ${lastStep}`}`,
    `discount   ${settings.discount}`,
    `prior      Beta(${settings.prior.alpha}, ${settings.prior.beta})`,
    `rule       ${flags.join(' ') || 'none yet'}`,
    ...[...ledger.logs]
      .sort((a, b) => compareNames(a.path, b.path))
      .map(({ path, bytes, sha256 }) => `log        ${path}, ${number(bytes)} bytes, sha256 ${sha256}`),
  ].map(escapeControls);
}

async function importRows(path: string, paths: readonly string[], values: Values, streams: Streams): Promise<void> {
  const [rows] = paths;
  if (rows === undefined || paths.length > 1) throw new UsageError(`expected one ROWS, got ${paths.length}`);
  const { id, hash } = values;
  if (id !== undefined && hash !== undefined) throw new UsageError('--id and --hash exclude each other');
  const settings = toSettings(values);
  const fields = { id, hash };
  await withLock(path, async () => {
    const found = findState(path);
    if (found !== undefined) checkSettings(found.settings, toGiven(values));
    const before = found ?? State.unseen(settings);
    const importer = new Importer(before.settings);
    await readRows(rows, streams.stdin, (_, row) => importer.add(toKey(row, fields), row));
    const isWarm = before.extra.isWarm || importer.isWarm || undefined;
    const keyed = importer.isWarm ? before.extra.keyed : { id: values.id, hash };
    const after = before.merge(importer.end(before)).keeping({ keyed, isWarm });
    saveState(path, after);
    const number = (value: number): string => value.toLocaleString('en');
    await writeLines(streams.stdout, [
      `${escapeControls(path)}: ${number(after.size)} prompts, ${number(after.size - before.size)} of them new`,
      ...(before.ledger.logs.length === 0 ? toNext('ingest LOGS', [], { state: path }) : []),
    ]);
  });
}
