import type { Readable, Writable } from 'node:stream';

/** What a command may touch of the process. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  /** Whether stdout may be styled. */
  readonly color: boolean;
}

export interface Command {
  /** One line for the program's help. */
  readonly summary: string;
  /** One screen. */
  readonly help: string;
  /** @throws UsageError, DataError before anything is written */
  run(args: readonly string[], streams: Streams): Promise<void>;
}
