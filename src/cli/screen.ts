import type { Writable } from 'node:stream';

/** A terminal that shows stdout. */
export interface Screen {
  /** Cells of a line that are used: those of the terminal, at most 80. */
  readonly columns: number;
  readonly color: boolean;
}

const MOST_COLUMNS = 80;
/** A narrower terminal breaks lines by itself. */
const LEAST_COLUMNS = 20;

/**
 * The terminal that is written to, or undefined of a pipe or a file, which get plain text. FORCE_COLOR, unless 0 or
 * false, makes one of anything (force-color.org); NO_COLOR (no-color.org) and a dumb terminal have bars and no colour.
 */
export function toScreen(
  stream: Writable & { readonly isTTY?: boolean; readonly columns?: number },
  { FORCE_COLOR, NO_COLOR, TERM }: Readonly<Partial<Record<'FORCE_COLOR' | 'NO_COLOR' | 'TERM', string | undefined>>>,
): Screen | undefined {
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (stream.isTTY !== true && !isForced) return undefined;
  return {
    columns: Math.max(LEAST_COLUMNS, Math.min(MOST_COLUMNS, stream.columns || MOST_COLUMNS)),
    color: isForced || (FORCE_COLOR === undefined && !NO_COLOR && TERM !== 'dumb'),
  };
}
