import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { program } from './cli.ts';

export interface Answer {
  readonly observed?: number;
  readonly taken?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** serve on a state, in a process of its own; `wrap` is a command that starts it. */
export function startServe(state: string, flags: readonly string[] = [], wrap: readonly string[] = []) {
  const [command, ...args] = [...wrap, process.execPath, program, 'serve', '--state', state, ...flags];
  const child: ChildProcessWithoutNullStreams = spawn(command as string, args);
  child.stdin.on('error', () => {});
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    closed,
    /** undefined if the process ends before it answers. */
    async ask(request: object): Promise<Answer | undefined> {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      return done ? undefined : (JSON.parse(value) as Answer);
    },
    async end(): Promise<number | null> {
      child.stdin.end();
      return (await closed)[0];
    },
  };
}
