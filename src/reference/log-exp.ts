// Twins of assembly/math/log2.ts, exp2.ts and exp-digamma.ts: the same steps, so the same bits. Math.log and Math.exp
// differ between JavaScript engines.
import { fromWords, highWord, lowWord } from './bits.ts';

/** log2(x / sqrt 2) = k + z (2 / ln 2 + z^2 Q(z^2)), x = 2^k m, 1 <= m < 2, z = (m - sqrt 2) / (m + sqrt 2). */
export function log2OverRoot2(x: number): number {
  const high = highWord(x);
  return (high >>> 20) - 1023 + series(fromWords((high & 0x000fffff) | 0x3ff00000, lowWord(x)), Math.SQRT2);
}

/** log2 x as above, with m in [sqrt(1/2), sqrt 2) and 1 in place of sqrt 2. */
export function log2(x: number): number {
  const bits = highWord(x) + 0x00095f62;
  return (bits >>> 20) - 1023 + series(fromWords((bits & 0x000fffff) + 0x3fe6a09e, lowWord(x)), 1);
}

/** log2(m / center). */
function series(m: number, center: number): number {
  const z = (m - center) / (m + center);
  const w = z * z;
  const q = 0.96179827253115060561 + w * (0.57675447534783284275 + w * 0.4309465856053975798);
  return z * (2.8853900817779268 + w * q);
}

/** 2^x = 2^k (1 + r Q(r)), k = round x, r = x - k. */
export function exp2(x: number): number {
  const y = Math.max(-1000, x);
  const k = y + 6755399441055744 - 6755399441055744;
  const r = y - k;
  const rr = r * r;
  const low = 0.6931471807045373717 + r * 0.24022651066567666972;
  const middle = 0.055504103659767994628 + r * 0.0096180381313016935584;
  const high = 0.0013333935066182374367 + r * 0.000154667565210608684 + rr * 0.000015196154288647625194;
  return (1 + r * (low + rr * (middle + rr * high))) * fromWords((k + 1023) << 20, 0);
}

/** E(x) - x - 1/2 with E(x) = exp(psi(x + 1)). */
export function expDigammaRest(x: number): number {
  const xx = x * x;
  const p =
    0.51291941115045389018 +
    x * 0.99529409357771249385 +
    xx * (0.77939613226145845512 + x * 0.28811975121614930881 + xx * 0.04166666979242554657);
  const q =
    8.3456511715881975044 +
    x * 26.573664699803691098 +
    xx * (34.229926338111495807 + x * 22.317005077614186375 + xx * (7.4148789350473211043 + x));
  return p / q;
}
