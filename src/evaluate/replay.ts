import { ACQUISITION_TABLE, ACQUISITIONS } from '../acquisition.ts';
import { drawCandidates } from '../candidates.ts';
import { type Acquisition, type AcquisitionKind, type PoolOptions, PosteriorPool } from '../index.ts';
import { type History, visitsOf } from './history.ts';

/** Each round of a seed has a seed of its own. */
const MOST_ROUNDS = 2 ** 16;

/**
 * What can be replayed: an acquisition with its default parameters; `thompson-difficulty`, which is
 * `expected-difficulty` of draws (a `seed`); and `shuffled-epochs`, what a data loader does.
 */
export type Policy = AcquisitionKind | 'thompson-difficulty' | 'shuffled-epochs';

export const POLICIES: readonly Policy[] = [...ACQUISITIONS, 'thompson-difficulty', 'shuffled-epochs'];

export interface Replay {
  readonly pool: PoolOptions;
  /** Prompts a round. */
  readonly count: number;
  readonly rounds: number;
  /** K of the acquisitions that plan with one. */
  readonly rollouts: number;
  /** Random candidates of each round; by default all prompts. */
  readonly candidates: number | undefined;
  /** Slots of each round for the prompts that were not shown for longest; the others go by score. */
  readonly floor?: number | undefined;
}

/** What a policy chose in a round, best first behind those of the floor, and was then shown. */
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
export function* replay(history: History, policy: Policy, seed: number, options: Replay): Generator<Round> {
  const { count, rounds, rollouts, candidates } = options;
  const floor = policy === 'shuffled-epochs' ? 0 : (options.floor ?? 0);
  const { prompts, starts, successes, trials } = history;
  const pool = new PosteriorPool(prompts, options.pool);
  const byVisits = Uint32Array.from({ length: prompts }, (_, i) => i).sort(
    (a, b) => visitsOf(history, a) - visitsOf(history, b) || a - b,
  );
  const inEpochs = policy === 'shuffled-epochs' ? toEpochs(pool, seed) : undefined;
  const last = new Int32Array(prompts).fill(-1);
  let over = 0;
  for (let round = 0; round < rounds; round++) {
    while (over < prompts && visitsOf(history, byVisits[over] as number) <= round) over++;
    const roundSeed = seed * MOST_ROUNDS + round;
    const exclude = byVisits.subarray(0, over);
    const drawn = candidates === undefined ? undefined : drawCandidates(prompts, candidates, roundSeed);
    const unseen = floor === 0 ? [] : longestUnseen(last, drawn, new Set(exclude), floor);
    const best = pool.select(count - unseen.length, {
      acquisition: toAcquisition(policy, rollouts, roundSeed),
      candidates: drawn,
      exclude: [...exclude, ...unseen],
    }).indices;
    const chosen = Uint32Array.from([...unseen, ...best]);
    const indices = inEpochs?.(chosen.length, exclude) ?? chosen;
    for (const prompt of indices) last[prompt] = round;
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

/** The rounds in which prompts were last shown give the order: never, then the older round, then the index. */
function longestUnseen(
  last: Int32Array,
  drawn: Uint32Array | undefined,
  ended: ReadonlySet<number>,
  count: number,
): number[] {
  return [...(drawn ?? last.keys())]
    .filter((prompt) => !ended.has(prompt))
    .sort((a, b) => (last[a] as number) - (last[b] as number) || a - b)
    .slice(0, count);
}

/** Of shuffled epochs it is only asked how many prompts there are to choose. */
function toAcquisition(policy: Policy, rollouts: number, seed: number): Acquisition {
  if (policy === 'shuffled-epochs') return { kind: 'random', seed };
  if (policy === 'thompson-difficulty') return { kind: 'expected-difficulty', seed };
  const { reads, parameters } = ACQUISITION_TABLE[policy];
  return {
    kind: policy,
    ...(parameters.includes('rollouts') && { rollouts }),
    ...(reads === 'seed' && { seed }),
  } as Acquisition;
}

/** Epoch after epoch, each in a new order. A round may end one epoch and begin the next, with no prompt twice. */
function toEpochs(pool: PosteriorPool, seed: number): (count: number, exclude: Uint32Array) => Uint32Array {
  let epoch = 0;
  let shown: number[] = [];
  const next = (count: number, ...without: readonly ArrayLike<number>[]): number[] => {
    const acquisition = { kind: 'random', seed: seed * MOST_ROUNDS + epoch } as const;
    return [...pool.select(count, { acquisition, exclude: without.flatMap((indices) => Array.from(indices)) }).indices];
  };
  return (count, exclude) => {
    const last = next(count, exclude, shown);
    if (last.length === count) {
      shown = shown.concat(last);
      return Uint32Array.from(last);
    }
    epoch++;
    shown = next(count - last.length, exclude, last);
    return Uint32Array.from(last.concat(shown));
  };
}
