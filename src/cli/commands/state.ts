import { DataError } from '../../errors.ts';
import { escapeControls } from '../../escape-controls.ts';
import { find } from '../../logs/fields.ts';
import { compareNames } from '../../logs/log-names.ts';
import { readRows } from '../../node/dataset.ts';
import { STREAM } from '../../node/file-source.ts';
import { readHistory } from '../../node/read-history.ts';
import { readStored, type Stored } from '../../node/read-stored.ts';
import { loadState, withStore } from '../../node/state-file.ts';
import { toKey } from '../../state/dataset.ts';
import { exportPrompts } from '../../state/exchange.ts';
import { replayEntries } from '../../state/journal.ts';
import { checkSettings } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { UsageError } from '../errors.ts';
import {
  list,
  number,
  numberIn,
  optional,
  parse,
  text,
  toggle,
  toHelp,
  type Values as ValuesOf,
} from '../flags/flags.ts';
import { LOCK_FLAGS } from '../flags/lock-flags.ts';
import { SETTINGS_FLAGS, toGiven, toGivenRule, toSettings } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { toNext } from '../text/next.ts';

const FLAGS = {
  state: optional('FILE', 'the state', text),
  id: optional('FIELD', 'import: how a row has its id (id)', text),
  hash: optional('FIELDS', 'import: no id: it is a hash of these fields', list),
  rate: optional('FIELD', 'import: where a reference model passed at this rate, in [0, 1], start there', text),
  group: optional('FIELD', 'import: the group of a prompt, for quotas of select', text),
  weight: optional('N', 'import: rollouts that a rate counts as (8)', numberIn(0, 1e6)),
  ...SETTINGS_FLAGS,
  without: optional('PATHS', 'rebuild: logs to leave out', list),
  reward: optional('FIELD', 'rebuild: another reward', text),
  threshold: optional('X', 'rebuild: another least reward of a success', number),
  ...LOCK_FLAGS,
  json: toggle('show: as JSON'),
} as const;

type Values = ValuesOf<typeof FLAGS>;

const HELP = `Usage: insight-wasm state show|log|export|compact --state FILE
       insight-wasm state import ROWS --state FILE [flags]
       insight-wasm state rebuild --state FILE [--without PATHS] [flags]

show says what a state was made with and which logs it has read, and how far.
log writes a line of JSON for each observation that serve took, in order: those
in FILE.history and those in FILE.journal. fit and replay read it.
export writes {"id","alpha","beta","visits","step","open"} a prompt: "open"
is the posterior before the last visit, with the counts of that visit.
compact puts into FILE what a process that was killed left in FILE.journal.

import adds the prompts of ROWS (JSON, CSV or Parquet; or -) to a state, or
makes one: rows of an export, posteriors from elsewhere, or the rows of a data
set, which start at the prior, or with --rate at what N rollouts at that rate
make of the prior. Prompts that were never rolled out can only be selected if
they are in the state, so import the data set first. What is in the state stays;
a second posterior for one of its prompts is refused.
rebuild makes a state anew from its logs as they are now, without those that are
named, and with its discount, prior and rule where no flag says otherwise. What
serve has taken is in no log: such a state is refused.

${toHelp(FLAGS)}
Examples:
  insight-wasm state import prompts.jsonl --state pool.iws
  insight-wasm state log --state pool.iws | insight-wasm fit -
`;

export const state: Command = {
  summary: 'show, log, export, import, compact or rebuild a state',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, FLAGS);
    const [name = '', ...paths] = positionals;
    const action = toAction(name);
    const { state: path } = values;
    if (!path) throw new UsageError('expected --state FILE');
    if (action === 'import') return importRows(path, paths, values, streams);
    if (paths.length > 0) throw new UsageError(`${action} takes no ${JSON.stringify(paths[0])}`);
    if (action === 'rebuild') {
      const { without = [] } = values;
      const rebuild = {
        settings: toGiven(values),
        rule: toGivenRule({ ...values, 'reward-scale': undefined }),
        without,
      };
      const { rebuildState } = await import('./state-rebuild.ts'); // loaded when it is asked for
      return rebuildState(path, rebuild, values['break-lock'], streams);
    }
    for (const flag of ['id', 'hash', 'rate', 'weight', 'group', 'discount', 'prior'] as const) {
      if (values[flag] !== undefined) throw new UsageError(`--${flag} is for state import`);
    }
    if (action === 'compact') return compact(path, values, streams);
    const stored = readStored(path);
    if (stored === undefined) throw new DataError('no-state', 'no such file', { file: path });
    if (action === 'log') {
      await writeLines(streams.stdout, readHistory(path, stored));
    } else if (action === 'show') {
      await writeLines(streams.stdout, show(stored, values.json));
    } else {
      await writeLines(streams.stdout, exportLines(loadState(path)));
    }
  },
};

