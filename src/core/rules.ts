import type { AcquisitionKind, Rule } from '../types.ts';

/** The acquisitions that read a posterior, by their number in assembly/kernels/score.ts; 'random' has its own kernel. */
const NUMBERS = {
  'weighted-mutual-information': 0,
  'mutual-information': 1,
  'difficulty-weight': 2,
  'variance-reduction': 3,
  'inverse-evidence': 4,
  'expected-difficulty': 5,
  'non-degenerate': 6,
  'bernoulli-variance': 7,
  'success-chance': 8,
} as const satisfies Record<Exclude<AcquisitionKind, 'random'>, number>;

/** A rule as the kernels take it: kind, rollouts, eta or the target, mu. */
export function kernelRule(rule: Rule): [kind: number, rollouts: number, etaOrTarget: number, mu: number] {
  const { kind } = rule;
  if (kind === 'random') throw new TypeError('random scores read no posterior');
  return [NUMBERS[kind], rule.rollouts, kind === 'expected-difficulty' ? rule.target : rule.eta, rule.mu];
}

/** Low and high 32 bits of a seed. */
export function seedWords(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}
