import { isDeepStrictEqual } from 'node:util';
import { escapeControls } from '../../escape-controls.ts';
import type { Taken } from '../../logs/read-options.ts';
import { openLogs } from '../../node/read-logs.ts';
import { withStore } from '../../node/state-file.ts';
import type { Store } from '../../node/store.ts';
import { checkRule, checkSettings, toSuccessRule } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { parse, required, text, toggle, toHelp, toShortHelp, type Values as ValuesOf } from '../flags/flags.ts';
import { LOCK_FLAGS } from '../flags/lock-flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, type LogFlags, toLogs } from '../flags/log-flags.ts';
import {
  fromRule,
  SCALE_FLAGS,
  SETTINGS_FLAGS,
  toGiven,
  toGivenRule,
  toRule,
  toSettings,
} from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { Progress } from '../progress.ts';
import { nothingIn, warn } from '../read-logs.ts';
import { toNext } from '../text/next.ts';

const INGEST_FLAGS = {
  state: required('FILE', 'the state, such as pool.iws', text),
  ...SETTINGS_FLAGS,
  ...SCALE_FLAGS,
  ...LOCK_FLAGS,
  'new-prompts': toggle('take logs that share no prompt with the data set of the state'),
  'dry-run': toggle('say what would be taken, and change nothing'),
  json: toggle('what was done, as JSON'),
} as const;

const HELP = `Usage: insight-wasm ingest LOGS... --state FILE [flags]

Adds what a trainer has logged to a state, which keeps a posterior for each
prompt; makes the state if there is none. LOGS are files, folders or globs, or -
for stdin, in any format: see insight-wasm audit --help.

The state remembers how far it has read each log, so ingest may run as often as
you like: it takes what is new, and nothing twice. A log that was rewritten or
cut is refused. Rollouts of one prompt and step are one observation, also when
they come in parts. Below discount 1, where the order counts, a row of an older
step than the last one of its prompt is late: it is put in just before that one,
and counted. FILE is replaced at once: stopped at any moment, it is the old
state or the new one.

${toHelp(INGEST_FLAGS)}${toShortHelp(LOG_FLAGS, LOG_FLAGS_ELSEWHERE)}
--discount, --prior, --id, --hash, --reward, --threshold and --reward-scale stay
what they were when the state was made, and need not be repeated.

Examples:
  insight-wasm ingest rollouts/ --state pool.iws --discount 0.9
  insight-wasm select --state pool.iws --count 256
`;

const FLAGS = { ...INGEST_FLAGS, ...LOG_FLAGS } as const;

type Values = ValuesOf<typeof FLAGS>;

export const ingest: Command = {
  summary: 'add logs of rollouts to a state',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, FLAGS);
    const { state: path } = values;
    toGivenRule(values);
    toLogs(values, positionals); // a wrong flag is reported before anything is read
    const done = await withStore(path, { breaksLock: values['break-lock'] }, (store, found) =>
      addLogs(store, found, values, positionals, streams),
    );
    warn(streams, done.taken, done.findings, true);
    await writeLines(streams.stdout, [
      ...(values['dry-run'] && !values.json ? toDryRun(done.taken) : []),
      values.json ? JSON.stringify(done.report) : escapeControls(describe(path, done.report, values['dry-run'])),
      ...(values.json || values['dry-run'] || !done.isNew ? [] : toNext('select', [], { state: path, count: 256 })),
    ]);
  },
};

interface Report {
  readonly rows: number;
  /** Rows of an older step than the latest of their prompt, put in before it. */
  readonly late: number;
  /** Rollouts left out, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  readonly prompts: number;
  readonly newPrompts: number;
  readonly logs: number;
  /** Logs that were known under another name. */
  readonly moved: number;
  readonly step: number | null;
}

async function addLogs(
  store: Store,
  found: State | undefined,
  values: Values,
  paths: readonly string[],
  streams: Streams,
) {
  if (found !== undefined) checkSettings(found.settings, toGiven(values));
  if (found?.rule !== undefined) checkRule(found.rule, toGivenRule(values));
  const before = found ?? State.unseen(toSettings(values));
  const flags = before.rule ?? toRule(values);
  const { logs } = toLogs({ ...values, ...fromRule(flags) }, paths);
  const known = before.ledger.logs;
  const isRuleGiven = before.rule !== undefined || values.threshold !== undefined;
  const progress = new Progress(streams.stderr);
  const { sources, access, total } = openLogs(paths, streams.stdin);
  const { format, mapping, skipBad } = logs;
  const { takeLogs } = await import('../../state/take-logs.ts'); // readers are loaded with the first log
  const { after, taken, moved, late, audit } = await takeLogs(before, sources, {
    ...access,
    reading: { format, mapping, skipBad, onProgress: (at) => progress.show({ ...at, total }) },
    success: toSuccessRule(flags),
    rule: flags,
    newPrompts: values['new-prompts'],
  }).finally(() => progress.clear());
  const rows = taken.reduce((sum, file) => sum + file.rows, 0);
  const isNothing = taken.every(({ skipped }) => Object.keys(skipped).length === 0);
  if (rows === 0 && known.length === 0 && (found === undefined || !isNothing)) throw nothingIn(taken);
  const isChanged = found === undefined || store.unsaved > 0 || !isDeepStrictEqual(after.ledger.logs, known);
  if (!values['dry-run'] && isChanged) {
    const reading = toReading(logs);
    const isOther = rows > 0 && !isDeepStrictEqual(reading, before.extra.reading);
    const kept = before.rule === undefined ? { reading } : isOther ? { isMixed: true } : {};
    store.fold(after.keeping(kept), true);
  }
  const report: Report = {
    rows,
    late,
    skipped: addUp(taken.map(({ skipped }) => skipped)),
    prompts: after.size,
    newPrompts: after.size - before.size,
    logs: taken.length,
    moved: moved.size,
    step: after.lastStep ?? null,
  };
  return { report, taken, isNew: found === undefined, findings: audit.report(taken, undefined, isRuleGiven).findings };
}

/** How the logs were read beside the rule, for when the state is made anew. */
function toReading({ format, mapping }: LogFlags): Readonly<Record<string, unknown>> | undefined {
  const { id: _, hash: _hash, reward: _reward, ...rest } = mapping;
  const given = Object.entries({ format, ...rest }).filter(([, value]) => value !== undefined && value !== false);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap(Object.entries<number>)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}

/** A line for each log of which something would be taken. */
function toDryRun(taken: readonly Taken[]): string[] {
  return taken
    .filter(({ rows, skipped }) => rows > 0 || Object.keys(skipped).length > 0)
    .map(({ name, rows, format }) => escapeControls(`${name}: ${rows.toLocaleString('en')} rows (${format})`));
}

function describe(
  path: string,
  { rows, late, skipped, prompts, newPrompts, moved, step }: Report,
  isDry: boolean,
): string {
  const number = (value: number): string => value.toLocaleString('en');
  const last = step === null ? '' : `, last step ${step}`;
  const older = late === 0 ? '' : `, ${number(late)} of them late`;
  const left = Object.entries(skipped).map(([reason, count]) => `, ${number(count)} skipped: ${reason}`);
  const known = moved === 0 ? '' : `, ${number(moved)} logs known under other names`;
  return `${path}: ${number(rows)} rows ${isDry ? 'would be ' : ''}added${older}${left.join('')}${known}; ${number(prompts)} prompts, ${number(newPrompts)} of them new${last}`;
}
