import type { Finding } from '../../logs/audit/report.ts';
import type { Taken } from '../../logs/read-options.ts';
import { withFlag } from './advice.ts';

/** Reasons that say nothing against a log: it is meant to be so. */
const USUAL = ['not trainable', 'evaluation', 'training', 'read before', 'profile without rollouts'];

/**
 * For stderr: what a reader of the result must know.
 * @param isCounted whether the result itself says what was left out
 */
export function toWarnings(taken: readonly Taken[], findings: readonly Finding[], isCounted: boolean): string[] {
  const torn = taken.flatMap(({ name, torn }) =>
    torn === undefined ? [] : [`${name}:${torn}: the last line is half written, and is not counted`],
  );
  const counts = new Map<string, number>();
  for (const [reason, count] of taken.flatMap(({ skipped }) => Object.entries(skipped))) {
    if (!USUAL.includes(reason)) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  const left = [...counts].map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`);
  return [
    ...torn,
    ...(isCounted || left.length === 0 ? [] : [`left out ${left.join(', ')}`]),
    ...findings
      .filter(({ code, changesNumbers }) => changesNumbers && code !== 'empty')
      .map((finding) => withFlag(finding)),
  ];
}
