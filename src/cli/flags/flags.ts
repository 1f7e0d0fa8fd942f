import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UnsupportedError } from '../../index.ts';
import { checkInteger } from '../../validate.ts';
import { UsageError } from '../errors.ts';

/** Flags of other names than the library's options. */
const FLAG: Readonly<Record<string, string>> = {
  alpha: 'prior',
  beta: 'prior',
  size: 'candidates',
};

/** Runs what only a wrong flag makes throw: parseArgs, or the library on nothing but the flags' values. */
export function fromFlags<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof UnsupportedError) {
      throw new UsageError('this runtime cannot run the Wasm kernel: use --engine reference');
    }
    if (error instanceof TypeError || error instanceof RangeError) throw new UsageError(inFlagTerms(error.message));
    throw error;
  }
}

/** Flags and positional arguments. */
export function parseFlags<T extends NonNullable<ParseArgsConfig['options']>>(args: readonly string[], options: T) {
  return fromFlags(() => parseArgs({ args: [...args], allowPositionals: true, options }));
}

/** `"acquisition.rollouts" expected ...` becomes `--rollouts expected ...`; of parseArgs' advice only the first sentence. */
function inFlagTerms(message: string): string {
  const [, flag] = /^Option '(--[\w-]+).*' argument is ambiguous/.exec(message) ?? [];
  if (flag !== undefined) return `${flag} expected a value; one that begins with a dash is written ${flag}=-1`;
  const named = message.replace(/^"(?:\w+\.)?(\w+)"/, (_, option: string) => `--${FLAG[option] ?? option}`);
  return named.split(/\.\s/, 1)[0] as string;
}

/** The value of a flag as a finite number. */
export function toNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new UsageError(`--${flag} expected a number, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** The value of a flag as one of several words. */
export function toChoice<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const choice = choices.find((word) => word === text);
  if (choice === undefined) {
    throw new UsageError(`--${flag} expected one of ${choices.join(', ')}, got ${JSON.stringify(text)}`);
  }
  return choice;
}

/** The value of a flag as an integer in [least, most]. */
export function toInteger(flag: string, text: string, least: number, most: number): number {
  return fromFlags(() => checkInteger(flag, toNumber(flag, text), least, most));
}
