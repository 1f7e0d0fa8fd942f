// The work of a plan in pieces: base policies, and the runs that start from them.
import type { ArmName } from './arms.ts';
import type { Curve } from './curve.ts';
import { train } from './grpo.ts';
import type { Policy } from './policy.ts';
import { type Plan, PROMPTS, type RegimeName, ROLLOUTS } from './protocol.ts';
import { type Base, describeBase, heldOutOf, poolOf } from './setting.ts';
import { superviseStep } from './supervise.ts';

export type Job =
  | { readonly kind: 'base'; readonly seed: number }
  | { readonly kind: 'run'; readonly seed: number; readonly regime: RegimeName; readonly arm: ArmName };

/** A line of the results; `weights` is the SHA-256 of all weights at the end. */
export type Result =
  | ({ readonly kind: 'base'; readonly seed: number; readonly weights: string } & Base)
  | ({ readonly regime: RegimeName; readonly arm: ArmName; readonly seed: number; readonly weights: string } & Curve);

/** Checkpoints of base policies: by seed, with the number of steps made. */
export interface Checkpoints {
  read(seed: number): { step: number; bytes: Uint8Array } | undefined;
  write(seed: number, step: number, bytes: Uint8Array): void;
}

/** Steps of the supervised phase between two checkpoints. */
const CHECKPOINT_STEPS = 50;

/** All jobs of a plan in the order of its results: by seed, first the base. */
export function jobsOf({ blocks }: Plan): Job[] {
  const all = [...new Set(blocks.flatMap(({ seeds }) => seeds))].sort((a, b) => a - b);
  return all.flatMap((seed) => [
    { kind: 'base', seed } as const,
    ...blocks
      .filter(({ seeds }) => seeds.includes(seed))
      .flatMap(({ regime, arms }) => arms.map((arm) => ({ kind: 'run', seed, regime, arm }) as const)),
  ]);
}

export const nameOf = (job: Job): string =>
  job.kind === 'base' ? `base ${job.seed}` : `${job.regime} ${job.arm} ${job.seed}`;

/** The job that a result is of. */
export const jobNameOf = (result: Result): string =>
  'kind' in result ? `base ${result.seed}` : `${result.regime} ${result.arm} ${result.seed}`;

export function doJob(job: Job, plan: Plan, policy: Policy, checkpoints: Checkpoints): Result {
  return job.kind === 'base' ? makeBase(job.seed, plan, policy, checkpoints) : run(job, plan, policy, checkpoints);
}

function makeBase(seed: number, plan: Plan, policy: Policy, checkpoints: Checkpoints): Result {
  const { steps } = plan.supervised;
  const kept = checkpoints.read(seed);
  if (kept === undefined) policy.initialise(seed);
  else policy.load(kept.bytes);
  for (let step = kept?.step ?? 0; step < steps; ) {
    superviseStep(policy, seed, step++, plan);
    if (step % CHECKPOINT_STEPS === 0 || step === steps) checkpoints.write(seed, step, policy.save());
  }
  return { kind: 'base', seed, ...describeBase(policy, heldOutOf(seed, plan)), weights: policy.digest() };
}

function run(job: Job & { kind: 'run' }, plan: Plan, policy: Policy, checkpoints: Checkpoints): Result {
  const { seed, regime, arm } = job;
  const base = checkpoints.read(seed);
  if (base?.step !== plan.supervised.steps) throw new Error(`no base policy of seed ${seed}`);
  policy.load(base.bytes);
  policy.forget();
  const { steps } = plan.regimes[regime];
  const budget = steps * PROMPTS * ROLLOUTS;
  const curve = train(policy, {
    seed,
    arm,
    pool: poolOf(seed, regime, plan),
    heldOut: heldOutOf(seed, plan),
    budget,
    interval: budget / plan.evaluations,
  });
  return { regime, arm, seed, ...curve, weights: policy.digest() };
}
