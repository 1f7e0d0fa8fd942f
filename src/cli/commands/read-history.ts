import { type History, toHistory } from '../../evaluate/history.ts';
import { Audit } from '../../logs/audit/audit.ts';
import type { SuccessRule } from '../../logs/row.ts';
import { checkOrder } from '../../logs/visit-limits.ts';
import { Visits } from '../../logs/visits.ts';
import type { Streams } from '../command.ts';
import type { LogFlags } from '../flags/log-flags.ts';
import { nothingIn, readLogs, warn } from '../read-logs.ts';

/** @throws DataError for a log that cannot be read, has no order or no visit */
export async function readHistory(
  { logs, rule }: { readonly logs: LogFlags; readonly rule: SuccessRule },
  isRuleGiven: boolean,
  streams: Streams,
): Promise<History> {
  const visits = new Visits(rule);
  const audit = new Audit(rule, visits);
  const taken = await readLogs(logs, streams, (row) => {
    checkOrder(row, 0); // any discount below 1 keeps the visits and their order
    audit.add(row);
  });
  if (visits.rollouts === 0 && taken.some(({ skipped }) => Object.keys(skipped).length > 0)) throw nothingIn(taken);
  warn(streams, taken, audit.report(taken, undefined, isRuleGiven).findings);
  return toHistory(visits);
}
