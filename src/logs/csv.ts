import { DataError } from '../errors.ts';
import type { Fields } from './fields.ts';
import type { Mapping } from './mapping.ts';

/** Fields of a quoted record: "..." where "" is a quote, or text without quotes; up to a comma or the end. */
const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy;

/** Characters of a record that goes over many lines. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** CSV (RFC 4180) with a header, line by line. */
export class CsvRecords {
  readonly #texts: ReadonlySet<string>;
  #header: readonly string[] | undefined;
  #pieces: string[] = [];
  #length = 0;
  #isQuoted = false;

  /** Of the mapping: the columns whose cells stay text, however much they look like a number. */
  constructor({ id, hash }: Mapping) {
    this.#texts = new Set(hash ?? [id ?? 'id']);
  }

  /** The record that ends in this line; undefined for the header, for a blank line and within quotes. */
  next(line: string): Fields | undefined {
    this.#pieces.push(line);
    this.#length += line.length;
    if (this.#length > MOST_CHARACTERS)
      throw new DataError('too-much', 'a record of more than 256 MiB; is a quote missing?');
    if (countQuotes(line) % 2 === 1) this.#isQuoted = !this.#isQuoted;
    if (this.#isQuoted) return undefined;
    const text = this.#pieces.join('');
    this.#pieces = [];
    this.#length = 0;
    const cells = split(text.replace(/\r?\n$/, ''));
    if (cells.length === 1 && cells[0]?.trim() === '') return undefined;
    if (this.#header === undefined) {
      this.#header = cells;
      return undefined;
    }
    if (cells.length !== this.#header.length) {
      throw new DataError('value', `expected ${this.#header.length} cells as in the header, got ${cells.length}`);
    }
    return this.#toFields(this.#header, cells);
  }

  /** @throws DataError if a quote is open still */
  end(name: string): void {
    if (this.#isQuoted) throw new DataError('damaged', 'ends within quotes', { file: name });
  }

  /** Without empty cells: they are missing values. */
  #toFields(header: readonly string[], cells: readonly string[]): Fields {
    const named = header.map((name, i): [string, string] => [name, cells[i] as string]);
    return Object.fromEntries(
      named.flatMap(([name, cell]) => (cell === '' ? [] : [[name, this.#texts.has(name) ? cell : toValue(cell)]])),
    );
  }
}

function countQuotes(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) count++;
  return count;
}

function split(record: string): string[] {
  if (!record.includes('"')) return record.split(',');
  const cells: string[] = [];
  FIELD.lastIndex = 0;
  for (;;) {
    const match = FIELD.exec(record);
    if (match === null) throw new DataError('malformed', 'a quote within a cell that does not begin with one');
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return cells;
  }
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, True: true, false: false, False: false };

function toValue(cell: string): unknown {
  const number = Number(cell);
  if (cell.trim() !== '' && !Number.isNaN(number)) return number;
  return Object.hasOwn(BOOLEANS, cell) ? BOOLEANS[cell] : cell;
}
