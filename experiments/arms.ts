// The arms: rules that choose the prompts of a step. All but the first kind are the package itself.
import { type Acquisition, PosteriorPool, topK } from '../src/index.ts';
import { PROMPTS, ROLLOUTS } from './protocol.ts';
import { Stream, shuffled } from './streams.ts';

/** Chooses prompts, and sees what their rollouts gave. */
export interface Chooser {
  choose(step: number): Uint32Array;
  observe?(indices: Uint32Array, successes: readonly number[]): void;
}

/** What a chooser is made from. */
export interface Setting {
  readonly seed: number;
  readonly pool: number;
  /** Exact success rates of all prompts under the policy of the moment: for the oracle alone. */
  readonly trueRates: () => Float64Array;
}

interface ArmSpec {
  readonly about: string;
  readonly chooser: (setting: Setting) => Chooser;
  /** Goes on drawing until a full batch of prompts has mixed outcomes; all rollouts are counted. */
  readonly dynamic?: boolean;
}

/** One seed a step, the same for all arms: what a run of `seed` draws candidates and scores from. */
export const stepSeed = (seed: number, step: number): number => seed * 2 ** 20 + step;

/** Uniform among all prompts, no prompt twice in a step. */
function random({ seed, pool: size }: Setting): Chooser {
  const pool = new PosteriorPool(size);
  return {
    choose: (step) => pool.select(PROMPTS, { acquisition: { kind: 'random', seed: stepSeed(seed, step) } }).indices,
  };
}

/** Epoch after epoch, each in a new order: what a data loader does. */
function epochs({ seed, pool }: Setting): Chooser {
  const perEpoch = pool / PROMPTS;
  let order: Uint32Array = new Uint32Array();
  return {
    choose(step) {
      const at = step % perEpoch;
      if (at === 0) order = shuffled(pool, new Stream('shuffle', seed, step / perEpoch));
      return order.slice(at * PROMPTS, (at + 1) * PROMPTS);
    },
  };
}

/** The prompts whose true success rate is nearest to 0.5: what no rule can know. */
function oracle({ trueRates }: Setting): Chooser {
  return {
    choose: () =>
      topK(
        Float32Array.from(trueRates(), (rate) => -Math.abs(rate - 0.5)),
        PROMPTS,
      ).indices,
  };
}

interface Rule {
  readonly acquisition: (seed: number) => Acquisition;
  /** Candidates of a step, in batches. */
  readonly candidates: number;
  /** Share of the batch that goes to the prompts not seen for longest. */
  readonly floor?: number;
}

/** The package: a posterior a prompt, Beta(1, 1) and discount 1, and one of its acquisitions. */
function selected({ acquisition, candidates, floor = 0 }: Rule): (setting: Setting) => Chooser {
  return ({ seed, pool: size }) => {
    const pool = new PosteriorPool(size);
    const lastSeen = new Float32Array(size).fill(-1);
    const reserved = floor * PROMPTS;
    let now = 0;
    return {
      choose(step) {
        now = step;
        const unseen = topK(
          lastSeen.map((seen) => -seen),
          reserved,
        ).indices;
        const best = pool.select(PROMPTS - reserved, {
          acquisition: acquisition(stepSeed(seed, step)),
          candidates: { size: candidates * PROMPTS, seed: stepSeed(seed, step) },
          exclude: unseen,
        }).indices;
        return Uint32Array.of(...best, ...unseen);
      },
      observe(indices, successes) {
        pool.update({ indices, successes, trials: ROLLOUTS });
        for (const index of indices) lastSeen[index] = now;
      },
    };
  };
}

const rollouts = ROLLOUTS;
const wmi = { kind: 'weighted-mutual-information', rollouts } as const;
const nonDegenerate = { kind: 'non-degenerate', rollouts } as const;

/** All arms, in the order of the table. */
export const ARMS = {
  random: { about: 'uniform among all prompts', chooser: random },
  epochs: { about: 'shuffled epochs', chooser: epochs },
  oracle: { about: 'true success rate nearest to 0.5', chooser: oracle },
  dynamic: { about: 'dynamic sampling, all rollouts counted', chooser: random, dynamic: true },
  'expected-difficulty': {
    about: 'expected difficulty, 16 M candidates',
    chooser: selected({ acquisition: () => ({ kind: 'expected-difficulty' }), candidates: 16 }),
  },
  'mutual-information': {
    about: 'mutual information, 16 M',
    chooser: selected({ acquisition: () => ({ kind: 'mutual-information', rollouts }), candidates: 16 }),
  },
  'thompson-16': {
    about: 'Thompson difficulty, 16 M',
    chooser: selected({ acquisition: (seed) => ({ kind: 'expected-difficulty', seed }), candidates: 16 }),
  },
  'thompson-4': {
    about: 'Thompson difficulty, 4 M',
    chooser: selected({ acquisition: (seed) => ({ kind: 'expected-difficulty', seed }), candidates: 4 }),
  },
  'non-degenerate-16': {
    about: 'chance of a mixed group, 16 M',
    chooser: selected({ acquisition: () => nonDegenerate, candidates: 16 }),
  },
  'non-degenerate-4': {
    about: 'chance of a mixed group, 4 M',
    chooser: selected({ acquisition: () => nonDegenerate, candidates: 4 }),
  },
  'wmi-16': { about: 'WMI, 16 M (the paper)', chooser: selected({ acquisition: () => wmi, candidates: 16 }) },
  'wmi-4': { about: 'WMI, 4 M', chooser: selected({ acquisition: () => wmi, candidates: 4 }) },
  'wmi-drawn-16': {
    about: 'w(phi_hat) I_K, 16 M',
    chooser: selected({ acquisition: (seed) => ({ ...wmi, seed }), candidates: 16 }),
  },
  'wmi-16-floor': {
    about: 'WMI, 16 M, a quarter to the longest unseen',
    chooser: selected({ acquisition: () => wmi, candidates: 16, floor: 0.25 }),
  },
  'wmi-16-eta-0': {
    about: 'WMI, 16 M, eta 0',
    chooser: selected({ acquisition: () => ({ ...wmi, eta: 0 }), candidates: 16 }),
  },
  'wmi-16-mu-0.5': {
    about: 'WMI, 16 M, mu 0.5',
    chooser: selected({ acquisition: () => ({ ...wmi, mu: 0.5 }), candidates: 16 }),
  },
} satisfies { readonly [name: string]: ArmSpec };

export type ArmName = keyof typeof ARMS;

/** The arm of a name, with the fields that not all have. */
export const armOf = (name: ArmName): ArmSpec => ARMS[name];
