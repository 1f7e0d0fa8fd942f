// Twins of assembly/math/log.ts, exp.ts and exp-digamma.ts: the same steps, so the same bits. Math.log and Math.exp
// differ between JavaScript engines.
import { fromWords, highWord, lowWord } from './bits.ts';

/** ln x = k ln 2 + z (2 + z^2 Q(z^2)), x = 2^k m, z = (m - 1) / (m + 1). */
export function log(x: number): number {
  const bits = highWord(x) + 0x00095f62;
  const k = (bits >>> 20) - 1023;
  const m = fromWords((bits & 0x000fffff) + 0x3fe6a09e, lowWord(x));
  const z = (m - 1) / (m + 1);
  const w = z * z;
  const q = 0.66666776087238417711 + w * (0.39977573846330824694 + w * 0.29870941077171378982);
  return k * 0.6931471805599453 + z * (2 + w * q);
}

/** e^x = 2^k (1 + r + r^2 Q(r)), k = round(x / ln 2), r = x - k ln 2. */
export function exp(x: number): number {
  const y = Math.max(-700, x);
  const k = y * 1.4426950408889634 + 6755399441055744 - 6755399441055744;
  const r = y - k * 0.6931471805599453;
  let q = 0.0013944660257744649654 + r * 0.0001979034627268709524;
  q = 0.0083334970695898035085 + r * q;
  q = 0.041666294936878816897 + r * q;
  q = 0.16666665868935160084 + r * q;
  q = 0.50000000676858378011 + r * q;
  return (1 + (r + r * r * q)) * fromWords((k + 1023) << 20, 0);
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
