import { type Simulation, simulateSteps } from '../../evaluate/simulation.ts';
import { MOST_TRIALS } from '../../logs/row.ts';
import type { Command } from '../command.ts';
import { integerIn, oneOf, parseOnly, toHelp, withDefault } from '../flags/flags.ts';
import { writeLines } from '../output.ts';

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

const FLAGS = {
  prompts: withDefault('N', 'how many there are; those never drawn are not in the log', '100', integerIn(1, 1e7)),
  steps: withDefault('N', 'how long the run is', '5', integerIn(1, 1e6)),
  batch: withDefault('N', 'prompts a step, at most all', '32', integerIn(1, 1e7)),
  rollouts: withDefault('K', 'rollouts of each prompt in a step', '8', integerIn(1, MOST_TRIALS)),
  seed: withDefault('N', 'of all that is random', '1', integerIn(0)),
  format: withDefault(
    'NAME',
    'rollouts, counts or history: a row for each rollout, for each prompt of a step, or for each prompt',
    'rollouts',
    oneOf(Object.keys(FORMATS) as (keyof typeof FORMATS)[]),
  ),
} as const;

const HELP = `Usage: insight-wasm simulate [flags]

Writes the log of an invented training run as JSON lines. Each step rolls out
some of the prompts, drawn at random. Many prompts are nearly never or nearly
always right, others are between, and all get slowly easier. The same flags
make the same bytes.

${toHelp(FLAGS)}
Examples:
  insight-wasm simulate > rollouts.jsonl
  insight-wasm simulate --prompts 10000 --steps 200 --batch 256 --format counts
`;

export const simulate: Command = {
  summary: 'write the log of an invented training run',
  help: HELP,
  async run(args, { stdout }) {
    const { format, ...simulation } = parseOnly(args, FLAGS);
    await writeLines(stdout, toJson(FORMATS[format](simulation)));
  },
};

function* toJson(rows: Iterable<object>): Generator<string> {
  for (const row of rows) yield JSON.stringify(row);
}
