import { ACQUISITION_TABLE, toRule } from '../../acquisition.ts';
import { DataError } from '../../errors.ts';
import { quoteId } from '../../escape-controls.ts';
import { PosteriorPool, type SelectOptions } from '../../index.ts';
import { Audit } from '../../logs/audit/audit.ts';
import { checkOrder } from '../../logs/visit-limits.ts';
import { Visits } from '../../logs/visits.ts';
import { joinRows } from '../../node/dataset.ts';
import { loadState } from '../../node/state-file.ts';
import { referenceEngine } from '../../reference.ts';
import { applyVisits } from '../../state/apply-visits.ts';
import { choose } from '../../state/choose/choose.ts';
import { keyedBy } from '../../state/dataset.ts';
import type { Command, Streams } from '../command.ts';
import { UsageError } from '../errors.ts';
import {
  inFlagTerms,
  oneOf,
  optional,
  parse,
  text,
  toggle,
  toHelp,
  toShortHelp,
  type Values as ValuesOf,
} from '../flags/flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, toLogs } from '../flags/log-flags.ts';
import { QUERY_FLAGS, toQuery, toSelectOptions } from '../flags/query-flags.ts';
import { SETTINGS_FLAGS } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { nothingIn, readLogs, warn, warnUnknown } from '../read-logs.ts';
import { type Choice, toTable } from '../text/selection-table.ts';

const OUTPUT_FLAGS = {
  json: toggle('one {"id","score","mean","evidence"} a line'),
  ids: toggle('one id a line, as --only and --exclude read them'),
} as const;

const STATE_FLAGS = {
  state: optional('FILE', 'the state, which ingest makes', text),
  join: optional(
    'DATASET',
    'write the rows of a data set with these ids, the first of each; --id and --hash as when it was imported',
    text,
  ),
} as const;

const POOL_FLAGS = {
  ...SETTINGS_FLAGS,
  engine: optional('NAME', 'wasm, or reference: the same bits without Wasm (wasm)', oneOf(['wasm', 'reference'])),
} as const;

const HELP = `Usage: insight-wasm select --state FILE [flags]
       insight-wasm select LOGS... [flags]

Chooses the prompts to roll out next, best first: out of a state, or of LOGS:
the files, folders or globs that a trainer wrote, or - for stdin.

${toHelp({ ...QUERY_FLAGS, ...OUTPUT_FLAGS })}
With --state:
${toHelp(STATE_FLAGS)}
With LOGS:
${toHelp(POOL_FLAGS)}${toShortHelp(LOG_FLAGS, LOG_FLAGS_ELSEWHERE)}
Examples:
  insight-wasm select rollouts.jsonl --count 20
  insight-wasm select --state pool.iws --join prompts.jsonl > batch.jsonl
`;

const FLAGS = { ...QUERY_FLAGS, ...OUTPUT_FLAGS, ...STATE_FLAGS, ...POOL_FLAGS, ...LOG_FLAGS } as const;

type Values = ValuesOf<typeof FLAGS>;

export const select: Command = {
  summary: 'choose the prompts to roll out next, from a state or a log',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, FLAGS);
    if (Number(values.json) + Number(values.ids) + Number(values.join !== undefined) > 1) {
      throw new UsageError('--join, --json and --ids exclude each other');
    }
    if (values.state === undefined) await fromLogs(values, positionals, streams);
    else await fromState(values.state, values, positionals, streams);
  },
};

