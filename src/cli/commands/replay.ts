import type { Command } from '../command.ts';
import {
  inFlagTerms,
  integerIn,
  numberIn,
  optional,
  parse,
  toggle,
  toHelp,
  toShortHelp,
  withDefault,
} from '../flags/flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, toLogs } from '../flags/log-flags.ts';
import { discount, prior } from '../flags/pool-flags.ts';
import { writeLines } from '../output.ts';
import { toNext } from '../text/next.ts';
import { toText } from '../text/replay-text.ts';
import { readHistory } from './read-history.ts';

const MOST_COUNT = 2 ** 32 - 1;

const REPLAY_FLAGS = {
  count: optional('M', 'prompts a round (a 16th of all)', integerIn(1, MOST_COUNT)),
  rounds: optional('R', 'how many (as many as half of the prompts were visited)', integerIn(1, 2 ** 16)),
  seeds: withDefault('N', 'repeat with N draws of the prompts, for the spread', '10', integerIn(1, 1000)),
  discount: withDefault('X', 'share of older evidence that a visit keeps; see fit', '1', discount),
  prior: withDefault('A,B', 'Beta(A, B) is what is believed of an unseen prompt', '1,1', prior),
  rollouts: optional('K', 'that acquisitions plan with (the most common group size)', integerIn(2, 256)),
  candidates: optional('N', 'select out of N prompts, drawn at random each round (all)', integerIn(1, MOST_COUNT)),
  floor: optional('N', 'slots, or below 1 a share, for those not shown for longest (0)', numberIn(0, MOST_COUNT)),
  json: toggle('one object, with all of it by round'),
} as const;

const HELP = `Usage: insight-wasm replay LOGS... [flags]

Would selection have helped? Replays a full log, in which prompts were visited
many times, to all acquisitions, to Thompson draws and to two baselines: random,
and shuffled epochs, as of a data loader. In round t each prompt holds the
outcome of its visit number t. Each policy selects prompts, is shown their
outcomes and learns from them, and from nothing else.

Prints the share of mixed groups, which are those that a group-relative gradient
comes from, and its spread between rounds; the mean of p (1 - p) of the groups;
how many prompts were ever chosen, and how many starve. No number of these says
that a model trained so would be better: the log was made under another policy.
See docs/evaluate.md.

LOGS are the files, folders or globs that a trainer wrote, or - for stdin.
Rollouts need a step; counts without one are visits in the order of the log.

${toHelp(REPLAY_FLAGS)}${toShortHelp(LOG_FLAGS, LOG_FLAGS_ELSEWHERE)}
Example:
  insight-wasm replay runs/42/rollouts --discount 0.9
`;

export const replay: Command = {
  summary: 'compare all acquisitions, random and shuffled epochs on a full log',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, { ...REPLAY_FLAGS, ...LOG_FLAGS });
    const { count, rounds, rollouts, candidates, floor, discount, prior, seeds, json } = values;
    const history = await readHistory(toLogs(values, positionals), values.threshold !== undefined, streams);
    // Loaded only for this command.
    const { compare } = await import('../../evaluate/compare.ts');
    const { toPlan } = await import('../../evaluate/replay-plan.ts');
    const wishes = { pool: { discount, prior }, count, rounds, rollouts, candidates, floor };
    const plan = inFlagTerms(() => toPlan(history, wishes));
    const comparison = compare(history, plan, seeds);
    const settings = { discount, prior: `${prior.alpha},${prior.beta}` };
    const read = Object.fromEntries(Object.keys(LOG_FLAGS).map((name) => [name, values[name as keyof typeof values]]));
    const next = toNext('ingest', positionals, { state: 'pool.iws', ...read, ...settings });
    await writeLines(
      streams.stdout,
      json ? [JSON.stringify(comparison)] : [...toText(comparison, streams.screen), ...next],
    );
  },
};
