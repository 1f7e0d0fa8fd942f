import type { Screen } from '../screen.ts';

/** Codes that begin and end a style (ECMA-48, SGR). */
const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof CODES;

/** The text in a style, where the screen has colour; a style never says what the text does not. */
export function paint(screen: Screen | undefined, style: Style, text: string): string {
  const [begin, end] = CODES[style];
  return screen?.color && text !== '' ? `\x1b[${begin}m${text}\x1b[${end}m` : text;
}

/** Cells that a text takes: one for each code point, as most terminals show it, and none for the code of a style. */
export function cellsOf(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ESC begins a style
  return [...text.replaceAll(/\x1b\[\d+m/g, '')].length;
}
