import { readFileSync } from 'node:fs';

export type Cell = number | string;
export type Row = { readonly [column: string]: Cell };

interface GoldenFile {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** A golden file as it stands. */
export function goldenFile<T = GoldenFile>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), 'utf8')) as T;
}

/** The rows of a golden file by column name. */
export function golden(name: string): Row[] {
  const { columns, rows } = goldenFile(name);
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] as Cell])));
}

/** |got - want| in units of the last place of float32, the floor being 2^-149. */
export function ulps(got: number, want: number): number {
  const exponent = want === 0 ? -149 : Math.max(Math.floor(Math.log2(Math.abs(want))) - 23, -149);
  return Math.abs(got - want) / 2 ** exponent;
}
