import { parseArgs } from 'node:util';
import { compare } from '../../evaluate/compare.ts';
import { toPlan } from '../../evaluate/replay-plan.ts';
import { PosteriorPool } from '../../index.ts';
import type { Command } from '../command.ts';
import { fromFlags, toInteger, toNumber } from '../flags/flags.ts';
import { LOG_FLAGS, LOG_HELP_SHORT, toLogs } from '../flags/log-flags.ts';
import { toPrior } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { toText } from '../text/replay-text.ts';
import { readHistory } from './read-history.ts';

const HELP = `Usage: insight-wasm replay LOGS... [flags]

Would selection have helped? Replays a full log, in which prompts were visited
many times, to all acquisitions and to random. In round t each prompt holds the
outcome of its visit number t. Each policy selects prompts, is shown their
outcomes and learns from them, and from nothing else.

Prints the share of mixed groups, which are those that a group-relative gradient
comes from; the mean of p (1 - p) of the groups; how many prompts were ever
chosen, and how many starve. No number of these says that a model trained so
would be better: the log was made under another policy. See docs/evaluate.md.

LOGS are the files, folders or globs that a trainer wrote, or - for stdin.
Rollouts need a step; counts without one are visits in the order of the log.

  --count M         prompts a round (a 16th of all)
  --rounds R        how many (as many as half of the prompts were visited)
  --seeds N         repeat with N draws of the prompts, for the spread (10)
  --discount X      share of older evidence that a visit keeps (1); see fit
  --prior A,B       Beta(A, B) is what is believed of an unseen prompt (1,1)
  --rollouts K      that acquisitions plan with (the most common group size)
  --candidates N    select out of N prompts, drawn at random each round (all)
${LOG_HELP_SHORT}  --json            one object, with all of it by round

Example:
  insight-wasm replay runs/42/rollouts --discount 0.9
`;

export const replay: Command = {
  summary: 'compare all acquisitions and random on a full log',
  help: HELP,
  async run(args, streams) {
    const settings = parse(args);
    const history = await readHistory(settings.logs, streams);
    const comparison = compare(history, toPlan(history, settings.wishes), settings.seeds);
    await writeLines(streams.stdout, settings.json ? [JSON.stringify(comparison)] : toText(comparison, streams.color));
  },
};

function parse(args: readonly string[]) {
  const { values, positionals } = fromFlags(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...LOG_FLAGS,
        count: { type: 'string' },
        rounds: { type: 'string' },
        seeds: { type: 'string', default: '10' },
        discount: { type: 'string', default: '1' },
        prior: { type: 'string', default: '1,1' },
        rollouts: { type: 'string' },
        candidates: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const integer = (flag: 'count' | 'rounds' | 'rollouts' | 'candidates', least: number, most: number) =>
    values[flag] === undefined ? undefined : toInteger(flag, values[flag], least, most);
  const pool = { discount: toNumber('discount', values.discount), prior: toPrior(values.prior) };
  fromFlags(() => new PosteriorPool(0, pool));
  return {
    logs: toLogs(values, positionals),
    wishes: {
      pool,
      count: integer('count', 1, 2 ** 32 - 1),
      rounds: integer('rounds', 1, 2 ** 16),
      rollouts: integer('rollouts', 2, 256),
      candidates: integer('candidates', 1, 2 ** 32 - 1),
    },
    seeds: toInteger('seeds', values.seeds, 1, 1000),
    json: values.json,
  };
}
