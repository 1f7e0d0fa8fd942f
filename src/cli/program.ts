import { version } from '../../package.json';
import { DataError } from '../errors.ts';
import { escapeControls } from '../escape-controls.ts';
import { PoolError, UnsupportedError } from '../index.ts';
import type { Command, Streams } from './command.ts';
import { audit } from './commands/audit.ts';
import { bench } from './commands/bench.ts';
import { explain } from './commands/explain.ts';
import { fit } from './commands/fit.ts';
import { ingest } from './commands/ingest.ts';
import { replay } from './commands/replay.ts';
import { report } from './commands/report.ts';
import { select } from './commands/select.ts';
import { serve } from './commands/serve.ts';
import { simulate } from './commands/simulate.ts';
import { state } from './commands/state.ts';
import { status } from './commands/status.ts';
import { UsageError } from './errors.ts';
import { ACQUISITIONS_HELP } from './flags/acquisition-flags.ts';
import { withAdvice } from './text/advice.ts';
import { nearest } from './text/nearest.ts';

const COMMANDS = new Map<string, Command>(
  Object.entries({ audit, ingest, select, explain, status, state, serve, fit, replay, report, simulate, bench }),
);

const HELP = `Usage: insight-wasm COMMAND [flags]

Chooses the prompts of a reinforcement-learning run that are worth rolling out
next: it keeps a Beta posterior of the success rate of each prompt and selects
those with the largest score (InSight, arXiv 2603.01907).

Commands:
${[...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`).join('\n')}
  help COMMAND says more; --version prints the version.

${ACQUISITIONS_HELP}
Data goes to stdout, all else to stderr. Exit codes: 0 done; 1 a log that cannot
be used, with nothing on stdout; 2 a wrong command line.

Examples:
  insight-wasm simulate > rollouts.jsonl
  insight-wasm audit rollouts.jsonl
  insight-wasm ingest rollouts.jsonl --state pool.iws
  insight-wasm select --state pool.iws --count 20
`;

/** Runs a command line and returns its exit code. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
  const [name = '', ...rest] = args;
  const command = COMMANDS.get(name);
  const flags = args.slice(0, args.indexOf('--') >>> 0); // behind -- nothing is a flag
  try {
    if (flags.includes('--help') || flags.includes('-h')) streams.stdout.write(command?.help ?? HELP);
    else if (name === 'help') streams.stdout.write(toHelp(rest[0]));
    else if (flags.includes('--version') || name === '-v') streams.stdout.write(`${version}\n`);
    else if (command !== undefined) await command.run(rest, streams);
    else throw unknown(name);
    return 0;
  } catch (error) {
    const isUnused = error instanceof DataError && error.code === 'unused';
    const isUsage = error instanceof UsageError || error instanceof UnsupportedError || isUnused;
    if (!isUsage && !(error instanceof DataError) && !(error instanceof PoolError)) throw error;
    const hint = isUsage ? `; see insight-wasm ${command === undefined ? '' : `${name} `}--help` : '';
    streams.stderr.write(`insight-wasm: ${escapeControls(toMessage(error))}${hint}\n`);
    return isUsage ? 2 : 1;
  }
}

/** Of a command, or of all. */
function toHelp(name: string | undefined): string {
  if (name === undefined) return HELP;
  const command = COMMANDS.get(name);
  if (command === undefined) throw unknown(name);
  return command.help;
}

function unknown(name: string): UsageError {
  const meant = nearest(name, [...COMMANDS.keys()]);
  const got = name && `, got ${name}`;
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return new UsageError(`expected a command: ${[...COMMANDS.keys()].join(', ')}${got}${hint}`);
}

function toMessage(error: Error): string {
  if (error instanceof UnsupportedError) return 'this runtime cannot run the Wasm kernel: use --engine reference';
  return error instanceof DataError ? withAdvice(error) : error.message;
}
