// Mutual information I_K between K more rollouts and the success rate: InSight, arXiv 2603.01907, Eq. 10-13.
// The twin in plain JavaScript, step for step: src/reference/mutual-information.ts.
import { denominator, numerator } from "../math/exp-digamma";
import { add, div, mul, splat, sub } from "../math/lanes";
import { log2, log2OverRoot2 } from "../math/log2";

const ONE = memory.data<f64>([1.0, 1.0], 16);
const TWO = memory.data<f64>([2.0, 2.0], 16);
const HALF = memory.data<f64>([0.5, 0.5], 16);
const ROOT2 = memory.data<f64>([1.4142135623730951, 1.4142135623730951], 16);
const LN2 = memory.data<f64>([0.6931471805599453, 0.6931471805599453], 16);

/** C(K, s), s = 0..K. */
const CHOOSE = memory.data(257 * 16, 16);
/** (b)_t, t = 0..K, of two pairs side by side. */
const RISING = memory.data(257 * 32, 16);
/** What `prepare` hands to `mutualInformation`, two pairs side by side. */
const STATE = memory.data(7 * 32, 16);

// This is the definition of the score: cells.ts fills its table with it.

/** Call before `mutualInformation` whenever K changes. */
export function setRollouts(K: u32): void {
  let c: f64 = 1;
  for (let s: u32 = 0; s <= K; s++) {
    v128.store(CHOOSE + (s << 4), splat(c));
    c = c * <f64>(K - s) / <f64>(s + 1);
  }
}

/**
 * First half: all that does not depend on s, for one pair of points, kept in slot 0 or 16.
 *
 * With E(x) = exp(psi(x + 1)), t_s = (a)_s (b)_{K-s}, g_s = E(n)^K / (E(a)^s E(b)^{K-s} (n)_K) and r_s = t_s g_s,
 * Eq. 12 is p_s = C(K, s) t_s / (n)_K and Eq. 13 becomes I = - sum_s p_s ln r_s. Where a << b, p_0 is nearly 1 and
 * ln r_0 nearly 0, and its rounding would be all of I. But as the p_s sum to 1, with w_0 = (E(b) / E(n))^K = p_0 / r_0,
 * 0 = sum_{s>0} p_s + w_0 (r_0 - 1) - (1 - w_0), and adding that to I leaves - p_0 ln r_0 + w_0 (r_0 - 1), which is of
 * second order in r_0 - 1. So I = sum_{s>0} p_s (1 - ln r_s) + w_0 (r_0 - 1) - p_0 ln r_0 - (1 - w_0): nothing cancels.
 */
function prepare(alpha: v128, beta: v128, K: u32, slot: usize): void {
  // 1. Order the pair, so that I(alpha, beta) and I(beta, alpha) are the same bits.
  const a = f64x2.pmin(alpha, beta);
  const b = f64x2.pmax(alpha, beta);
  const n = add(alpha, beta);

  // 2. E(a), E(b), E(n).
  const aa = mul(a, a);
  const bb = mul(b, b);
  const nn = mul(n, n);
  const half = v128.load(HALF);
  const hb = div(numerator(b, bb), denominator(b, bb));
  const hn = div(numerator(n, nn), denominator(n, nn));
  const Ea = add(add(a, half), div(numerator(a, aa), denominator(a, aa)));
  const Eb = add(add(b, half), hb);
  const En = add(add(n, half), hn);

  // 3. w_0 = y^K and 1 - w_0 with y = E(b) / E(n), by the bits of K from the top; 1 - y must not cancel.
  const one = v128.load(ONE);
  const two = v128.load(TWO);
  const q = div(one, En);
  const y = mul(Eb, q);
  const gap = mul(add(a, sub(hn, hb)), q);
  let w0 = y;
  let rest = gap;
  for (let bit: u32 = (1 << (31 - clz(K))) >> 1; bit; bit >>= 1) {
    rest = mul(rest, sub(two, rest));
    w0 = mul(w0, w0);
    if (K & bit) {
      rest = add(gap, mul(rest, y));
      w0 = mul(w0, y);
    }
  }

  // 4. Past K = 32 the rising factorials could leave the range of doubles: scale their factors; r_s and p_s stay.
  const scale = K > 32 ? div(one, add(n, splat(0.375 * <f64>K))) : one;
  const state = STATE + slot;
  v128.store(state, mul(a, scale));
  v128.store(state, mul(b, scale), 32);
  v128.store(state, mul(n, scale), 64);
  v128.store(state, scale, 96);
  v128.store(state, w0, 128);
  v128.store(state, rest, 160);
  v128.store(state, div(Eb, Ea), 192);
}

