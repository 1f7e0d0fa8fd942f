import { escapeControls, shorten } from '../../escape-controls.ts';
import type { Screen } from '../screen.ts';
import { formatTable } from './table.ts';

/** A selected prompt, as --json prints it. */
export interface Choice {
  readonly id: string;
  readonly score: number;
  readonly mean: number;
  readonly evidence: number;
}

/** Holds the longest usual id, a hash of 64 digits. */
const MOST_ID = 64;

/** For people: ids made harmless and, if very long, shortened; numbers rounded. */
export function toTable(choices: readonly Choice[], screen?: Screen): string[] {
  const digits = choices.every(({ evidence }) => Number.isInteger(evidence)) ? 0 : 2;
  return formatTable(
    [
      { title: 'rank', align: 'right', cells: choices.map((_, i) => String(i + 1)) },
      { title: 'id', align: 'left', cells: choices.map(({ id }) => escapeControls(shorten(id, MOST_ID))) },
      // Every score is below 10: aligned at the left is aligned at the point.
      { title: 'score', align: 'left', cells: choices.map(({ score }) => score.toPrecision(6)) },
      { title: 'mean', align: 'right', cells: choices.map(({ mean }) => mean.toFixed(4)) },
      { title: 'evidence', align: 'right', cells: choices.map(({ evidence }) => evidence.toFixed(digits)) },
    ],
    screen && { ...screen, columns: Infinity }, // a row is one line, however long the id
  );
}
