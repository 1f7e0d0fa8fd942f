import { drawCandidates } from '../candidates.ts';
import { philox } from '../random.ts';
import { checkInteger, checkOptions } from '../validate.ts';

export interface Simulation {
  /** At most 10,000,000. */
  readonly prompts: number;
  /** At most 1,000,000. */
  readonly steps: number;
  /** Prompts a step, at most all. */
  readonly batch: number;
  /** Rollouts of a prompt in a step. */
  readonly rollouts: number;
  readonly seed: number;
}

/** The rollouts of a prompt in one step: true where it was right. */
export interface Visit {
  readonly id: string;
  readonly step: number;
  readonly outcomes: readonly boolean[];
}

/** What the words of the generator are for, after the streams of src/random.ts. */
const SIMULATION_STREAM = 2;
/** Share of the difficulty that is left after a step. */
const LEARNING = 0.995;

/**
 * The steps of an invented training run, each with its visits: a pure function of the simulation. Only arithmetic that
 * IEEE 754 fixes to the bit is used, so that every machine makes the same log.
 * @throws TypeError, RangeError for a bad simulation
 */
export function simulateSteps(simulation: Simulation): Generator<Visit[]> {
  const given = checkOptions('simulation', simulation, [...Object.keys(LIMITS), 'seed']);
  for (const [name, most] of Object.entries(LIMITS)) {
    checkInteger(name, given[name as keyof typeof LIMITS], 1, most);
  }
  checkInteger('seed', given.seed, 0, Number.MAX_SAFE_INTEGER);
  return generate(simulation);
}

const LIMITS = { prompts: 1e7, steps: 1e6, batch: 1e7, rollouts: 65_535 };

function* generate({ prompts, steps, batch, rollouts, seed }: Simulation): Generator<Visit[]> {
  const words = randomWords(seed);
  const next = (): number => words.next().value;
  const difficulty = Float64Array.from({ length: prompts }, () => next() / 2 ** 32);
  const digits = Math.max(4, String(prompts).length);
  let left = 1;
  for (let step = 1; step <= steps; step++) {
    left *= LEARNING;
    const drawn = drawCandidates(prompts, batch, (next() >>> 11) * 2 ** 32 + next());
    yield Array.from(drawn, (prompt) => {
      const threshold = successRate(1 - left * (difficulty[prompt] as number)) * 2 ** 32;
      const outcomes = Array.from({ length: rollouts }, () => next() < threshold);
      return { id: `prompt-${String(prompt + 1).padStart(digits, '0')}`, step, outcomes };
    });
  }
}

/** Smooth from 0 to 1 with flat ends: of evenly spread skills a quarter has a rate below 0.1, a quarter above 0.9. */
function successRate(skill: number): number {
  return skill * skill * skill * (10 + skill * (6 * skill - 15));
}

function* randomWords(seed: number): Generator<number, never> {
  for (let counter = 0; ; counter++) yield* philox(counter, SIMULATION_STREAM, seed);
}
