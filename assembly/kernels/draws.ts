// Draws of the success rate from its posterior, and the scores that take a draw in place of the mean: Thompson sampling.
// The twin in plain JavaScript, step for step: src/reference/draws.ts.
import { exp2 } from "../math/exp2";
import { add, demote, div, highPair, lowPair, mul, splat, sub } from "../math/lanes";
import { log2 as log2Inline } from "../math/log2";
import { philoxOfFour } from "../math/philox";
import { angleOf, cosine, sine } from "../math/sincos";
import { weightOf as weightInline } from "./difficulty-weight";
import { DIFFICULTY_WEIGHT, EXPECTED_DIFFICULTY, WEIGHTED_MUTUAL_INFORMATION } from "./kinds";

const STREAM: u32 = 4;

// Called, not written out, as there are many: a tenth of the kernel's size.
function log2(x: v128): v128 { return log2Inline(x); }
function weightOf(m: v128, rest: v128, steepness: v128, mu: v128): v128 { return weightInline(m, rest, steepness, mu); }

const C = memory.data<f64>([
  1.0,
  0.3333333333333333,
  9.0,
  0.5,
  2.3283064365386963e-10, // 2^-32
  -1.3862943611198906, // -2 ln 2
  0.0331,
  0.6931471805599453, // ln 2
], 16);

// Of four points, each a float64, of alpha and 256 bytes on of beta: itself, d, c, v, and whether v was accepted.
const GAMMA = memory.data(512, 16);
const X = 0;
const D = 32;
const CC = 64;
const V = 96;
const DONE = 128;
const OF_BETA = 256;
/** Positions of four points in the whole, which are the counters of the generator. */
const INDEX = memory.data(16, 16);
/** phi and 1 - phi of four points. */
const PHI = memory.data(64, 16);

/**
 * Formula: expected difficulty -|phi - target| or the difficulty weight w(phi), phi drawn from Beta(alpha, beta): G(a)
 *          / (G(a) + G(b)), G(a) = d v a draw of Gamma(a); where alpha < 1, Gamma(alpha) is Gamma(alpha + 1)
 *          U^(1 / alpha). All in log2(G(a) / G(b)): nothing underflows at 1e-3.
 * Source:  Marsaglia, Tsang: A simple method for generating gamma variables (ACM TOMS, 2000); normal draws by Box and
 *          Muller. Words of attempt t = 1, 2, ...: Philox with the counter (first + index, t, 0, 4), of the boost t = 0.
 * Domain:  alpha, beta in [1e-3, 2^24]; kind 0, 2 or 5; first + index < 2^32. `p` is eta or the target, `q` is mu.
 *          `count` is rounded up to a multiple of 4: columns are padded.
 * Error:   1e-8 relative of phi and of 1 - phi, but for the rare draw next to the edge of a rejection.
 * Special: a pure function of (seed, first + index, alpha, beta). Of weighted mutual information, kind 0, the weights
 *          go to `outPtr` as float64, for `scoreByCells`; of the others the scores, as float32. Traps for other kinds.
 * Cost:    1.05 attempts a draw, each a quarter of a Philox call, three logarithms, a sine and a cosine.
 */
export function scoreDraws(
  kind: i32, alphaPtr: usize, betaPtr: usize, indicesPtr: usize, outPtr: usize, count: u32, p: f64, q: f64,
  first: u32, seedLow: u32, seedHigh: u32,
): void {
  const isDistance = kind == EXPECTED_DIFFICULTY;
  if (!isDistance && kind != DIFFICULTY_WEIGHT && kind != WEIGHTED_MUTUAL_INFORMATION) unreachable();
  const steepness = splat(p * -1.4426950408889634); // -eta / ln 2
  const target = splat(p);
  const mu = splat(q);
  const offset = i32x4.splat(first);
  for (let i: usize = 0, bytes = <usize>count << 2; i < bytes; i += 16) {
    v128.store(INDEX, i32x4.add(offset, v128.load(indicesPtr + i)));
    draw(v128.load(alphaPtr + i), v128.load(betaPtr + i), seedLow, seedHigh);
    const phi0 = v128.load(PHI);
    const phi1 = v128.load(PHI, 16);
    if (isDistance) {
      v128.store(outPtr + i, demote(distance(phi0, target), distance(phi1, target)));
      continue;
    }
    const low = weightOf(phi0, v128.load(PHI, 32), steepness, mu);
    const high = weightOf(phi1, v128.load(PHI, 48), steepness, mu);
    if (kind == DIFFICULTY_WEIGHT) {
      v128.store(outPtr + i, demote(low, high));
    } else {
      v128.store(outPtr + (i << 1), low);
      v128.store(outPtr + (i << 1), high, 16);
    }
  }
}

// @ts-ignore: decorator
@inline function distance(phi: v128, target: v128): v128 {
  return sub(splat(0), f64x2.abs(sub(phi, target)));
}

