import { parseArgs } from 'node:util';
import { checkInteger, checkNumber } from '../../validate.ts';
import { UsageError } from '../errors.ts';
import { nearest } from '../text/nearest.ts';

/** A flag of a command: its help, and how its text becomes a value. */
export interface Flag<T> {
  /** What stands behind the name in the help, such as FILE; undefined of a switch, which has no value. */
  readonly value: string | undefined;
  readonly help: string;
  /** A letter that stands for the name. */
  readonly short?: string;
  /**
   * @param text undefined if the flag was not given
   * @throws UsageError that names the flag
   */
  parse(name: string, text: string | undefined): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What the flags of a command say, by their names. */
export type Values<F extends Flags> = { readonly [name in keyof F]: F[name] extends Flag<infer T> ? T : never };

/** Reads the text of a flag. */
type Read<T> = (name: string, text: string) => T;

/** A flag that need not be given. */
export const optional = <T>(value: string, help: string, read: Read<T>): Flag<T | undefined> => ({
  value,
  help,
  parse: (name, text) => (text === undefined ? undefined : read(name, text)),
});

/** A flag that has a default, which its help shows. */
export const withDefault = <T>(value: string, help: string, text: string, read: Read<T>): Flag<T> => ({
  value,
  help: `${help} (${text})`,
  parse: (name, given) => read(name, given ?? text),
});

/** A flag that must be given, and not be empty. */
export const required = <T>(value: string, help: string, read: Read<T>): Flag<T> => ({
  value,
  help,
  parse(name, text) {
    if (!text) throw new UsageError(`expected --${name} ${value}`);
    return read(name, text);
  },
});

/** A flag without a value. */
export const toggle = (help: string): Flag<boolean> => ({
  value: undefined,
  help,
  parse: (_, text) => text !== undefined,
});

export const text: Read<string> = (_, text) => text;

export const list: Read<string[]> = (_, text) => text.split(',');

/** A finite number. */
export const number: Read<number> = (name, text) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new UsageError(`--${name} expected a number, got ${JSON.stringify(text)}`);
  }
  return value;
};

export const numberIn =
  (least: number, most: number): Read<number> =>
  (name, text) =>
    inFlagTerms(() => checkNumber(name, number(name, text), least, most));

export const integerIn =
  (least: number, most = Number.MAX_SAFE_INTEGER): Read<number> =>
  (name, text) =>
    inFlagTerms(() => checkInteger(name, number(name, text), least, most));

/** One of several words. */
export const oneOf =
  <T extends string>(choices: readonly T[]): Read<T> =>
  (name, text) => {
    const choice = choices.find((word) => word === text);
    if (choice === undefined) {
      throw new UsageError(`--${name} expected one of ${choices.join(', ')}, got ${JSON.stringify(text)}`);
    }
    return choice;
  };

/** The values of all flags, and the positional arguments. */
export function parse<F extends Flags>(
  args: readonly string[],
  flags: F,
): { values: Values<F>; positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? 'boolean' : 'string', ...(short !== undefined && { short }) },
    ]),
  ) as Record<string, { type: 'boolean' | 'string'; short?: string }>;
  checkNames(args, Object.keys(flags));
  const { values, positionals } = inFlagTerms(() => parseArgs({ args: [...args], allowPositionals: true, options }));
  const parsed = Object.entries(flags).map(([name, flag]) => {
    const given = values[name];
    return [name, flag.parse(name, given === undefined ? undefined : String(given))];
  });
  return { values: Object.fromEntries(parsed) as Values<F>, positionals };
}

/** @throws UsageError for a flag that is nearly one of these */
function checkNames(args: readonly string[], names: readonly string[]): void {
  for (const arg of args) {
    if (arg === '--') return;
    const [, name = ''] = /^--([^=]+)/.exec(arg) ?? [];
    if (name === '' || names.includes(name)) continue;
    const meant = nearest(name, names);
    if (meant !== undefined) throw new UsageError(`--${name} is no flag; did you mean --${meant}?`);
  }
}

/** The values of all flags of a command that takes nothing else. */
export function parseOnly<F extends Flags>(args: readonly string[], flags: F): Values<F> {
  const { values, positionals } = parse(args, flags);
  if (positionals.length > 0) throw new UsageError(`expected only flags, got ${JSON.stringify(positionals[0])}`);
  return values;
}

/** Flags of other names than the parameters that the library checks. */
const NAMES: Readonly<Record<string, string>> = {
  alpha: 'prior',
  beta: 'prior',
  size: 'candidates',
  maxVisits: 'max-visits',
};

/**
 * Runs what only a wrong flag makes throw: `"acquisition.rollouts" expected ...` becomes `--rollouts expected ...`; of
 * the advice of parseArgs only the first sentence stays.
 */
export function inFlagTerms<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
    const { message } = error;
    const [, flag] = /^Option '(--[\w-]+).*' argument is ambiguous/.exec(message) ?? [];
    if (flag !== undefined) {
      throw new UsageError(`${flag} expected a value; one that begins with a dash is written ${flag}=-1`);
    }
    const named = message
      .replace(/^"quotas.*?"(?= expected)/, '--quota')
      .replace(/^"(?:\w+\.)?([\w-]+)"/, (_, option: string) => `--${NAMES[option] ?? option}`);
    throw new UsageError(named.split(/\.\s/, 1)[0] as string);
  }
}

/** Column of the text behind the names, and of the last character. */
const INDENT = 22;
const WIDTH = 80;

/** The lines of the flags for the help of a command, those with one text together; ends in a new line. */
export function toHelp(flags: Flags): string {
  const names = new Map<string, string[]>();
  for (const [name, { value, help, short }] of Object.entries(flags)) {
    const known = names.get(help) ?? [];
    const letter = short === undefined ? '' : `-${short}, `;
    names.set(help, [...known, `${letter}--${name}${value === undefined ? '' : ` ${value}`}`]);
  }
  return [...names].map(([help, all]) => toEntry(all.join(', '), help)).join('');
}

/** All of the flags on a line or two, with one text; ends in a new line. */
export function toShortHelp(flags: Flags, help: string): string {
  const names = Object.keys(flags).map((name) => `--${name}`);
  return toEntry(names.join(', '), help);
}

/** Names at the left and a text beside them, both broken at spaces. */
function toEntry(names: string, help: string): string {
  const [first, ...rest] = breakAt(help, WIDTH - INDENT);
  const left = breakAt(names, WIDTH - 2).map((line) => `  ${line}`);
  const last = left.at(-1) as string;
  const head = last.length < INDENT ? [last.padEnd(INDENT) + first] : [last, ' '.repeat(INDENT) + first];
  return [...left.slice(0, -1), ...head, ...rest.map((line) => ' '.repeat(INDENT) + line)]
    .map((l) => `${l}\n`)
    .join('');
}

function breakAt(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
