// What PROTOCOL.md fixes, as the program reads it.
import type { ArmName } from './arms.ts';

export interface Supervised {
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
}

/** The phase before reinforcement learning: the learning rate rises over `WARM_UP` steps and falls to 0 evenly. */
export const SUPERVISED: Supervised = { steps: 2500, batch: 128, rate: 2e-3 };
export const WARM_UP = 100;

/** Digits of the tasks that are out of reach. */
export const FAR_LENGTHS = [9, 10];

/** Reinforcement learning: K answers a prompt, M prompts a step. */
export const ROLLOUTS = 8;
export const PROMPTS = 32;
export const RATE = 2e-4;
export const CLIP = 1;

export interface Regime {
  readonly pool: number;
  /** Share of the pool that is out of reach. */
  readonly far: number;
  /** Steps of PROMPTS x ROLLOUTS rollouts: the budget. */
  readonly steps: number;
}

export const REGIMES = {
  A: { pool: 2048, far: 0, steps: 200 },
  B: { pool: 2048, far: 0.7, steps: 300 },
  D: { pool: 8192, far: 0.7, steps: 300 },
} satisfies { readonly [name: string]: Regime };

export type RegimeName = keyof typeof REGIMES;

/** Some arms in one regime, each with all of the seeds. */
export interface Block {
  readonly regime: RegimeName;
  readonly arms: readonly ArmName[];
  readonly seeds: readonly number[];
}

export interface Plan {
  readonly supervised: Supervised;
  /** Digits of the tasks of the supervised phase, of the evaluation and of what is within reach. */
  readonly lengths: readonly number[];
  /** Held-out tasks of each skill and length. */
  readonly heldOutEach: number;
  readonly regimes: { readonly [name in RegimeName]: Regime };
  readonly blocks: readonly Block[];
  /** Evaluations of a run, beside the one of the base. */
  readonly evaluations: number;
}

const seeds = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

/** Arms of A and B, which the tables correct for together. */
export const MAIN_ARMS: readonly ArmName[] = [
  'random',
  'epochs',
  'oracle',
  'dynamic',
  'expected-difficulty',
  'mutual-information',
  'thompson-16',
  'thompson-4',
  'non-degenerate-16',
  'non-degenerate-4',
  'wmi-16',
  'wmi-4',
  'wmi-drawn-16',
  'wmi-16-floor',
];

const LARGE_POOL_ARMS = MAIN_ARMS.filter((arm) => !['oracle', 'dynamic', 'mutual-information'].includes(arm));

export const COUNTED: Plan = {
  supervised: SUPERVISED,
  lengths: [3, 4, 5, 6, 7, 8],
  heldOutEach: 8,
  regimes: REGIMES,
  blocks: [
    { regime: 'A', arms: MAIN_ARMS, seeds: seeds(9, 24) },
    { regime: 'B', arms: MAIN_ARMS, seeds: seeds(9, 24) },
    { regime: 'B', arms: ['wmi-16-eta-0', 'wmi-16-mu-0.5'], seeds: seeds(9, 16) },
    { regime: 'D', arms: LARGE_POOL_ARMS, seeds: seeds(9, 16) },
  ],
  evaluations: 20,
};

/** Every part of the counted run in seconds: too short to learn anything, and so no result. */
export const SMOKE: Plan = {
  supervised: { steps: 120, batch: 64, rate: 4e-3 },
  lengths: [2, 3],
  heldOutEach: 1,
  regimes: {
    A: { pool: 256, far: 0, steps: 3 },
    B: { pool: 256, far: 0.7, steps: 3 },
    D: { pool: 256, far: 0.7, steps: 3 },
  },
  blocks: [
    { regime: 'A', arms: MAIN_ARMS, seeds: [1, 2] },
    { regime: 'B', arms: ['random', 'wmi-16-eta-0', 'wmi-16-mu-0.5'], seeds: [1] },
  ],
  evaluations: 3,
};
