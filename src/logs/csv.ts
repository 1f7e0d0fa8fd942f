import { DataError } from '../errors.ts';
import type { Fields } from './fields.ts';
import { ID_FIELDS, type Mapping } from './mapping.ts';

/** Characters of a record that goes over many lines. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** What may stand between cells: spreadsheets write a semicolon or a tab where a comma is part of numbers. */
const SEPARATORS = [',', ';', '\t'] as const;
type Separator = (typeof SEPARATORS)[number];

/** CSV (RFC 4180) with a header, line by line; the separator is told from the header. */
export class CsvRecords {
  readonly #texts: ReadonlySet<string>;
  #header: readonly string[] | undefined;
  #separator: Separator = ',';
  #pieces: string[] = [];
  #length = 0;
  #isQuoted = false;

  /** Of the mapping: the columns whose cells stay text, however much they look like a number. */
  constructor({ id, hash }: Mapping) {
    this.#texts = new Set(hash ?? (id === undefined ? ID_FIELDS : [id]));
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
    const record = text.replace(/\r?\n$/, '');
    if (this.#header === undefined) {
      if (record.trim() !== '') this.#header = this.#readHeader(record);
      return undefined;
    }
    const cells = split(record, this.#separator);
    if (cells.length === 1 && cells[0]?.trim() === '') return undefined;
    if (cells.length !== this.#header.length) {
      throw new DataError('value', `expected ${this.#header.length} cells as in the header, got ${cells.length}`);
    }
    return this.#toFields(this.#header, cells);
  }

  /** @throws DataError if a quote is open still */
  end(name: string): void {
    if (this.#isQuoted) throw new DataError('damaged', 'ends within quotes', { file: name });
  }

  #readHeader(record: string): string[] {
    if (/\r/.test(record.replace(/"(?:[^"]|"")*"/g, ''))) {
      const reason = 'its lines end with a carriage return alone, as on old Macs: tr "\\r" "\\n" converts them';
      throw new DataError('format', reason);
    }
    const counts = SEPARATORS.map((separator) => split(record, separator).length);
    this.#separator = SEPARATORS[counts.indexOf(Math.max(...counts))] as Separator;
    const header = split(record, this.#separator);
    const twice = header.find((name, i) => name !== '' && header.indexOf(name) !== i);
    if (twice !== undefined) {
      const reason = `the header has ${JSON.stringify(twice)} twice: which of the columns is meant?`;
      throw new DataError('damaged', reason, { field: twice });
    }
    return header;
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

/** Fields of a quoted record: "..." where "" is a quote, or text without quotes; up to a separator or the end. */
const FIELDS: Readonly<Record<Separator, RegExp>> = {
  ',': /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/gy,
  ';': /(?:"((?:[^"]|"")*)"|([^";]*))(;|$)/gy,
  '\t': /(?:"((?:[^"]|"")*)"|([^"\t]*))(\t|$)/gy,
};

function split(record: string, separator: Separator): string[] {
  if (!record.includes('"')) return record.split(separator);
  const cells: string[] = [];
  const field = FIELDS[separator];
  field.lastIndex = 0;
  for (;;) {
    const match = field.exec(record);
    if (match === null) throw new DataError('malformed', 'a quote within a cell that does not begin with one');
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return cells;
  }
}

const VALUES: Readonly<Record<string, unknown>> = { true: true, false: false, nan: Number.NaN };
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** A decimal number, TRUE and FALSE in any case, or the text: 0x1F is text. */
function toValue(cell: string): unknown {
  if (NUMBER.test(cell)) return Number(cell);
  const word = cell.toLowerCase();
  return Object.hasOwn(VALUES, word) ? VALUES[word] : cell;
}
