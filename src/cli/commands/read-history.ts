import { type History, toHistory } from '../../evaluate/history.ts';
import type { SuccessRule } from '../../logs/row.ts';
import { checkOrder, Visits } from '../../logs/visits.ts';
import type { Streams } from '../command.ts';
import type { LogFlags } from '../flags/log-flags.ts';
import { readLogs } from '../read-logs.ts';

/** @throws DataError for a log that cannot be read, has no order or no visit */
export async function readHistory(
  { logs, rule }: { readonly logs: LogFlags; readonly rule: SuccessRule },
  streams: Streams,
): Promise<History> {
  const visits = new Visits(rule);
  await readLogs(logs, streams, (row) => {
    checkOrder(row, 0); // any discount below 1 keeps the visits and their order
    visits.add(row);
  });
  return toHistory(visits);
}
