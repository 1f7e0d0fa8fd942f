import { DataError } from '../../errors.ts';
import { Audit } from '../../logs/audit/audit.ts';
import type { Report } from '../../logs/audit/report.ts';
import { MOST_TRIALS } from '../../logs/row.ts';
import type { Command } from '../command.ts';
import { integerIn, optional, parse, toggle, toHelp } from '../flags/flags.ts';
import { LOG_FLAGS, toLogs } from '../flags/log-flags.ts';
import { writeLines } from '../output.ts';
import { readLogs } from '../read-logs.ts';
import { toText } from '../text/audit-text.ts';
import { toNext } from '../text/next.ts';

const AUDIT_FLAGS = {
  rollouts: optional('K', 'rollouts that a group should have (the most common size)', integerIn(1, MOST_TRIALS)),
  json: toggle('one object: all of the above'),
} as const;

const HELP = `Usage: insight-wasm audit LOGS... [flags]

Says what logs of rollouts hold, before anything of them is believed: prompts,
steps, groups and their sizes, the rewards and which of them are successes, and
what is wrong: bad lines, short groups, duplicates, survivors of a filter.

LOGS are files, folders (all logs below) or globs, plain, .gz or .zst, in the
order of the numbers in their names; or - for stdin.

How logs are read, by this command and all others:
${toHelp(LOG_FLAGS)}
${toHelp(AUDIT_FLAGS)}
Formats: of verl, prime-rl, NeMo-Gym and TRL what these trainers write, with
ids, rewards and steps where they put them; jsonl, csv and parquet by the flags.
JSON lines may have "successes" and "trials" in place of a reward, both numbers
or, for several visits, oldest first, lists.

Examples:
  insight-wasm audit runs/42/rollouts
  insight-wasm audit 'out/*/trace.jsonl.gz' --hash prompt --reward correct
  insight-wasm audit rates.csv --id problem --rate pass_rate --trials 16
`;

export const audit: Command = {
  summary: 'say what logs hold, before anything of them is believed',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, { ...LOG_FLAGS, ...AUDIT_FLAGS });
    const { logs, rule } = toLogs(values, positionals);
    const found = new Audit(rule);
    const taken = await readLogs(logs, streams, (row) => found.add(row), {
      hash: true, // to find twins
      onBad: (record) => found.addBad(record),
    });
    const report = found.report(taken, values.rollouts, values.threshold !== undefined);
    const [first] = report.bad.first;
    if (report.rows === 0 && first !== undefined) {
      const { name: file, line, reason, remedy } = first;
      throw new DataError('value', reason, { file, line, remedy });
    }
    await writeLines(
      streams.stdout,
      values.json
        ? [JSON.stringify(report)]
        : [
            ...toText(report, streams.screen),
            ...(report.rows > 0 ? toNext('ingest', positionals, toFlags(values, report)) : []),
          ],
    );
  },
};

/** The flags that were given, the threshold that the rewards suggest, and the bad records as many as there are. */
function toFlags(
  { rollouts: _, json: _json, threshold, ...given }: Readonly<Record<string, unknown>>,
  { proposal, bad }: Report,
): Record<string, unknown> {
  const suggested = proposal?.isClear && proposal.threshold !== 0.5 ? proposal.threshold : undefined;
  const skipped = bad.count > 0 ? bad.count : undefined;
  return { state: 'pool.iws', ...given, 'skip-bad': skipped, threshold: threshold ?? suggested };
}
