// Weighted mutual information as a textbook writes it: Eq. 11 to 13 term by term, with the usual ln Gamma and psi.

/** Lanczos, g = 7, n = 9 (Godfrey's coefficients). */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** @param {number} x */
function logGamma(x) {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** @param {number} x */
function digamma(x) {
  let shifted = x;
  let sum = 0;
  for (; shifted < 6; shifted++) sum -= 1 / shifted;
  const u = 1 / (shifted * shifted);
  const series = u * (1 / 12 - u * (1 / 120 - u * (1 / 252 - u * (1 / 240 - u * (1 / 132 - u * (691 / 32760))))));
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}

/** @param {number} a @param {number} b */
function logBeta(a, b) {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Eq. 11. @param {number} a @param {number} b */
function entropy(a, b) {
  return logBeta(a, b) - (a - 1) * digamma(a) - (b - 1) * digamma(b) + (a + b - 2) * digamma(a + b);
}

/** Eq. 13, the chances by Eq. 12. @param {number} a @param {number} b @param {number} K */
function mutualInformation(a, b, K) {
  const prior = logBeta(a, b);
  let information = entropy(a, b);
  let choose = 1;
  for (let s = 0; s <= K; s++) {
    const chance = choose * Math.exp(logBeta(a + s, b + K - s) - prior);
    information -= chance * entropy(a + s, b + K - s);
    choose *= (K - s) / (s + 1);
  }
  return information;
}

/**
 * Eq. 15 and 16.
 * @param {Float32Array} alpha @param {Float32Array} beta @param {Float32Array} out
 * @param {number} eta @param {number} mu @param {number} K
 */
export function scoreTextbook(alpha, beta, out, eta, mu, K = 8) {
  for (let i = 0; i < out.length; i++) {
    const m = alpha[i] / (alpha[i] + beta[i]);
    out[i] = m * (1 - m) * Math.exp(-eta * (m - mu) ** 2) * mutualInformation(alpha[i], beta[i], K);
  }
}
