import { escapeControls } from '../../escape-controls.ts';

const WIDTH = 80;

/** The command to go on with, flags filled in, in lines that fit a terminal and can be copied. */
export function toNext(
  command: string,
  operands: readonly string[],
  flags: Readonly<Record<string, unknown>> = {},
): string[] {
  const words = [...command.split(' '), ...operands.map(quote), ...Object.entries(flags).flatMap(toWords)];
  const lines = ['next: insight-wasm'];
  for (const word of words) {
    const last = lines.at(-1) as string;
    if (last.length + 1 + word.length <= WIDTH - 2) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line} \\` : line));
}

function toWords([name, value]: [string, unknown]): string[] {
  if (value === undefined || value === false) return [];
  return value === true
    ? [`--${name}`]
    : [`--${name} ${quote(Array.isArray(value) ? value.join(',') : String(value))}`];
}

/** For a shell: in quotes where it must be. */
function quote(word: string): string {
  const text = escapeControls(word);
  return /^[\w./,:=@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
