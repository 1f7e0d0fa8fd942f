import { parseArgs } from 'node:util';
import { fitHistory } from '../../evaluate/fit.ts';
import { PosteriorPool } from '../../index.ts';
import type { Command } from '../command.ts';
import { fromFlags } from '../flags/flags.ts';
import { LOG_FLAGS, LOG_HELP_SHORT, toLogs } from '../flags/log-flags.ts';
import { toPrior } from '../flags/settings-flags.ts';
import { writeLines } from '../output.ts';
import { toText } from '../text/fit-text.ts';
import { readHistory } from './read-history.ts';

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

  --prior A,B       fit only the discount, under the prior Beta(A, B)
${LOG_HELP_SHORT}  --json            one object {"discount","prior","curve","calibration",...}

Examples:
  insight-wasm fit runs/42/rollouts
  insight-wasm fit history.jsonl --prior 1,1 --json
`;

export const fit: Command = {
  summary: 'find the discount and the prior that fit your logs',
  help: HELP,
  async run(args, streams) {
    const { values, positionals } = fromFlags(() =>
      parseArgs({
        args: [...args],
        allowPositionals: true,
        options: { ...LOG_FLAGS, prior: { type: 'string' }, json: { type: 'boolean', default: false } },
      }),
    );
    const logs = toLogs(values, positionals);
    const prior = values.prior === undefined ? undefined : toPrior(values.prior);
    fromFlags(() => new PosteriorPool(0, { prior }));

    const found = fitHistory(await readHistory(logs, streams), prior);
    await writeLines(streams.stdout, values.json ? [JSON.stringify(found)] : toText(found, streams.color));
  },
};
