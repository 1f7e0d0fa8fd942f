import { fitHistory } from '../../evaluate/fit.ts';
import type { Command } from '../command.ts';
import { optional, parse, toggle, toHelp, toShortHelp } from '../flags/flags.ts';
import { LOG_FLAGS, LOG_FLAGS_ELSEWHERE, toLogs } from '../flags/log-flags.ts';
import { prior } from '../flags/pool-flags.ts';
import { writeLines } from '../output.ts';
import { toText } from '../text/fit-text.ts';
import { toNext } from '../text/next.ts';
import { readHistory } from './read-history.ts';

const FIT_FLAGS = {
  prior: optional('A,B', 'fit only the discount, under the prior Beta(A, B)', prior),
  json: toggle('one object {"discount","prior","curve","calibration",...}'),
} as const;

const HELP = `Usage: insight-wasm fit LOGS... [flags]

Finds the discount and the prior that fit your logs: those under which each
visit of a prompt was least surprising, given the visits before it. The loss is
-ln of the Beta-binomial chance of S successes in K rollouts, a mean over all
visits, in nats.

Prints the loss by discount, how far each is above the best and the standard
error of that over prompts: an optimum less than two errors below its
neighbours is not one. Then predicted success rates against what was observed.

LOGS are the files, folders or globs that a trainer wrote, or - for stdin.
Rollouts need a step; counts without one are visits in the order of the log.
A prompt has to be visited three times before a discount makes a difference.

${toHelp(FIT_FLAGS)}${toShortHelp(LOG_FLAGS, LOG_FLAGS_ELSEWHERE)}
Examples:
  insight-wasm fit runs/42/rollouts
  insight-wasm fit history.jsonl --prior 1,1 --json
`;

export const fit: Command = {
  summary: 'find the discount and the prior that fit your logs',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = parse(args, { ...FIT_FLAGS, ...LOG_FLAGS });
    const found = fitHistory(
      await readHistory(toLogs(values, positionals), values.threshold !== undefined, streams),
      values.prior,
    );
    const { prior: _, json, ...given } = values;
    const [alpha, beta] = [found.prior.alpha, found.prior.beta].map((value) => Number(value.toPrecision(3)));
    const next = { state: 'pool.iws', ...given, discount: found.discount, prior: `${alpha},${beta}` };
    await writeLines(
      streams.stdout,
      json ? [JSON.stringify(found)] : [...toText(found, streams.screen), ...toNext('ingest', positionals, next)],
    );
  },
};