async function fromState(path: string, values: Values, paths: readonly string[], streams: Streams): Promise<void> {
  if (paths.length > 0) throw new UsageError('LOGS and --state exclude each other: insight-wasm ingest adds logs');
  const { id, hash, join } = values;
  refuse(values, ['prior', 'discount', 'engine', 'format', 'reward', 'threshold', 'step', 'successes'], 'is for LOGS');
  refuse(values, ['trials', 'rate'], 'is for LOGS');
  if (join === undefined) refuse(values, ['id', 'hash'], 'is for LOGS and --join');
  if (id !== undefined && hash !== undefined) throw new UsageError('--id and --hash exclude each other');
  const query = toQuery(values);
  const state = loadState(path);
  warnUnknown(state, query, streams);
  const { indices, scores } = inFlagTerms(() => choose(state, query));
  const keys = Array.from(indices, (index) => state.keys.at(index));
  if (join === undefined) {
    await print(keys, state.pool, indices, scores, values, streams);
  } else {
    const fields = id === undefined && hash === undefined ? keyedBy(state) : { id, hash };
    const { rows, repeated } = await joinRows(keys, join, fields, streams.stdin);
    await writeLines(streams.stdout, rows);
    if (repeated > 0) {
      streams.stderr.write(`insight-wasm: ${repeated} of the prompts have more than one row: the first is written\n`);
    }
  }
}

async function fromLogs(values: Values, paths: readonly string[], streams: Streams): Promise<void> {
  refuse(values, ['exclude', 'only', 'cooldown', 'max-visits', 'quota', 'floor', 'join'], 'needs --state');
  const { logs, rule } = toLogs(values, paths);
  const poolOptions = {
    prior: values.prior ?? { alpha: 1, beta: 1 },
    discount: values.discount ?? 1,
    engine: values.engine === 'reference' ? referenceEngine : undefined,
  };
  const options = toSelectOptions(values);
  const visits = new Visits(rule);
  const audit = new Audit(rule, visits);
  const taken = await readLogs(logs, streams, (row) => {
    checkOrder(row, poolOptions.discount);
    audit.add(row);
  });
  if (visits.rollouts === 0) throw nothingIn(taken);

  const { list } = visits;
  const pool = new PosteriorPool(list.size, poolOptions);
  applyVisits(visits, pool);
  const { indices, scores } = pool.select(values.count, options);
  const keys = Array.from(indices, (index) => list.at(index));
  await print(keys, pool, indices, scores, values, streams);
  warn(streams, taken, audit.report(taken, undefined, values.threshold !== undefined).findings);
  if (streams.stderr.isTTY) streams.stderr.write(`${summarize(visits, options, poolOptions.discount)}\n`);
}

async function print(
  keys: readonly string[],
  pool: PosteriorPool,
  indices: Uint32Array,
  scores: Float32Array,
  values: Values,
  streams: Streams,
): Promise<void> {
  if (values.ids) {
    checkLines(keys);
    return writeLines(streams.stdout, keys);
  }
  const choices = keys.map((id, i): Choice => {
    const { mean, evidence } = pool.get(indices[i] as number);
    return { id, score: scores[i] as number, mean, evidence };
  });
  const lines = values.json ? choices.map((choice) => JSON.stringify(choice)) : toTable(choices, streams.screen);
  await writeLines(streams.stdout, lines);
}

/** @throws DataError for an id that --only and --exclude would not read back as it is */
function checkLines(ids: readonly string[]): void {
  const id = ids.find((one) => /^$|[\n\0]|\r$/.test(one));
  if (id === undefined) return;
  throw new DataError('value', `${quoteId(id)} is no line of a file of ids: --json writes any id`, { id });
}

function refuse(values: Values, flags: readonly (keyof Values)[], reason: string): void {
  const given = flags.find((flag) => values[flag] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} ${reason}`);
}

function summarize({ list, rollouts }: Visits, { acquisition }: SelectOptions, discount: number): string {
  const rule = toRule(acquisition);
  return [
    `${list.size.toLocaleString('en')} prompts, ${rollouts.toLocaleString('en')} rollouts; ${rule.kind}`,
    ...ACQUISITION_TABLE[rule.kind].parameters.flatMap((name) =>
      rule[name] === undefined ? [] : `${name} ${rule[name]}`,
    ),
    `discount ${discount}`,
  ].join(', ');
}