/** Leaves phi and 1 - phi of the four points at INDEX at PHI. */
function draw(alpha: v128, beta: v128, seedLow: u32, seedHigh: u32): void {
  // 1. Gamma(a) and Gamma(b), attempt by attempt.
  v128.store(GAMMA, lowPair(alpha), X);
  v128.store(GAMMA, highPair(alpha), X + 16);
  v128.store(GAMMA + OF_BETA, lowPair(beta), X);
  v128.store(GAMMA + OF_BETA, highPair(beta), X + 16);
  for (let at: usize = 0; at < 512; at += 256) {
    begin(GAMMA + at);
    begin(GAMMA + at + 16);
  }
  let pending = true;
  for (let t: u32 = 1; pending; t++) {
    const words = philoxOfFour(INDEX, t, STREAM, seedLow, seedHigh);
    pending = false;
    for (let pair: usize = 0; pair < 32; pair += 16) {
      if (!attempt(GAMMA + pair, words + (pair >> 1))) pending = true;
    }
  }

  // 2. The logit, with what makes up for alpha + 1 in place of alpha; then phi and 1 - phi, neither by subtraction.
  const one = v128.load64_splat(C);
  const isSmall = v128.any_true(f32x4.lt(f32x4.min(alpha, beta), f32x4.splat(1)));
  const words = isSmall ? philoxOfFour(INDEX, 0, STREAM, seedLow, seedHigh) : 0;
  for (let pair: usize = 0; pair < 32; pair += 16) {
    const ofAlpha = GAMMA + pair;
    const ofBeta = ofAlpha + OF_BETA;
    const a = mul(v128.load(ofAlpha, D), v128.load(ofAlpha, V));
    let logit = log2(div(a, mul(v128.load(ofBeta, D), v128.load(ofBeta, V))));
    if (isSmall) {
      logit = add(logit, boost(words + (pair >> 1), v128.load(ofAlpha, X)));
      logit = sub(logit, boost(words + (pair >> 1) + 16, v128.load(ofBeta, X)));
    }
    const e = exp2(sub(splat(0), f64x2.abs(logit)));
    const below = f64x2.lt(logit, splat(0));
    const sum = add(one, e);
    v128.store(PHI + pair, div(v128.bitselect(e, one, below), sum));
    v128.store(PHI + pair, div(v128.bitselect(one, e, below), sum), 32);
  }
}

/** d = a - 1/3 and c = 1 / sqrt(9 d) of two points, a = x or, below 1, x + 1. */
function begin(ptr: usize): void {
  const x = v128.load(ptr, X);
  const one = v128.load64_splat(C);
  const a = add(x, v128.and(f64x2.lt(x, one), one));
  const d = sub(a, v128.load64_splat(C, 8));
  v128.store(ptr, d, D);
  v128.store(ptr, div(one, f64x2.sqrt(mul(v128.load64_splat(C, 16), d))), CC);
  v128.store(ptr, splat(0), DONE);
}

/** (w + 1/2) / 2^32 of two words. */
// @ts-ignore: decorator
@inline function unit(ptr: usize): v128 {
  return mul(add(f64x2.convert_low_i32x4_u(v128.load64_zero(ptr)), v128.load64_splat(C, 24)), v128.load64_splat(C, 32));
}

/** One attempt at both gammas of two points. @returns whether all four are accepted, now or before */
function attempt(ptr: usize, words: usize): bool {
  const r = f64x2.sqrt(mul(v128.load64_splat(C, 40), log2(unit(words))));
  // The angle: whole quarters of a turn, and what is left in [-1/8, 1/8) of a turn.
  const turn = i32x4.add(v128.load64_zero(words, 16), i32x4.splat(0x20000000));
  const quarter = i32x4.shr_u(turn, 30);
  const rest = i32x4.sub(v128.and(turn, i32x4.splat(0x3fffffff)), i32x4.splat(0x20000000));
  const t = angleOf(f64x2.convert_low_i32x4_s(rest));
  const tt = mul(t, t);
  const s = sine(t, tt);
  const c = cosine(tt);
  const odd = i64x2.extend_low_i32x4_s(i32x4.shr_s(i32x4.shl(quarter, 31), 31));
  const sinSign = i64x2.shl(i64x2.extend_low_i32x4_u(i32x4.shr_u(quarter, 1)), 63);
  const cosSign = i64x2.shl(i64x2.extend_low_i32x4_u(i32x4.shr_u(i32x4.add(quarter, i32x4.splat(1)), 1)), 63);
  const sin = v128.xor(v128.bitselect(c, s, odd), sinSign);
  const cos = v128.xor(v128.bitselect(s, c, odd), cosSign);
  const a = accept(ptr, mul(r, cos), unit(words + 32));
  const b = accept(ptr + OF_BETA, mul(r, sin), unit(words + 48));
  return i64x2.all_true(v128.and(a, b));
}

/** Keeps v = (1 + c z)^3 where it is accepted and none was before. @returns where one is kept */
function accept(ptr: usize, z: v128, u: v128): v128 {
  const one = v128.load64_splat(C);
  const ln2 = v128.load64_splat(C, 56);
  const d = v128.load(ptr, D);
  const done = v128.load(ptr, DONE);
  const root = add(one, mul(v128.load(ptr, CC), z));
  const v = mul(mul(root, root), root);
  const zz = mul(z, z);
  const soon = f64x2.lt(u, sub(one, mul(mul(v128.load64_splat(C, 48), zz), zz)));
  const bound = add(sub(add(mul(v128.load64_splat(C, 24), zz), d), mul(d, v)), mul(d, mul(ln2, log2(v))));
  const late = f64x2.lt(mul(ln2, log2(u)), bound);
  const fits = v128.and(f64x2.gt(root, splat(0)), v128.or(soon, late));
  v128.store(ptr, v128.bitselect(v128.load(ptr, V), v, done), V);
  v128.store(ptr, v128.or(done, fits), DONE);
  return v128.or(done, fits);
}

/** log2 of U^(1 / x) where x < 1, else 0. */
function boost(words: usize, x: v128): v128 {
  return v128.and(div(log2(unit(words)), x), f64x2.lt(x, v128.load64_splat(C)));
}
