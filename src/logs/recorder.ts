import { DataError } from '../errors.ts';
import type { NoteCode, Place, RecordPlace, Sink } from './format.ts';
import type { Mapping } from './mapping.ts';
import { folderOf, stepInPath } from './path-facts.ts';
import type { Row } from './row.ts';
import type { Source } from './source.ts';

/** Where the records of one file go, and where they stand. */
export class Recorder implements Sink, RecordPlace {
  readonly name: string;
  readonly folder: string;
  line = 0;
  rows = 0;
  readonly skipped: Record<string, number> = {};
  readonly notes: Partial<Record<NoteCode, { count: number; example: string }>> = {};
  readonly #step: number | undefined;
  readonly #visit: (row: Row, place: Place) => void;

  constructor({ name, path = name }: Source, { stepFromPath }: Mapping, visit: (row: Row, place: Place) => void) {
    this.name = name;
    this.folder = folderOf(path);
    this.#visit = visit;
    if (!stepFromPath) return;
    this.#step = stepInPath(path);
    if (this.#step === undefined)
      throw new DataError('value', 'has no number in its path to be the step', { file: name });
  }

  row(row: Row, line = this.line): void {
    this.rows++;
    this.line = line;
    this.#visit(this.#step === undefined ? row : { ...row, step: this.#step }, this);
  }

  skip(reason: string): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }

  note(code: NoteCode, example: string): void {
    const note = this.notes[code];
    if (note === undefined) this.notes[code] = { count: 1, example };
    else note.count++;
  }
}
