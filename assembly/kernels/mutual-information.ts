// Mutual information I_K between K more rollouts and the success rate: InSight, arXiv 2603.01907, Eq. 10-13.
// The twin in plain JavaScript, step for step: src/reference/mutual-information.ts.
import { denominator, numerator } from "../math/exp-digamma";
import { add, div, mul, splat, sub } from "../math/lanes";
import { log } from "../math/log";

const ONE = memory.data<f64>([1.0, 1.0], 16);
const TWO = memory.data<f64>([2.0, 2.0], 16);
const MOST = memory.data<f64>([1e300, 1e300], 16);
const HALF = memory.data<f64>([0.5, 0.5], 16);

/** (K - s) / (s + 1) for s < K: C(K, s + 1) / C(K, s). */
const RATIO = memory.data(256 * 16, 16);
/** V_t = prod_{j<t} (b + j) / E(b) for t <= K, of two pairs side by side. */
const V = memory.data(257 * 32, 16);
/** What `prepare` hands to `mutualInformation`, two pairs side by side. */
const STATE = memory.data(9 * 32, 16);

/** Call before `prepare` and `sum` whenever K changes. */
export function setRollouts(K: u32): void {
  for (let s: u32 = 0; s < K; s++) v128.store(RATIO + (s << 4), splat(<f64>(K - s) / <f64>(s + 1)));
}

/**
 * First half: all that does not depend on s, for one pair of points, kept in slot 0 or 1.
 *
 * With E(x) = exp(psi(x + 1)), U_s = prod_{i<s} (a + i) / E(a), V_t likewise of b, W = prod_{i<K} (n + i) / E(n),
 * r_s = U_s V_{K-s} / W and w_s = C(K, s) (E(a)/E(n))^s (E(b)/E(n))^{K-s}, Eq. 12 is p_s = w_s r_s and Eq. 13 becomes
 * I = - sum_s p_s ln r_s. As sum_s p_s = 1, the term s = 0, where all the rounding would be if a << b, can be written
 * -p_0 ln r_0 = sum_{s>0} p_s - (1 - w_0) - w_0 (r_0 ln r_0 - r_0 + 1), and then nothing cancels.
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
  const gap = div(add(a, sub(hn, hb)), En);
  const y = div(Eb, En);
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

  // 4. Factors of U, V, W. Past K = 64 their products could leave the range of doubles: bring W near 1; r_s stays.
  let ka = div(one, Ea);
  let kb = div(one, Eb);
  let kn = div(one, En);
  if (K > 64) {
    const scale = div(En, add(n, splat(0.375 * <f64>K)));
    ka = mul(ka, scale);
    kb = mul(kb, scale);
    kn = mul(kn, scale);
  }

  const state = STATE + slot;
  v128.store(state, ka);
  v128.store(state, kb, 32);
  v128.store(state, kn, 64);
  v128.store(state, mul(a, ka), 96);
  v128.store(state, mul(b, kb), 128);
  v128.store(state, mul(n, kn), 160);
  v128.store(state, w0, 192);
  v128.store(state, rest, 224);
  v128.store(state, div(Ea, Eb), 256);
}

/**
 * Formula: I_K = H(alpha, beta) - sum_s P(S = s) H(alpha + s, beta + K - s), nats (Eq. 13), as derived at `prepare`.
 * Source:  InSight, arXiv 2603.01907, Eq. 10-13; E-form derived.
 * Domain:  alpha, beta in [1e-3, 2^24], K in 1..256; call `setRollouts(K)` first.
 * Error:   0.55 ulp of float32 after rounding for alpha, beta <= 1e6 and K <= 64; docs/accuracy.md has the rest.
 * Special: symmetric to the last bit; never below +0.
 * Cost:    K + 1 logarithms. Four points together: the two chains of the sum hide each other's latency (measured).
 */
// @ts-ignore: decorator
@inline export function mutualInformation(
  alpha0: v128, beta0: v128, alpha1: v128, beta1: v128, K: u32, outPtr: usize,
): void {
  prepare(alpha0, beta0, K, 0);
  prepare(alpha1, beta1, K, 16);
  const one = v128.load(ONE);

  // 5. V_0 .. V_K and W.
  let k0 = v128.load(STATE, 32);
  let k1 = v128.load(STATE, 48);
  const kn0 = v128.load(STATE, 64);
  const kn1 = v128.load(STATE, 80);
  let f0 = v128.load(STATE, 128);
  let f1 = v128.load(STATE, 144);
  let fn0 = v128.load(STATE, 160);
  let fn1 = v128.load(STATE, 176);
  let v0 = one;
  let v1 = one;
  let W0 = one;
  let W1 = one;
  v128.store(V, one);
  v128.store(V, one, 16);
  let ptr: usize = V + 32;
  const end: usize = V + (K << 5);
  do {
    v0 = mul(v0, f0);
    f0 = add(f0, k0);
    v128.store(ptr, v0);
    W0 = mul(W0, fn0);
    fn0 = add(fn0, kn0);

    v1 = mul(v1, f1);
    f1 = add(f1, k1);
    v128.store(ptr, v1, 16);
    W1 = mul(W1, fn1);
    fn1 = add(fn1, kn1);
    ptr += 32;
  } while (ptr <= end);

  // 6. What the sum starts from: - (1 - w_0) - w_0 (r_0 ln r_0 - (r_0 - 1)).
  let U0 = div(one, W0);
  let U1 = div(one, W1);
  let r0 = mul(v0, U0);
  let r1 = mul(v1, U1);
  let w0 = v128.load(STATE, 192);
  let w1 = v128.load(STATE, 208);
  let acc0 = sub(mul(w0, sub(sub(r0, one), mul(r0, log(r0)))), v128.load(STATE, 224));
  let acc1 = sub(mul(w1, sub(sub(r1, one), mul(r1, log(r1)))), v128.load(STATE, 240));

  // 7. Sum over s = 1..K of p_s (1 - ln r_s). Where r_s passes 1e300, w_s is 0 or p_s below 1e-20.
  const most = v128.load(MOST);
  k0 = v128.load(STATE);
  k1 = v128.load(STATE, 16);
  f0 = v128.load(STATE, 96);
  f1 = v128.load(STATE, 112);
  const rho0 = v128.load(STATE, 256);
  const rho1 = v128.load(STATE, 272);
  let ratio: usize = RATIO;
  ptr = V + ((K - 1) << 5);
  do {
    const c = v128.load(ratio);

    U0 = mul(U0, f0);
    f0 = add(f0, k0);
    w0 = mul(w0, mul(rho0, c));
    r0 = f64x2.pmin(mul(U0, v128.load(ptr)), most);
    acc0 = add(acc0, mul(mul(r0, w0), sub(one, log(r0))));

    U1 = mul(U1, f1);
    f1 = add(f1, k1);
    w1 = mul(w1, mul(rho1, c));
    r1 = f64x2.pmin(mul(U1, v128.load(ptr, 16)), most);
    acc1 = add(acc1, mul(mul(r1, w1), sub(one, log(r1))));
    ratio += 16;
    ptr -= 32;
  } while (ptr >= V);

  // 8. Rounding may leave a trace below zero.
  v128.store(outPtr, f64x2.pmax(splat(0), acc0));
  v128.store(outPtr, f64x2.pmax(splat(0), acc1), 16);
}
