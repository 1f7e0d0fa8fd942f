// The method of InSight (arXiv 2603.01907) in plain numbers and doubles, an equation a function. For judging, teaching
// and single points: 1e-12 relative for alpha, beta in [1e-3, 2^24], and no arithmetic in common with the engines.
import { delta } from './special.ts';

/**
 * Chance of `successes` in `rollouts` tries when the rate is Beta(alpha, beta): the Beta-binomial (Eq. 12).
 * @example
 * betaBinomialPmf(3, 8, 1, 1); // 1 / 9
 */
export function betaBinomialPmf(successes: number, rollouts: number, alpha: number, beta: number): number {
  if (!(successes >= 0 && successes <= rollouts)) return 0;
  const n = alpha + beta;
  const failures = rollouts - successes;
  let p = 1;
  for (let i = 0; i < successes; i++) p *= ((alpha + i) / (n + i)) * ((failures + i + 1) / (i + 1));
  for (let i = 0; i < failures; i++) p *= (beta + i) / (n + successes + i);
  return p;
}

/**
 * Mutual information I_K in nats between the successes of `rollouts` more tries and the rate (Eq. 10-13), by the chain
 * rule: the sum of what each try is expected to teach, every term positive. Cost: K^2 operations.
 * @example
 * mutualInformation(1, 1, 1); // ln 2 - 1/2
 */
export function mutualInformation(alpha: number, beta: number, rollouts = 8): number {
  const n = alpha + beta;
  const ofAlpha = Float64Array.from({ length: rollouts }, (_, i) => (alpha + i) * delta(alpha + i));
  const ofBeta = Float64Array.from({ length: rollouts }, (_, i) => (beta + i) * delta(beta + i));
  let chances = [1]; // of s successes in the first j tries
  let information = 0;
  for (let j = 0; j < rollouts; j++) {
    const evidence = n + j;
    const next = new Array<number>(j + 2).fill(0);
    let gain = 0;
    chances.forEach((chance, s) => {
      const one = ((ofAlpha[s] as number) + (ofBeta[j - s] as number)) / evidence - delta(evidence);
      gain += chance * one;
      next[s + 1] = (next[s + 1] as number) + (chance * (alpha + s)) / evidence;
      next[s] = (next[s] as number) + (chance * (beta + j - s)) / evidence;
    });
    information += gain;
    chances = next;
  }
  return information;
}

/**
 * w(m) = m (1 - m) exp(-eta (m - mu)^2), m = alpha / n (Eq. 15).
 * @example
 * difficultyWeight(1, 1, 0); // 1 / 4
 */
export function difficultyWeight(alpha: number, beta: number, eta = 3, mu = 0.3): number {
  const n = alpha + beta;
  return (alpha / n) * (beta / n) * Math.exp(-eta * (alpha / n - mu) ** 2);
}

/**
 * w(m) I_K, the score that InSight selects by (Eq. 16).
 * @example
 * weightedMutualInformation(1, 1, 8, 3, 0.3);
 */
export function weightedMutualInformation(alpha: number, beta: number, rollouts = 8, eta = 3, mu = 0.3): number {
  return difficultyWeight(alpha, beta, eta, mu) * mutualInformation(alpha, beta, rollouts);
}

/**
 * Expected drop of the variance of the rate after `rollouts` tries (Eq. 8, derived for K).
 * @example
 * varianceReduction(1, 1, 1); // 1 / 36
 */
export function varianceReduction(alpha: number, beta: number, rollouts = 8): number {
  const n = alpha + beta;
  return (rollouts * alpha * beta) / (n * n * (n + 1) * (n + rollouts));
}

/**
 * Posterior after `successes` of `trials`, with temporal discount (Eq. 6); in doubles, not rounded to float32.
 * @example
 * updatePosterior(1, 1, 5, 8); // { alpha: 6, beta: 4 }
 */
export function updatePosterior(
  alpha: number,
  beta: number,
  successes: number,
  trials: number,
  discount = 1,
  priorAlpha = 1,
  priorBeta = 1,
): { alpha: number; beta: number } {
  return {
    alpha: discount * alpha + (1 - discount) * priorAlpha + successes,
    beta: discount * beta + (1 - discount) * priorBeta + (trials - successes),
  };
}
