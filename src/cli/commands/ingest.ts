import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { DataError } from '../../errors.ts';
import { escapeControls } from '../../escape-controls.ts';
import { STREAM } from '../../node/file-source.ts';
import { followLinks } from '../../node/find.ts';
import { withStore } from '../../node/state-file.ts';
import type { Store } from '../../node/store.ts';
import { Intake } from '../../state/intake.ts';
import { type Log, STDIN } from '../../state/ledger.ts';
import { checkRule, checkSettings, toSuccessRule } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { parse, required, text, toggle, toHelp, toShortHelp, type Values as ValuesOf } from '../flags/flags.ts';
import { LOCK_FLAGS } from '../flags/lock-flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, toLogs } from '../flags/log-flags.ts';
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
import { readLogs, warn } from '../read-logs.ts';

const INGEST_FLAGS = {
  state: required('FILE', 'the state, such as pool.iws', text),
  ...SETTINGS_FLAGS,
  ...SCALE_FLAGS,
  ...LOCK_FLAGS,
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
    warn(streams, done.taken);
    await writeLines(streams.stdout, [
      values.json ? JSON.stringify(done.report) : escapeControls(describe(path, done.report)),
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

  const intake = new Intake(before, toSuccessRule(flags));
  const toPath = (name: string): string =>
    name === STREAM && paths.includes('-') ? STDIN : followLinks(resolve(name));
  const seen = new Set<string>();
  const taken = await readLogs(logs, streams, (row) => intake.add(row), {
    hash: true,
    before(name) {
      const path = toPath(name);
      if (seen.has(path)) throw new DataError('taken', 'given twice', { file: name });
      seen.add(path);
      return before.ledger.before(path);
    },
  });
  const parts = taken.map(({ name, bytes, sha256 = '' }): Log => ({ path: toPath(name), bytes, sha256 }));
  const known = before.ledger.logs;
  const after = intake.end(parts, flags);
  const rows = taken.reduce((sum, file) => sum + file.rows, 0);
  if (found === undefined || store.unsaved > 0 || !isDeepStrictEqual(after.ledger.logs, known)) store.fold(after, true);
  const report: Report = {
    rows,
    late: intake.late,
    skipped: addUp(taken.map(({ skipped }) => skipped)),
    prompts: after.size,
    newPrompts: after.size - before.size,
    logs: taken.length,
    step: after.lastStep ?? null,
  };
  return { report, taken };
}

function addUp(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap(Object.entries<number>)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}

function describe(path: string, { rows, late, skipped, prompts, newPrompts, step }: Report): string {
  const number = (value: number): string => value.toLocaleString('en');
  const last = step === null ? '' : `, last step ${step}`;
  const older = late === 0 ? '' : `, ${number(late)} of them late`;
  const left = Object.entries(skipped).map(([reason, count]) => `, ${number(count)} skipped: ${reason}`);
  return `${path}: ${number(rows)} rows added${older}${left.join('')}; ${number(prompts)} prompts, ${number(newPrompts)} of them new${last}`;
}
