import type { Screen } from '../screen.ts';
import { toCells } from './bars.ts';
import { cellsOf, paint, type Style } from './paint.ts';

/** A part of a whole: its texture tells it from the others, and its colour helps. */
export interface Part {
  readonly name: string;
  /** All of them add up to 1. */
  readonly share: number;
  readonly texture: string;
  readonly style: Style;
}

/** A bar of the parts as wide as the screen, and what each texture means. */
export function toStack(parts: readonly Part[], screen: Screen): string[] {
  const cells = toCells(
    parts.map(({ share }) => share),
    screen.columns,
  );
  const bar = parts.map(({ texture, style }, i) => paint(screen, style, texture.repeat(cells[i] as number)));
  const legend = parts.map(
    ({ name, share, texture, style }) => `${paint(screen, style, texture)} ${name} ${(100 * share).toFixed(1)} %`,
  );
  return [bar.join(''), ...flow(legend, screen.columns)];
}

/** As many items on a line as fit. */
function flow(items: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && cellsOf(last) + 2 + cellsOf(item) <= columns)
      lines[lines.length - 1] = `${last}  ${item}`;
    else lines.push(item);
  }
  return lines;
}
