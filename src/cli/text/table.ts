export interface TableColumn {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}

/** A line of titles and a line a row: columns two spaces apart, no space at a line's end. */
export function formatTable(columns: readonly TableColumn[], style = (titles: string): string => titles): string[] {
  const padded = columns.map(({ title, align, cells }) => {
    const all = [title, ...cells];
    const width = all.reduce((most, cell) => Math.max(most, length(cell)), 0);
    return all.map((cell) => {
      const space = ' '.repeat(width - length(cell));
      return align === 'left' ? cell + space : space + cell;
    });
  });
  const lines =
    padded[0]?.map((_, row) =>
      padded
        .map((column) => column[row])
        .join('  ')
        .trimEnd(),
    ) ?? [];
  return lines.map((line, row) => (row === 0 ? style(line) : line));
}

/** In code points, which most terminals show in one cell each. */
function length(cell: string): number {
  return [...cell].length;
}
