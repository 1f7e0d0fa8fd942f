import { once } from 'node:events';
import { escapeControls } from '../../escape-controls.ts';
import { parseStrictObject } from '../../logs/json.ts';
import { splitLines } from '../../logs/lines.ts';
import { lock } from '../../node/lock.ts';
import { findState, saveState } from '../../node/state-file.ts';
import { RequestError } from '../../serve/request.ts';
import { Session } from '../../serve/session.ts';
import { checkSettings } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { integerIn, parseOnly, required, text, toHelp, withDefault } from '../flags/flags.ts';
import { SETTINGS_FLAGS, toGiven, toSettings } from '../flags/settings-flags.ts';

/** Bytes of the longest request: observations of a million prompts. */
const MOST_BYTES = 64 * 1024 * 1024;

const FLAGS = {
  state: required('FILE', 'the state', text),
  'save-every': withDefault('N', 'save after N observations; 0: only at the end', '1024', integerIn(0)),
  ...SETTINGS_FLAGS,
} as const;

const HELP = `Usage: insight-wasm serve --state FILE [flags]

Answers requests on stdin with answers on stdout, a JSON object a line each, in
order, until stdin ends: for a trainer that keeps it running. examples/client.py
is a client in Python.

  {"op":"select","count":256}          {"ids":[...],"scores":[...]}
     also acquisition, candidates, exclude, only, cooldown, such as
     "acquisition":{"kind":"random","seed":1}, "candidates":{"size":64,"seed":7}
  {"op":"observe","observations":[      {"observed":1,"unsaved":1}
     {"id":"a","successes":3,"trials":8,"step":7}]}
  {"op":"status","count":256}          shares of the prompts, the wasted share
  {"op":"save"}                        {"saves":1}
  {"op":"metrics"}                     counts, seconds, memory

A request may have an "id", which its answer repeats. What cannot be done is
answered with {"error":{"code","message"}}, and changes nothing. Unknown prompts
that are observed are added. The state is made if there is none, locked while
this runs, and saved as below, when stdin ends, and on SIGTERM or SIGINT.

${toHelp(FLAGS)}
Example:
  echo '{"op":"select","count":3}' | insight-wasm serve --state pool.iws
`;

export const serve: Command = {
  summary: 'answer requests of a trainer about a state, line by line',
  help: HELP,
  async run(args, streams) {
    const values = parseOnly(args, FLAGS);
    const { state: path, 'save-every': saveEvery } = values;
    const settings = toSettings(values);
    const unlock = lock(path);
    let session: Session | undefined;
    const end = (): void => {
      try {
        session?.save();
      } finally {
        session = undefined;
        unlock();
      }
    };
    // When a signal ends it, or nobody reads the answers any more.
    const exit = (): void => {
      try {
        end();
      } catch (error) {
        streams.stderr.write(`insight-wasm: ${escapeControls((error as Error).message)}\n`);
        process.exitCode = 1;
      }
    };
    const stop = (): void => process.exit();
    process.once('exit', exit).once('SIGTERM', stop).once('SIGINT', stop);
    try {
      const found = findState(path);
      if (found !== undefined) checkSettings(found.settings, toGiven(values));
      session = new Session(found ?? State.unseen(settings), (state) => saveState(path, state), saveEvery, toVitals);
      await answerAll(session, streams);
    } finally {
      process.off('exit', exit).off('SIGTERM', stop).off('SIGINT', stop);
      end();
    }
  },
};

function toVitals(): object {
  return { uptime: process.uptime(), memory: process.memoryUsage.rss() };
}

async function answerAll(session: Session, { stdin, stdout }: Streams): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const line of splitLines(stdin, MOST_BYTES)) {
    if (line?.every((byte) => byte === 32 || byte === 13 || byte === 9)) continue;
    if (!stdout.write(`${JSON.stringify(answer(line, session, decoder))}\n`)) await once(stdout, 'drain');
  }
}

function answer(line: Uint8Array | undefined, session: Session, decoder: TextDecoder): object {
  try {
    if (line === undefined) throw new RequestError('too-long', `more than ${MOST_BYTES.toLocaleString('en')} bytes`);
    return session.answer(toRequest(line, decoder));
  } catch (error) {
    return session.refuse(error);
  }
}

function toRequest(line: Uint8Array, decoder: TextDecoder) {
  try {
    return parseStrictObject(decoder.decode(line)) ?? {};
  } catch (error) {
    throw new RequestError('json', (error as Error).message);
  }
}