function* exportLines(state: State): Generator<string> {
  for (const prompt of exportPrompts(state)) yield JSON.stringify(prompt);
}

const ACTIONS = ['show', 'log', 'export', 'import', 'compact', 'rebuild'] as const;

function toAction(name: string): (typeof ACTIONS)[number] {
  const action = ACTIONS.find((word) => word === name);
  if (action === undefined) {
    throw new UsageError(`expected state ${ACTIONS.join(', ')}, got ${JSON.stringify(name)}`);
  }
  return action;
}

function show(stored: Stored, json: boolean): string[] {
  const { entries } = stored;
  const inFile = stored.state.taken;
  const { settings, rule, ledger, size, lastStep, taken, groups } = replayEntries(stored.state, entries);
  const about = {
    prompts: size,
    step: lastStep ?? null,
    ...settings,
    rule: rule ?? null,
    observations: taken,
    journal: entries.length,
    ...(groups.size > 1 && { groups: groups.labels }),
    logs: ledger.logs,
  };
  if (json) return [JSON.stringify(about)];
  const number = (value: number): string => value.toLocaleString('en');
  const flags = Object.entries(rule ?? {}).map(([flag, value]) => `--${flag} ${value}`);
  const observations = [
    `observed   ${number(inFile)} one by one in the file`,
    `journal    ${number(entries.length)} that the file does not have yet`,
  ];
  return [
    `prompts    ${number(size)}${lastStep === undefined ? '' : `, last step ${lastStep}`}`,
    `discount   ${settings.discount}`,
    `prior      Beta(${settings.prior.alpha}, ${settings.prior.beta})`,
    `rule       ${flags.join(' ') || 'none yet'}`,
    ...(groups.size > 1 ? [`groups     ${groups.labels.join(', ')}`] : []),
    ...(taken > 0 ? observations : []),
    ...[...ledger.logs]
      .sort((a, b) => compareNames(a.path, b.path))
      .map(({ path, bytes, sha256 }) => `log        ${path}, ${number(bytes)} bytes, sha256 ${sha256}`),
  ].map(escapeControls);
}

async function compact(path: string, values: Values, { stdout }: Streams): Promise<void> {
  const count = await withStore(path, { breaksLock: values['break-lock'] }, (store, found) => {
    if (found === undefined) throw new DataError('no-state', 'no such file', { file: path });
    const { unsaved } = store;
    if (unsaved > 0) store.fold(found, true);
    return unsaved;
  });
  await writeLines(stdout, [
    `${escapeControls(path)}: ${count.toLocaleString('en')} observations of the journal put in`,
  ]);
}

async function importRows(path: string, paths: readonly string[], values: Values, streams: Streams): Promise<void> {
  const [rows] = paths;
  if (rows === undefined || paths.length > 1) throw new UsageError(`expected one ROWS, got ${paths.length}`);
  const { id, hash } = values;
  if (id !== undefined && hash !== undefined) throw new UsageError('--id and --hash exclude each other');
  if (values.weight !== undefined && values.rate === undefined) throw new UsageError('--weight needs --rate');
  const settings = toSettings(values);
  const fields = { id, hash };
  await withStore(path, { breaksLock: values['break-lock'] }, async (store, found) => {
    if (found !== undefined) checkSettings(found.settings, toGiven(values));
    const before = found ?? State.unseen(settings);
    const warm = values.rate === undefined ? undefined : { rate: values.rate, weight: values.weight ?? 8 };
    const { Importer } = await import('../../state/importer.ts'); // loaded when it is asked for
    const importer = new Importer(before.settings, warm, values.group);
    const { group } = values;
    let [read, labelled] = [0, 0];
    await readRows(rows, streams.stdin, (_, row) => {
      importer.add(toKey(row, fields), row);
      read++;
      if (group !== undefined && find(row, group) != null) labelled++;
    });
    if (group !== undefined && read > 0 && labelled === 0) {
      const file = rows === '-' ? STREAM : rows;
      throw new DataError('value', `no row has a label in the field ${JSON.stringify(group)} of --group`, { file });
    }
    const repeats = read - importer.size;
    const isWarm = before.extra.isWarm || importer.isWarm || undefined;
    const keyed = importer.isWarm ? before.extra.keyed : { id: values.id, hash };
    const after = before.merge(importer.end(before)).keeping({ keyed, isWarm });
    store.fold(after, true);
    const number = (value: number): string => value.toLocaleString('en');
    await writeLines(streams.stdout, [
      `${escapeControls(path)}: ${number(after.size)} prompts, ${number(after.size - before.size)} of them new`,
      ...(repeats > 0 ? [`! ${number(repeats)} of ${number(read)} rows have the id of a row before`] : []),
      ...(before.ledger.logs.length === 0 ? toNext('ingest LOGS', [], { state: path }) : []),
    ]);
  });
}
