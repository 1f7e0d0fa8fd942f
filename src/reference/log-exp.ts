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
  const q = 0.66666776086481098382 + w * (0.39977573919741540561 + w * 0.29870939416759034513);
  return k * 0.6931471805599453 + z * (2 + w * q);
}

/** e^x = 2^k (1 + r + r^2 Q(r)), k = round(x / ln 2), r = x - k ln 2. */
export function exp(x: number): number {
  const y = Math.max(-700, x);
  const k = y * 1.4426950408889634 + 6755399441055744 - 6755399441055744;
  const r = y - k * 0.6931471805599453;
  let q = 0.0013944659980825044544 + r * 0.00019790344125838927142;
  q = 0.0083334970720148868233 + r * q;
  q = 0.041666294941446070441 + r * q;
  q = 0.1666666586893471341 + r * q;
  q = 0.50000000676841986409 + r * q;
  return (1 + (r + r * r * q)) * fromWords((k + 1023) << 20, 0);
}

/** E(x) - x - 1/2 with E(x) = exp(psi(x + 1)). */
export function expDigammaRest(x: number): number {
  const xx = x * x;
  const p =
    0.5129200156872813575 +
    x * 0.99529521125433854504 +
    xx * (0.7793968943781273344 + x * 0.28811994654531232917 + xx * 0.041666669792078628772);
  const q =
    8.3456610079346581468 +
    x * 26.573695118829091065 +
    xx * (34.22996301406790748 + x * 22.317025715862581255 + xx * (7.4148836226221984206 + x));
  return p / q;
}
