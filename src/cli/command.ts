import type { Readable, Writable } from 'node:stream';
import type { Screen } from './screen.ts';

/** What a command may touch of the process. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** The terminal that shows stdout; undefined of pipes and files, to which plain text is written. */
  readonly screen?: Screen | undefined;
}

export interface Command {
  /** One line for the program's help. */
  readonly summary: string;
  /** One screen. */
  readonly help: string;
  /** @throws UsageError, DataError before anything is written */
  run(args: readonly string[], streams: Streams): Promise<void>;
}
