// Pictures of numbers in the block elements of Unicode, a cell a character.

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
/** A full block would touch the line above. */
const HEIGHTS = [...'▁▂▃▄▅▆▇'];

/** The cells that a bar gets of those that are left of a line: in whole ones, between a least and a most. */
export function toRoom(left: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, Math.floor(left)));
}

/** A bar of so much of the width, to an eighth of a cell; what is more than nothing is seen. */
export function toBar(share: number, width: number): string {
  const eighths = share > 0 ? Math.max(1, Math.round(8 * share * width)) : 0;
  return '█'.repeat(eighths >> 3) + EIGHTHS[eighths & 7];
}

/** A bar to the right of an axis for a value above 0, to its left below, to half a cell; `reach` fills the half width. */
export function toSignedBar(value: number, reach: number, half: number): string {
  const halves = Math.round((2 * half * Math.min(Math.abs(value), reach)) / reach);
  const full = '█'.repeat(halves >> 1);
  const isOdd = halves % 2 === 1;
  return value < 0
    ? `${`${isOdd ? '▐' : ''}${full}`.padStart(half)}│`
    : `${' '.repeat(half)}│${full}${isOdd ? '▌' : ''}`;
}

/** The cells of each part of a whole, which fill the width. */
export function toCells(shares: readonly number[], width: number): number[] {
  let before = 0;
  return shares.map((share) => {
    const from = Math.round(before * width);
    before += share;
    return Math.round(before * width) - from;
  });
}

/** A column for each value, or for the mean of several; a space where all of them are NaN. */
export function toSparkline(values: readonly number[], most: number, width: number): string {
  return toParts(values.length, width)
    .map(([from, to]) => {
      const mean = meanOf(values.slice(from, to));
      return Number.isNaN(mean) ? ' ' : HEIGHTS[most > 0 ? Math.min(6, Math.floor((7 * mean) / most)) : 0];
    })
    .join('');
}

/** So many things in at most so many parts of nearly one length. */
export function toParts(count: number, most: number): [from: number, to: number][] {
  const parts = Math.min(most, count);
  return Array.from({ length: parts }, (_, i) => [
    Math.floor((i * count) / parts),
    Math.floor(((i + 1) * count) / parts),
  ]);
}

/** Without NaN; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
