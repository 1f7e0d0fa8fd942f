import { ACQUISITION_TABLE } from '../acquisition.ts';
import { type Acquisition, type AcquisitionKind, type PoolOptions, PosteriorPool } from '../index.ts';
import { type History, visitsOf } from './history.ts';

/** Each round of a seed has a seed of its own. */
const MOST_ROUNDS = 2 ** 16;

export interface Replay {
  readonly pool: PoolOptions;
  /** Prompts a round. */
  readonly count: number;
  readonly rounds: number;
  /** K of the acquisitions that plan with one. */
  readonly rollouts: number;
  /** Random candidates of each round; by default all prompts. */
  readonly candidates: number | undefined;
}

/** What a policy chose in a round, best first, and was then shown. */
export interface Round {
  readonly indices: Uint32Array;
  readonly successes: Uint16Array;
  readonly trials: Uint16Array;
}

/**
 * The rounds of one policy. In round t each prompt holds its visit number t, the outcome at that time of the training
 * run: the policy selects prompts, sees these outcomes of them, and no others, and takes them into its posteriors. A
 * prompt with fewer visits is excluded from then on.
 */
export function* replay(history: History, kind: AcquisitionKind, seed: number, options: Replay): Generator<Round> {
  const { count, rounds, rollouts, candidates } = options;
  const { prompts, starts, successes, trials } = history;
  const pool = new PosteriorPool(prompts, options.pool);
  const byVisits = Uint32Array.from({ length: prompts }, (_, i) => i).sort(
    (a, b) => visitsOf(history, a) - visitsOf(history, b) || a - b,
  );
  let over = 0;
  for (let round = 0; round < rounds; round++) {
    while (over < prompts && visitsOf(history, byVisits[over] as number) <= round) over++;
    const roundSeed = seed * MOST_ROUNDS + round;
    const { indices } = pool.select(count, {
      acquisition: toAcquisition(kind, rollouts, roundSeed),
      candidates: candidates === undefined ? undefined : { size: candidates, seed: roundSeed },
      exclude: byVisits.subarray(0, over),
    });
    const at = indices.map((prompt) => (starts[prompt] as number) + round);
    const seen = {
      indices,
      successes: Uint16Array.from(at, (visit) => successes[visit] as number),
      trials: Uint16Array.from(at, (visit) => trials[visit] as number),
    };
    pool.update(seen);
    yield seen;
  }
}

function toAcquisition(kind: AcquisitionKind, rollouts: number, seed: number): Acquisition {
  const { reads, parameters } = ACQUISITION_TABLE[kind];
  return {
    kind,
    ...(parameters.includes('rollouts') && { rollouts }),
    ...(reads === 'seed' && { seed }),
  } as Acquisition;
}
