import type { Screen } from '../screen.ts';
import { cellsOf, paint } from './paint.ts';

export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}

/**
 * A line of titles and a line a row: columns two spaces apart, no space at a line's end. On a screen, columns that have
 * no place beside the others stand below them, after the first column again.
 */
export function formatTable(columns: readonly TableColumn[], screen?: Screen): string[] {
  const [first, ...others] = columns.map(pad);
  if (first === undefined) return [];
  let tables = [[first]];
  for (const column of others) {
    const last = tables.at(-1) as string[][];
    const used = [...last, column].reduce((sum, [title = '']) => sum + 2 + cellsOf(title), -2);
    if (screen === undefined || used <= screen.columns || last.length === 1) last.push(column);
    else tables = [...tables, [first, column]];
  }
  return tables.flatMap((table, i) => {
    const lines = first.map((_, row) =>
      table
        .map((column) => column[row])
        .join('  ')
        .trimEnd(),
    );
    return [...(i === 0 ? [] : ['']), ...lines.map((line, row) => (row === 0 ? paint(screen, 'bold', line) : line))];
  });
}

/** Title and cells in one width. */
function pad({ title, align, cells }: TableColumn): string[] {
  const all = [title, ...cells];
  const width = all.reduce((most, cell) => Math.max(most, cellsOf(cell)), 0);
  return all.map((cell) => {
    const space = ' '.repeat(width - cellsOf(cell));
    return align === 'left' ? cell + space : space + cell;
  });
}