/**
 * Formula: I_K = H(alpha, beta) - sum_s P(S = s) H(alpha + s, beta + K - s), nats (Eq. 13), as derived at `prepare`.
 * Source:  InSight, arXiv 2603.01907, Eq. 10-13; E-form derived.
 * Domain:  four alphas and four betas, float64, in [1e-3, 2^25], K in 1..256; call `setRollouts(K)` first.
 * Error:   0.55 ulp of float32 after rounding for alpha, beta <= 1e6 and K <= 64; docs/accuracy.md has the rest.
 * Special: symmetric to the last bit; never below +0. g_s may pass the range of doubles where p_s is negligible: the
 *          logarithm of infinity or NaN is a finite number, and p_s takes no part of g_s.
 * Cost:    K + 1 logarithms. Four points together: the two chains of the sum hide each other's latency (measured).
 */
export function mutualInformation(alphaPtr: usize, betaPtr: usize, K: u32, outPtr: usize): void {
  prepare(v128.load(alphaPtr), v128.load(betaPtr), K, 0);
  prepare(v128.load(alphaPtr, 16), v128.load(betaPtr, 16), K, 16);

  // 5. (b)_t, t = 0..K, and (n)_K.
  const one = v128.load(ONE);
  const k0 = v128.load(STATE, 96);
  const k1 = v128.load(STATE, 112);
  let f0 = v128.load(STATE, 32);
  let f1 = v128.load(STATE, 48);
  let fn0 = v128.load(STATE, 64);
  let fn1 = v128.load(STATE, 80);
  let b0 = one;
  let b1 = one;
  let n0 = one;
  let n1 = one;
  v128.store(RISING, one);
  v128.store(RISING, one, 16);
  let ptr: usize = RISING + 32;
  const end: usize = RISING + (K << 5);
  do {
    b0 = mul(b0, f0);
    f0 = add(f0, k0);
    v128.store(ptr, b0);
    n0 = mul(n0, fn0);
    fn0 = add(fn0, k0);

    b1 = mul(b1, f1);
    f1 = add(f1, k1);
    v128.store(ptr, b1, 16);
    n1 = mul(n1, fn1);
    fn1 = add(fn1, k1);
    ptr += 32;
  } while (ptr <= end);

  // 6. The term s = 0, and sums for the others: P of p_s, L of p_s log2 r_s, both times (n)_K.
  let g0 = div(one, mul(n0, v128.load(STATE, 128)));
  let g1 = div(one, mul(n1, v128.load(STATE, 144)));
  const first0 = mul(b0, g0);
  const first1 = mul(b1, g1);
  const h0 = v128.load(STATE, 192);
  const h1 = v128.load(STATE, 208);
  const scaled0 = mul(g0, v128.load(STATE, 128)); // 1 / (n)_K
  const scaled1 = mul(g1, v128.load(STATE, 144));
  g0 = mul(g0, v128.load(ROOT2));
  g1 = mul(g1, v128.load(ROOT2));
  f0 = v128.load(STATE);
  f1 = v128.load(STATE, 16);
  let a0 = one;
  let a1 = one;
  let P0 = splat(0);
  let P1 = P0;
  let L0 = P0;
  let L1 = P0;

  // 7. The terms s = 1..K. From here on g holds sqrt 2 for the logarithm.
  let choose: usize = CHOOSE + 16;
  ptr = RISING + ((K - 1) << 5);
  do {
    const c = v128.load(choose);

    a0 = mul(a0, f0);
    f0 = add(f0, k0);
    g0 = mul(g0, h0);
    const t0 = mul(a0, v128.load(ptr));
    const p0 = mul(t0, c);
    P0 = add(P0, p0);
    L0 = add(L0, mul(p0, log2OverRoot2(mul(t0, g0))));

    a1 = mul(a1, f1);
    f1 = add(f1, k1);
    g1 = mul(g1, h1);
    const t1 = mul(a1, v128.load(ptr, 16));
    const p1 = mul(t1, c);
    P1 = add(P1, p1);
    L1 = add(L1, mul(p1, log2OverRoot2(mul(t1, g1))));
    choose += 16;
    ptr -= 32;
  } while (ptr >= RISING);

  // 8. All together. Rounding may leave a trace below zero.
  v128.store(outPtr, total(first0, v128.load(STATE, 128), v128.load(STATE, 160), scaled0, P0, L0));
  v128.store(outPtr, total(first1, v128.load(STATE, 144), v128.load(STATE, 176), scaled1, P1, L1), 16);
}

function total(r: v128, w: v128, rest: v128, scaled: v128, P: v128, L: v128): v128 {
  const sum = add(mul(P, scaled), sub(mul(w, sub(r, v128.load(ONE))), rest));
  const logs = add(mul(L, scaled), mul(mul(w, r), log2(r)));
  return f64x2.pmax(splat(0), sub(sum, mul(v128.load(LN2), logs)));
}
