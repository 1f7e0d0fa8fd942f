import { parseArgs } from 'node:util';
import { PARAMETERS, toRule } from '../../acquisition.ts';
import { PosteriorPool, type SelectOptions } from '../../index.ts';
import { referenceEngine } from '../../reference.ts';
import { ACQUISITION_FLAGS, ACQUISITIONS_HELP, type AcquisitionValues, toAcquisition } from '../acquisition-flags.ts';
import { type Choice, toTable } from '../choices.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { fromFlags, toChoice, toNumber } from '../flags.ts';
import { writeLines } from '../output.ts';
import { printable } from '../printable.ts';
import { LOG_FLAGS, LOG_HELP_SHORT, toLogs } from '../read/log-flags.ts';
import { readLogs, toWarnings } from '../read/logs.ts';
import { Tally } from '../tally.ts';

const HELP = `Usage: insight-wasm select LOGS... [flags]

Chooses the prompts to roll out next. LOGS are the files, folders or globs that
a trainer wrote, or - for stdin; of JSON lines each has an id and
  {"id": "a", "score": 1, "step": 7}             one rollout; step is optional
  {"id": "a", "successes": 3, "trials": 8}       or one observation
  {"id": "a", "successes": [3, 5], "trials": 8}  or several, oldest first

  --count N           how many to select (256)
  --acquisition KIND  the rule that scores a prompt, see below
  --rollouts K, --eta X, --mu X, --target X, --precision NAME
                      parameters of the rule
  --candidates N      select out of N prompts, drawn at random with --seed
  --seed N            needed by --candidates and by --acquisition random
  --prior A,B         Beta(A, B) is what is believed of an unseen prompt (1,1)
  --discount X        the share of older evidence that an observation keeps (1);
                      below 1 they apply in order of step, then of the file
${LOG_HELP_SHORT}  --engine NAME       wasm, or reference: the same bits without Wasm (wasm)
  --json              one {"id","score","mean","evidence"} a line

${ACQUISITIONS_HELP}
Examples:
  insight-wasm select rollouts.jsonl --count 20
  zcat run.jsonl.gz | insight-wasm select - --discount 0.9 --json
`;

export const select: Command = {
  summary: 'choose the prompts to roll out next from a log of rollouts',
  help: HELP,
  async run(args, streams) {
    const settings = parse(args);
    const tally = new Tally(settings.pool.discount, settings.rule);
    const taken = await readLogs(settings.logs, streams, (row) => tally.add(row));

    const { ids } = tally;
    const pool = new PosteriorPool(ids.length, settings.pool);
    for (const batch of tally.batches()) pool.update(batch);
    const { indices, scores } = pool.select(settings.count, settings.select);

    const choices = Array.from(indices, (index, i): Choice => {
      const { mean, evidence } = pool.get(index);
      return { id: ids[index] as string, score: scores[i] as number, mean, evidence };
    });
    const lines = settings.json ? choices.map((choice) => JSON.stringify(choice)) : toTable(choices, streams.color);
    await writeLines(streams.stdout, lines);
    for (const warning of toWarnings(taken)) streams.stderr.write(`insight-wasm: ${printable(warning)}\n`);
    if (streams.stderr.isTTY) streams.stderr.write(`${summarize(tally, settings.select, settings.pool.discount)}\n`);
  },
};

/** Reads the flags, and tries them on an empty pool: a wrong one is reported before the log is read. */
function parse(args: readonly string[]) {
  const { values, positionals } = fromFlags(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...ACQUISITION_FLAGS,
        ...LOG_FLAGS,
        count: { type: 'string', default: '256' },
        candidates: { type: 'string' },
        seed: { type: 'string' },
        prior: { type: 'string', default: '1,1' },
        discount: { type: 'string', default: '1' },
        engine: { type: 'string', default: 'wasm' },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const engine = toChoice('engine', values.engine, ['wasm', 'reference']);
  const settings = {
    ...toLogs(values, positionals),
    pool: {
      prior: toPrior(values.prior),
      discount: toNumber('discount', values.discount),
      engine: engine === 'reference' ? referenceEngine : undefined,
    },
    count: toNumber('count', values.count),
    select: toSelectOptions(values),
    json: values.json,
  };
  fromFlags(() => new PosteriorPool(0, settings.pool).select(settings.count, settings.select));
  return settings;
}

function toPrior(text: string): { alpha: number; beta: number } {
  const parts = text.split(',');
  if (parts.length !== 2) throw new UsageError(`--prior expected two numbers as A,B, got ${JSON.stringify(text)}`);
  const [alpha, beta] = parts.map((part) => toNumber('prior', part)) as [number, number];
  return { alpha, beta };
}

type SelectValues = AcquisitionValues & {
  readonly candidates?: string | undefined;
  readonly seed?: string | undefined;
};

function toSelectOptions(values: SelectValues): SelectOptions {
  const seed = values.seed === undefined ? undefined : toNumber('seed', values.seed);
  const acquisition = toAcquisition(values, seed);
  if (values.candidates === undefined) {
    if (seed !== undefined && acquisition.kind !== 'random') {
      throw new UsageError(`--seed is for --candidates and --acquisition random: ${acquisition.kind} takes none`);
    }
    return { acquisition };
  }
  if (seed === undefined) throw new UsageError('--candidates needs --seed');
  return { acquisition, candidates: { size: toNumber('candidates', values.candidates), seed } };
}

function summarize(tally: Tally, { acquisition }: SelectOptions, discount: number): string {
  const rule = toRule(acquisition);
  return [
    `${tally.ids.length.toLocaleString('en')} prompts, ${tally.rollouts.toLocaleString('en')} rollouts; ${rule.kind}`,
    ...PARAMETERS[rule.kind].map((name) => `${name} ${rule[name]}`),
    `discount ${discount}`,
  ].join(', ');
}
