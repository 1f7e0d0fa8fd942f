// Twin of assembly/kernels/mutual-information.ts, one point at a time: step for step the same operations in the same
// order, so the same bits. Read this one first; the formula is derived at `prepare` there and in docs/method.md.
import { expDigammaRest, log2, log2OverRoot2 } from './log-exp.ts';

/** (b)_t, t = 0..K. */
const RISING = new Float64Array(257);

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
  const q = 1 / En;
  const y = Eb * q;
  const gap = (a + (hn - hb)) * q;
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

  // 4. Past K = 32 the rising factorials could leave the range of doubles: scale their factors; r_s and p_s stay.
  const scale = K > 32 ? 1 / (n + 0.375 * K) : 1;

  // 5. (b)_t, t = 0..K, and (n)_K.
  let risingB = 1;
  let risingN = 1;
  let fb = b * scale;
  let fn = n * scale;
  RISING[0] = 1;
  for (let t = 1; t <= K; t++) {
    risingB *= fb;
    fb += scale;
    RISING[t] = risingB;
    risingN *= fn;
    fn += scale;
  }

  // 6. The term s = 0, and sums for the others: P of p_s, L of p_s log2 r_s, both times (n)_K.
  let g = 1 / (risingN * w);
  const first = risingB * g;
  const h = Eb / Ea;
  const scaled = g * w; // 1 / (n)_K
  let fa = a * scale;
  let risingA = 1;
  let P = 0;
  let L = 0;

  // 7. The terms s = 1..K. From here on g holds sqrt 2 for the logarithm. g_s may be infinite where p_s is negligible; the logarithm is finite all the same.
  g *= Math.SQRT2;
  let choose = 1;
  for (let s = 1; s <= K; s++) {
    choose = (choose * (K - s + 1)) / s;
    risingA *= fa;
    fa += scale;
    g *= h;
    const t = risingA * (RISING[K - s] as number);
    const p = t * choose;
    P += p;
    L += p * log2OverRoot2(t * g);
  }

  // 8. All together. Rounding may leave a trace below zero.
  const sum = P * scaled + (w * (first - 1) - rest);
  const logs = L * scaled + w * first * log2(first);
  return Math.max(sum - Math.LN2 * logs, 0);
}
