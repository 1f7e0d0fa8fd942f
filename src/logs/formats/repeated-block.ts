/** A row as it was logged. */
export interface LoggedRow {
  /** A hash of the prompt. */
  readonly prompt: string;
  /** A hash of all that was logged of it. */
  readonly content: string;
  readonly reward: unknown;
}

export interface RepeatedRows {
  /** Rows at the start of a file that are those at the end of the file before. */
  readonly count: number;
  /** Whether they may as well be equal by chance: no group has two different rewards. */
  readonly isDoubtful: boolean;
}

/**
 * Finds what a log that is a queue of whole groups has written twice: the longest block of whole groups that ends one
 * file and begins the next, row by row the same. Equal groups anywhere else are rollouts of their own. Short answers
 * are equal by chance, and so are whole groups that are all right: a block without a mixed group proves nothing.
 * @param size of the groups
 */
export function repeatedRows(before: readonly LoggedRow[], rows: readonly LoggedRow[], size: number): RepeatedRows {
  let doubtful = 0;
  for (let count = most(before, rows, size); count > 0; count -= size) {
    if (!isSame(before, rows, count)) continue;
    if (hasMixedGroup(rows, count, size)) return { count, isDoubtful: false };
    doubtful ||= count;
  }
  return { count: doubtful, isDoubtful: doubtful > 0 };
}

function most(before: readonly LoggedRow[], rows: readonly LoggedRow[], size: number): number {
  return size === 0 ? 0 : Math.floor(Math.min(before.length, rows.length) / size) * size;
}

function isSame(before: readonly LoggedRow[], rows: readonly LoggedRow[], count: number): boolean {
  const start = before.length - count;
  for (let i = 0; i < count; i++) if (before[start + i]?.content !== rows[i]?.content) return false;
  return true;
}

function hasMixedGroup(rows: readonly LoggedRow[], count: number, size: number): boolean {
  for (let start = 0; start < count; start += size) {
    for (let i = start + 1; i < start + size; i++) {
      if (!Object.is(rows[i]?.reward, rows[start]?.reward)) return true;
    }
  }
  return false;
}

/** The size of the groups in a file and, if it is known, in those before: two of one prompt may stand side by side. */
export function groupSize(rows: readonly LoggedRow[], known: number): number {
  return greatestDivisor([known, ...toRuns(rows)]);
}

/** Lengths of the runs of rows with one prompt. */
function toRuns(rows: readonly LoggedRow[]): number[] {
  const runs: number[] = [];
  rows.forEach(({ prompt }, i) => {
    if (i > 0 && prompt === rows[i - 1]?.prompt) runs[runs.length - 1] = (runs.at(-1) as number) + 1;
    else runs.push(1);
  });
  return runs;
}

function greatestDivisor(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => {
    let [x, y] = [a, b];
    while (y > 0) [x, y] = [y, x % y];
    return x;
  }, 0);
}
