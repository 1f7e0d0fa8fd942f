import { once } from 'node:events';
import { version } from '../../../package.json';
import { DataError } from '../../errors.ts';
import { parseStrictObject } from '../../logs/json.ts';
import { splitLines } from '../../logs/lines.ts';
import type { Sync } from '../../node/journal-file.ts';
import { type Lock, lock } from '../../node/lock.ts';
import { Store } from '../../node/store.ts';
import { untilEnd } from '../../node/until-end.ts';
import { RequestError } from '../../serve/request.ts';
import { Session } from '../../serve/session.ts';
import { checkRule, checkSettings } from '../../state/settings.ts';
import { State } from '../../state/state.ts';
import type { Command, Streams } from '../command.ts';
import { UsageError } from '../errors.ts';
import { integerIn, oneOf, parseOnly, required, text, toHelp, withDefault } from '../flags/flags.ts';
import { LOCK_FLAGS } from '../flags/lock-flags.ts';
import { LOG_FLAGS } from '../flags/log-flags.ts';
import { SCALE_FLAGS, SETTINGS_FLAGS, toGiven, toGivenRule, toRule, toSettings } from '../flags/settings-flags.ts';

/** Bytes of the longest request: observations of a million prompts. */
const MOST_BYTES = 64 * 1024 * 1024;

const FLAGS = {
  state: required('FILE', 'the state', text),
  sync: withDefault(
    'WHEN',
    'always: answers outlast a power cut; os: only kill -9',
    'always',
    oneOf<Sync>(['always', 'os']),
  ),
  'save-every': withDefault(
    'N',
    'fold the journal into FILE after N observations; 0: at the end',
    '65536',
    integerIn(0),
  ),
  history: withDefault('WHAT', 'all, off, or the MiB of it that are kept at least', 'all', history),
  threshold: LOG_FLAGS.threshold,
  ...SCALE_FLAGS,
  ...SETTINGS_FLAGS,
  ...LOCK_FLAGS,
} as const;

const HELP = `Usage: insight-wasm serve --state FILE [flags]

Answers requests on stdin with answers on stdout, a JSON object a line each, in
order, until stdin ends: for a trainer that keeps it running. docs/serve.md has
all of it; examples/client.py is a client in Python.

  {"op":"hello"}                         {"protocol":2,"version":"...",...}
  {"op":"select","count":8,"hold":true}  {"ids":[...],"scores":[...]}
     also acquisition, candidates, exclude, only, cooldown, maxVisits, quotas,
     floor; part, with merge and hold, for several processes as one
  {"op":"observe","observations":[       {"observed":2,"unsaved":2}
     {"id":"a","successes":3,"trials":8,"step":7},
     {"id":"b","rewards":[1,0,0,1],"step":7}]}
  {"op":"release","ids":["c"]}           {"released":1,"held":7}
  {"op":"get","ids":["a"]}               {"prompts":[{"id":"a",...}]}
  {"op":"save","to":"7.iws"}, {"op":"load","from":"7.iws"}
  score, status, metrics                 scores, shares of the prompts, counts

What cannot be done is answered with {"error":{"code","message"}}, and changes
nothing. The state is made if there is none, and locked while this runs. What is
observed is in FILE.journal before it is answered; the journal goes into FILE as
below, when stdin ends, and on SIGTERM, SIGINT and SIGHUP.

${toHelp(FLAGS)}
Example:
  echo '{"op":"select","count":3}' | insight-wasm serve --state pool.iws
`;

export const serve: Command = {
  summary: 'answer requests of a trainer about a state, line by line',
  help: HELP,
  async run(args, streams) {
    let session: Session | undefined;
    let held: Lock | undefined;
    const begin = (): Session => {
      const values = parseOnly(args, FLAGS);
      const given = toGivenRule(values);
      held = lock(values.state, values['break-lock']);
      const { sync, history } = values;
      const { store, state: found, lost } = Store.open(values.state, held, { sync, history });
      if (lost > 0) streams.stderr.write(`insight-wasm: ${lost} or more observations are lost: ${TORN}\n`);
      if (found !== undefined) {
        checkSettings(found.settings, toGiven(values));
        if (found.rule !== undefined) checkRule(found.rule, given);
      }
      const isRuled = values.threshold !== undefined || values['reward-scale'] !== undefined;
      const before = found ?? State.unseen(toSettings(values));
      const state = isRuled ? before.forLogs([], toRule(values)) : before;
      if (found === undefined) store.begin(state);
      // What is observed is counted by these settings and this rule for good.
      if (found === undefined || (found.rule === undefined && isRuled)) store.fold(state, true);
      return new Session(state, store, { saveEvery: values['save-every'], version, vitals: toVitals });
    };
    const end = (): void => {
      try {
        session?.save();
      } finally {
        held?.release();
      }
    };
    await untilEnd(
      async () => {
        session = announced(begin, streams);
        await answerAll(session, streams);
      },
      end,
      () => 0,
    );
  },
};

const TORN = 'a power cut has torn the journal, as --sync os permits';

/** Also tells the client, which reads answers, why there will be none. */
function announced<T>(begin: () => T, { stdout }: Streams): T {
  try {
    return begin();
  } catch (error) {
    const code = error instanceof UsageError ? 'usage' : error instanceof DataError ? error.code : 'internal';
    stdout.write(`${JSON.stringify({ id: null, error: { code, message: (error as Error).message } })}\n`);
    throw error;
  }
}

/** Bytes of the history that are kept at least. */
function history(name: string, given: string): number {
  if (given === 'off') return 0;
  return given === 'all' ? Number.POSITIVE_INFINITY : 2 ** 20 * integerIn(1)(name, given);
}

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
