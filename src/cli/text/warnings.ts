import type { Taken } from '../../logs/read-rows.ts';

/** For stderr: what a reader of the result must know; each a line. */
export function toWarnings(taken: readonly Taken[]): string[] {
  return taken.flatMap(({ name, torn }) =>
    torn === undefined ? [] : [`${name}:${torn}: the last line is half written, and is not counted`],
  );
}
