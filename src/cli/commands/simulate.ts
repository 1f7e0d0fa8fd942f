import { parseArgs } from 'node:util';
import { type Simulation, simulateSteps } from '../../evaluate/simulation.ts';
import { MOST_TRIALS } from '../../logs/row.ts';
import type { Command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { fromFlags, toChoice, toInteger } from '../flags/flags.ts';
import { writeLines } from '../output.ts';

const HELP = `Usage: insight-wasm simulate [flags]

Writes the log of an invented training run as JSON lines. Each step rolls out
some of the prompts, drawn at random. Many prompts are nearly never or nearly
always right, others are between, and all get slowly easier. The same flags
make the same bytes.

  --prompts N    how many there are (100); those never drawn are not in the log
  --steps N      how long the run is (5)
  --batch N      prompts a step, at most all (32)
  --rollouts K   rollouts of each prompt in a step (8)
  --seed N       of all that is random (1)
  --format NAME  rollouts, counts or history: a row for each rollout, for each
                 prompt of a step, or for each prompt (rollouts)

Examples:
  insight-wasm simulate > rollouts.jsonl
  insight-wasm simulate --prompts 10000 --steps 200 --batch 256 --format counts
`;

const FORMATS = {
  /** The groups of a step are interleaved, as trainers may leave them. */
  *rollouts(simulation: Simulation): Generator<object> {
    for (const visits of simulateSteps(simulation)) {
      for (let rollout = 0; rollout < simulation.rollouts; rollout++) {
        for (const { id, step, outcomes } of visits) yield { id, step, score: outcomes[rollout] ? 1 : 0 };
      }
    }
  },
  *counts(simulation: Simulation): Generator<object> {
    for (const visits of simulateSteps(simulation)) {
      for (const { id, step, outcomes } of visits) {
        yield { id, step, successes: outcomes.filter(Boolean).length, trials: outcomes.length };
      }
    }
  },
  *history(simulation: Simulation): Generator<object> {
    const prompts = new Map<string, number[]>();
    for (const visits of simulateSteps(simulation)) {
      for (const { id, outcomes } of visits) {
        const successes = outcomes.filter(Boolean).length;
        const known = prompts.get(id);
        if (known === undefined) prompts.set(id, [successes]);
        else known.push(successes);
      }
    }
    for (const [id, successes] of prompts) yield { id, trials: simulation.rollouts, successes };
  },
};

export const simulate: Command = {
  summary: 'write the log of an invented training run',
  help: HELP,
  async run(args, { stdout }) {
    const { simulation, format } = parse(args);
    await writeLines(stdout, toJson(FORMATS[format](simulation)));
  },
};

function* toJson(rows: Iterable<object>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}

function parse(args: readonly string[]) {
  const { values, positionals } = fromFlags(() =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        prompts: { type: 'string', default: '100' },
        steps: { type: 'string', default: '5' },
        batch: { type: 'string', default: '32' },
        rollouts: { type: 'string', default: '8' },
        seed: { type: 'string', default: '1' },
        format: { type: 'string', default: 'rollouts' },
      },
    }),
  );
  if (positionals.length > 0) throw new UsageError(`expected only flags, got ${JSON.stringify(positionals[0])}`);
  return {
    simulation: {
      prompts: toInteger('prompts', values.prompts, 1, 1e7),
      steps: toInteger('steps', values.steps, 1, 1e6),
      batch: toInteger('batch', values.batch, 1, 1e7),
      rollouts: toInteger('rollouts', values.rollouts, 1, MOST_TRIALS),
      seed: toInteger('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
    },
    format: toChoice('format', values.format, Object.keys(FORMATS) as (keyof typeof FORMATS)[]),
  };
}
