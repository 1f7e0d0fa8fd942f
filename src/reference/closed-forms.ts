// Twins of assembly/kernels/difficulty-weight.ts, closed-forms.ts and group-chances.ts: same steps, same bits.
import { exp2 } from './log-exp.ts';

/** w(m) = m (1 - m) exp(-eta (m - mu)^2) (Eq. 15). */
export function difficultyWeight(alpha: number, beta: number, eta: number, mu: number): number {
  const q = 1 / (alpha + beta);
  return weightOf(alpha * q, beta * q, eta, mu);
}

/** The same where m and 1 - m are known. */
export function weightOf(m: number, rest: number, eta: number, mu: number): number {
  const d = m - mu;
  return m * rest * exp2(eta * -1.4426950408889634 * (d * d));
}

/** K m (1 - m) / ((n + 1)(n + K)) (Eq. 8). */
export function varianceReduction(alpha: number, beta: number, K: number): number {
  const n = alpha + beta;
  return (K * ((alpha / n) * (beta / n))) / ((n + 1) * (n + K));
}

/** 1 / n. */
export function inverseEvidence(alpha: number, beta: number): number {
  return 1 / (alpha + beta);
}

/** -|m - target|. */
export function distance(m: number, target: number): number {
  return 0 - Math.abs(m - target);
}

/** E[phi (1 - phi)]. */
export function bernoulliVariance(alpha: number, beta: number): number {
  const n = alpha + beta;
  return (alpha * beta) / (n * (n + 1));
}

/** 1 - (alpha)_K / (n)_K - (beta)_K / (n)_K. */
export function nonDegenerate(alpha: number, beta: number, K: number): number {
  const n = alpha + beta;
  let all = alpha / n;
  let none = beta / n;
  let mixed = 0;
  for (let k = 1; k < K; k++) {
    const q = 1 / (n + k);
    mixed += (all * beta + none * alpha) * q;
    all *= (alpha + k) * q;
    none *= (beta + k) * q;
  }
  return mixed;
}

/** 1 - (beta)_K / (n)_K. */
export function successChance(alpha: number, beta: number, K: number): number {
  const n = alpha + beta;
  let some = alpha / n;
  let none = beta / n;
  for (let k = 1; k < K; k++) {
    const q = 1 / (n + k);
    some += none * alpha * q;
    none *= (beta + k) * q;
  }
  return some;
}
