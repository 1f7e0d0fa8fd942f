import { logBeta } from '../../src/reference.ts';

/** P(X <= x) of X ~ Beta(a, b), the incomplete beta function: Numerical Recipes (3rd ed.), 6.4, by Lentz's fraction. */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (a > 3_000 && b > 3_000) return byQuadrature(x, a, b);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - logBeta(a, b));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** The integral of the density by Simpson's rule, from ten standard deviations below, in units of the standard deviation. */
function byQuadrature(x: number, a: number, b: number): number {
  const mean = a / (a + b);
  const sd = Math.sqrt((mean * (1 - mean)) / (a + b + 1));
  const log = (t: number): number => (a - 1) * Math.log(t) + (b - 1) * Math.log1p(-t) - logBeta(a, b);
  const from = mean - 10 * sd;
  if (x <= from) return 0;
  const steps = 400;
  const h = (Math.min(x, mean + 10 * sd) - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) sum += (i === 0 || i === steps ? 1 : i % 2 ? 4 : 2) * Math.exp(log(from + i * h));
  return (sum * h) / 3;
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const safe = (v: number): number => (Math.abs(v) < tiny ? tiny : v);
  let c = 1;
  let d = 1 / safe(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / safe(1 + even * d);
    c = safe(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / safe(1 + odd * d);
    c = safe(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return h;
}
