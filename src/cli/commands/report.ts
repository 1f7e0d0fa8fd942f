import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createGzip, type Gzip, gzipSync } from 'node:zlib';
import { concat } from '../../bytes.ts';
import { DataError } from '../../errors.ts';
import type { BadRecord } from '../../logs/read-options.ts';
import type { Row } from '../../logs/row.ts';
import { toDataError } from '../../node/durable-file.ts';
import { loadState } from '../../node/state-file.ts';
import { encodeState } from '../../state/codec.ts';
import type { Command, Streams } from '../command.ts';
import { UsageError } from '../errors.ts';
import { PARAMETER_FLAGS } from '../flags/acquisition-flags.ts';
import {
  integerIn,
  optional,
  parse,
  required,
  text,
  toHelp,
  toShortHelp,
  type Values as ValuesOf,
} from '../flags/flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, toLogs } from '../flags/log-flags.ts';
import { SETTINGS_FLAGS } from '../flags/settings-flags.ts';
import { nothingIn, readLogs } from '../read-logs.ts';

/** Compressed bytes of data that a browser still takes in one page. */
const MOST_MB = 64;
const MOST_BAD = 100;
/** Characters of rows that are handed to the compressor at once. */
const BATCH = 2 ** 18;

const REPORT_FLAGS = {
  output: { ...required('FILE', 'the page to write', text), short: 'o' },
  state: optional('FILE', 'a state, in place of LOGS', text),
} as const;

/** What the page opens with; all of it can be changed there. */
const SHOWN_FLAGS = {
  ...SETTINGS_FLAGS,
  count: optional('N', 'prompts of the next batch (a 16th of all, at most 256)', integerIn(1)),
  acquisition: optional('KIND', 'the rule that scores a prompt: insight-wasm --help', text),
  ...PARAMETER_FLAGS,
} as const;

const HELP = `Usage: insight-wasm report LOGS... -o FILE [flags]
       insight-wasm report --state FILE -o FILE [flags]

Writes a page, one file with the data in it, that shows which prompts a rule
picks and why: the health of the pool, the score surface with the prompts upon
it, the next batch, what each acquisition would pick; of LOGS also the history
of each prompt, calibration and replay. It works from the disk and offline, and
cannot connect to anything. Of LOGS it holds ids, steps and rewards, no text.

A page holds at most ${MOST_MB} MB of compressed data: some ten million rollouts, or a
state of two million prompts. Beyond 100,000 prompts it draws a sample, and
still counts all of them.

${toHelp(REPORT_FLAGS)}
What the page opens with:
${toHelp(SHOWN_FLAGS)}${toShortHelp(LOG_FLAGS, LOG_FLAGS_ELSEWHERE)}
Examples:
  insight-wasm report runs/42/rollouts -o report.html
  insight-wasm report --state pool.iws -o report.html --count 256
`;

const FLAGS = { ...REPORT_FLAGS, ...SHOWN_FLAGS, ...LOG_FLAGS } as const;

type Values = ValuesOf<typeof FLAGS>;

/** What the page is to know beside the data: pages/explorer reads it. */
type About =
  | { readonly kind: 'state'; readonly name: string; readonly hash: string }
  | {
      readonly kind: 'log';
      readonly name: string;
      readonly hash: string;
      readonly operands: readonly string[];
      readonly taken: readonly object[];
      readonly bad: { readonly count: number; readonly first: readonly BadRecord[] };
    };

export const report: Command = {
  summary: 'write a page that shows a log or a state, with the data in it',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, FLAGS);
    if (values.state !== undefined && positionals.length > 0) {
      throw new UsageError('LOGS and --state exclude each other');
    }
    checkOutput(values.output, values.state === undefined ? positionals : [values.state]);
    const { about, data } = await (values.state === undefined
      ? ofLogs(values, positionals, streams)
      : ofState(values.state, values));
    if (data.length > MOST_MB * 1e6) throw tooMuch();
    write(values.output, about, data);
  },
};

