import type { AcquisitionKind, Rule } from '../types.ts';

/** The acquisitions by their number in assembly/kernels/score.ts; 'random' has a kernel of its own. */
const KINDS: readonly AcquisitionKind[] = [
  'weighted-mutual-information',
  'mutual-information',
  'difficulty-weight',
  'variance-reduction',
  'inverse-evidence',
  'expected-difficulty',
  'non-degenerate',
  'bernoulli-variance',
  'success-chance',
];

/** A rule as the kernels take it: kind, rollouts, eta or the target, mu. */
export function kernelRule(rule: Rule): [kind: number, rollouts: number, etaOrTarget: number, mu: number] {
  const etaOrTarget = rule.kind === 'expected-difficulty' ? rule.target : rule.eta;
  return [KINDS.indexOf(rule.kind), rule.rollouts, etaOrTarget, rule.mu];
}

export function sameRule(a: Rule | undefined, b: Rule): boolean {
  return (
    a !== undefined &&
    a.kind === b.kind &&
    a.precision === b.precision &&
    a.rollouts === b.rollouts &&
    a.eta === b.eta &&
    a.mu === b.mu &&
    a.target === b.target &&
    a.seed === b.seed
  );
}

/** Low and high 32 bits of a seed. */
export function words(seed: number): [number, number] {
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}
