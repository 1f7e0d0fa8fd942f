// Twin of assembly/kernels/mutual-information.ts, one point at a time: step for step the same operations in the same
// order, so the same bits. Read this one first; the formula is derived at `prepare` there and in docs/method.md.
import { expDigammaRest, log } from './log-exp.ts';

/** V_t = prod_{j<t} (b + j) / E(b), t <= K. */
const V = new Float64Array(257);

/** I_K in nats (Eq. 10-13), alpha, beta in [1e-3, 2^24], K in 1..256. */
export function mutualInformation(alpha: number, beta: number, K: number): number {
  // 1. Order the pair, so that I(alpha, beta) and I(beta, alpha) are the same bits.
  const a = Math.min(alpha, beta);
  const b = Math.max(alpha, beta);
  const n = alpha + beta;

  // 2. E(a), E(b), E(n).
  const hb = expDigammaRest(b);
  const hn = expDigammaRest(n);
  const Ea = a + 0.5 + expDigammaRest(a);
  const Eb = b + 0.5 + hb;
  const En = n + 0.5 + hn;

  // 3. w_0 = y^K and 1 - w_0 with y = E(b) / E(n), by the bits of K from the top; 1 - y must not cancel.
  const gap = (a + (hn - hb)) / En;
  const y = Eb / En;
  let w = y;
  let rest = gap;
  for (let bit = (1 << (31 - Math.clz32(K))) >> 1; bit > 0; bit >>= 1) {
    rest = rest * (2 - rest);
    w = w * w;
    if (K & bit) {
      rest = gap + rest * y;
      w = w * y;
    }
  }

  // 4. Factors of U, V, W. Past K = 64 their products could leave the range of doubles: bring W near 1; r_s stays.
  let ka = 1 / Ea;
  let kb = 1 / Eb;
  let kn = 1 / En;
  if (K > 64) {
    const scale = En / (n + 0.375 * K);
    ka *= scale;
    kb *= scale;
    kn *= scale;
  }

  // 5. V_0 .. V_K and W.
  let v = 1;
  let W = 1;
  let fb = b * kb;
  let fn = n * kn;
  V[0] = 1;
  for (let t = 1; t <= K; t++) {
    v *= fb;
    fb += kb;
    V[t] = v;
    W *= fn;
    fn += kn;
  }

  // 6. What the sum starts from: - (1 - w_0) - w_0 (r_0 ln r_0 - (r_0 - 1)).
  let U = 1 / W;
  let r = v * U;
  let sum = w * (r - 1 - r * log(r)) - rest;

  // 7. Sum over s = 1..K of p_s (1 - ln r_s). Where r_s passes 1e300, w_s is 0 or p_s below 1e-20.
  let fa = a * ka;
  const rho = Ea / Eb;
  for (let s = 1; s <= K; s++) {
    U *= fa;
    fa += ka;
    w *= rho * ((K - s + 1) / s);
    r = Math.min(U * (V[K - s] as number), 1e300);
    sum += r * w * (1 - log(r));
  }

  // 8. Rounding may leave a trace below zero.
  return Math.max(sum, 0);
}