/** The page is written over what stands there: that must be none of what it is made of. */
function checkOutput(output: string, inputs: readonly string[]): void {
  if (output === '-') throw new UsageError('--output is a file, not stdout');
  const there = statSync(output, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isFile()) throw new UsageError(`--output ${output} is no file`);
  for (const input of inputs) {
    for (const path of input === '-' ? [] : pathsBelow(input)) {
      const { dev, ino } = statSync(path);
      if (dev === there.dev && ino === there.ino)
        throw new UsageError(`--output ${output} is what the page is made of`);
    }
  }
}

/** @returns the files of a folder, or the path itself */
function pathsBelow(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return existsSync(path) ? [path] : [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name));
}

async function ofLogs(
  values: Values,
  paths: readonly string[],
  streams: Streams,
): Promise<{ about: About; data: Uint8Array }> {
  const { logs } = toLogs(values, paths);
  const rows = new CompressedRows();
  const first: BadRecord[] = [];
  let [count, rollouts] = [0, 0];
  const taken = await readLogs(
    logs,
    streams,
    (row) => {
      rows.add(row);
      rollouts++;
    },
    {
      hash: true, // to find twins
      onBad: (record) => {
        count++;
        if (first.length < MOST_BAD) first.push(record);
      },
    },
  );
  const [bad] = first;
  if (rollouts === 0 && bad !== undefined) {
    const { name: file, line, reason, remedy } = bad;
    throw new DataError('value', reason, { file, line, remedy });
  }
  if (rollouts === 0) throw nothingIn(taken);
  const name =
    paths.length > 2
      ? `${basename(paths[0] as string)} and ${paths.length - 1} more`
      : paths.map((path) => basename(path)).join(' and ');
  const about = { kind: 'log', name, hash: toHash(values), operands: paths, taken, bad: { count, first } } as const;
  return { about, data: await rows.end() };
}

async function ofState(path: string, values: Values): Promise<{ about: About; data: Uint8Array }> {
  for (const name of Object.keys({ ...LOG_FLAGS, ...SETTINGS_FLAGS }) as (keyof Values)[]) {
    if (values[name] !== undefined && values[name] !== false) throw new UsageError(`--${name} is for LOGS`);
  }
  return { about: { kind: 'state', name: path, hash: toHash(values) }, data: gzipSync(encodeState(loadState(path))) };
}

/** The flags that were given, as the page has its settings in the hash of its address. */
function toHash({
  output: _,
  state: _state,
  'skip-bad': _skip,
  format: _format,
  prior,
  hash,
  ...values
}: Values): string {
  const query = new URLSearchParams();
  if (prior !== undefined) query.set('prior', `${prior.alpha},${prior.beta}`);
  if (hash !== undefined) query.set('hash', hash.join(','));
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== false) query.set(name, value === true ? '' : String(value));
  }
  return String(query);
}

/** Rows as lines of JSON, compressed as they come. */
class CompressedRows {
  readonly #gzip: Gzip = createGzip();
  readonly #parts: Uint8Array[] = [];
  #size = 0;
  #text = '';

  constructor() {
    this.#gzip.on('data', (part: Uint8Array) => {
      this.#parts.push(part);
      this.#size += part.length;
    });
  }

  /** @throws DataError if there is more than a page takes */
  add(row: Row): void {
    this.#text += `${JSON.stringify(row)}\n`;
    if (this.#text.length < BATCH) return;
    if (this.#size > MOST_MB * 1e6) throw tooMuch();
    this.#gzip.write(this.#text);
    this.#text = '';
  }

  async end(): Promise<Uint8Array> {
    await new Promise<void>((resolve) => {
      this.#gzip.once('end', resolve);
      this.#gzip.end(this.#text);
    });
    return concat(this.#parts);
  }
}

function tooMuch(): DataError {
  return new DataError(
    'too-much',
    `more than ${MOST_MB} MB of compressed data, which is what a page takes: give fewer logs`,
  );
}

function write(path: string, about: About, data: Uint8Array): void {
  const page = readFileSync(new URL('./explorer.html', import.meta.url), 'utf8'); // beside the command, in dist/
  const json = JSON.stringify(about).replaceAll('<', '\\u003c');
  const base64 = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
  try {
    writeFileSync(
      path,
      page.replace('id="about">', () => `id="about">${json}`).replace('id="data">', () => `id="data">${base64}`),
    );
  } catch (error) {
    throw toDataError(path, error);
  }
}
