import { toViews } from './codec.ts';
import { type Section, toSection } from './sections.ts';
import type { State } from './state.ts';
import type { Columns } from './table/columns.ts';

/** The sections of a state as it is now, whatever becomes of it, until `thaw` is called. */
export interface Frozen {
  readonly sections: readonly Section[];
  thaw(): void;
}

/**
 * Freezes a state for a copy that is made part by part, while observations go on: a prompt that is about to change is
 * kept as it was. Memory and time are those of the changes.
 */
export function freeze(state: State): Frozen {
  const columns = Object.values(state.columns) as Columns[keyof Columns][];
  const kept = new Map<number, number[]>();
  state.onChange((index) => {
    if (!kept.has(index))
      kept.set(
        index,
        columns.map((column) => column[index] as number),
      );
  });
  const sections = toViews(state).map((view): Section => {
    const c = columns.indexOf(view as Columns[keyof Columns]);
    const column = columns[c];
    if (column === undefined) return toSection(view);
    return {
      byteLength: column.byteLength,
      part(start, end) {
        const [from, to] = [start / column.BYTES_PER_ELEMENT, end / column.BYTES_PER_ELEMENT];
        const part = column.slice(from, to);
        for (const [index, values] of kept) if (index >= from && index < to) part[index - from] = values[c] as number;
        return new Uint8Array(part.buffer);
      },
    };
  });
  return { sections, thaw: () => state.onChange(undefined) };
}
