// Special functions of the oracle, in doubles. Source of the series: NIST DLMF 5.11.1 and 5.11.2.

/** From here on the series below are exact to double precision. */
const SHIFT = 12;
const HALF_LOG_TWO_PI = 0.9189385332046727;

/** psi(x + 1) - ln x for x > 0; positive, about 1 / (2x). */
export function delta(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < SHIFT; shifted++) sum += Math.log1p(1 / shifted) - 1 / (shifted + 1);
  const u = 1 / (shifted * shifted);
  const series = 1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u * (1 / 132 - u * (691 / 32760 - u / 12)))));
  return sum + 1 / (2 * shifted) - u * series;
}

/** ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi) / 2) for x > 0; positive, about 1 / (12x). */
export function stirlingRest(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < SHIFT; shifted++) sum += (shifted + 0.5) * Math.log1p(1 / shifted) - 1;
  const u = 1 / (shifted * shifted);
  const series =
    1 / 12 - u * (1 / 360 - u * (1 / 1260 - u * (1 / 1680 - u * (1 / 1188 - u * (691 / 360360 - u / 156)))));
  return sum + series / shifted;
}

/**
 * psi(x), the derivative of ln Gamma, for x > 0. Error: 1e-12 of max(1, |psi|).
 * @example
 * digamma(1); // -0.5772156649015329
 */
export function digamma(x: number): number {
  return Math.log(x) + delta(x) - 1 / x;
}

/**
 * ln Gamma(x) for x > 0. Error: 1e-12 of max(1, |ln Gamma|).
 * @example
 * logGamma(5); // ln 24
 */
export function logGamma(x: number): number {
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingRest(x);
}

/**
 * ln B(alpha, beta) for alpha, beta > 0. Error: 1e-12 of max(1, |ln B|): the large parts are cancelled by hand.
 * @example
 * logBeta(1, 1); // 0
 */
export function logBeta(alpha: number, beta: number): number {
  const a = Math.min(alpha, beta);
  const b = Math.max(alpha, beta);
  const n = a + b;
  const leading = a * Math.log(a / n) - 0.5 * Math.log(a) - (b - 0.5) * Math.log1p(a / b);
  return leading + HALF_LOG_TWO_PI + stirlingRest(a) + stirlingRest(b) - stirlingRest(n);
}

/**
 * Differential entropy of Beta(alpha, beta) in nats (Eq. 11). Error: 1e-12 of max(1, |H|): ln Gamma and psi are split
 * so that nothing large remains.
 * @example
 * betaEntropy(1, 1); // 0
 */
export function betaEntropy(alpha: number, beta: number): number {
  const n = alpha + beta;
  const excess = (x: number): number => 1 / x - delta(x); // ln x - psi(x)
  return (
    0.5 * (Math.log(alpha / n) + Math.log(beta / n) - Math.log(n)) +
    HALF_LOG_TWO_PI +
    stirlingRest(alpha) +
    stirlingRest(beta) -
    stirlingRest(n) +
    (alpha - 1) * excess(alpha) +
    (beta - 1) * excess(beta) -
    (n - 2) * excess(n)
  );
}
