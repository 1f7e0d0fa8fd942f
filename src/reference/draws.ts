// Twin of assembly/kernels/draws.ts, one point at a time: step for step the same operations, so the same bits.
import { DRAW_STREAM, philox } from '../random.ts';
import { exp2, log2 } from './log-exp.ts';

/** A draw of the success rate, and 1 minus it, which no subtraction gives. */
export interface Draw {
  readonly phi: number;
  readonly rest: number;
}

/**
 * A draw from Beta(alpha, beta), a pure function of its arguments: G(a) / (G(a) + G(b)) of two gamma draws by Marsaglia
 * and Tsang (A simple method for generating gamma variables, ACM TOMS, 2000), in logits.
 */
export function drawRate(alpha: number, beta: number, seed: number, index: number): Draw {
  // 1. Gamma(a) and Gamma(b), attempt by attempt.
  const ofAlpha = new Gamma(alpha);
  const ofBeta = new Gamma(beta);
  for (let t = 1; !(ofAlpha.done && ofBeta.done); t++) {
    const [w0, w1, w2, w3] = philox(index, DRAW_STREAM, seed, t);
    const r = Math.sqrt(-1.3862943611198906 * log2(unit(w0)));
    const { sin, cos } = sinCos(w1);
    ofAlpha.attempt(r * cos, unit(w2));
    ofBeta.attempt(r * sin, unit(w3));
  }

  // 2. The logit, with what makes up for alpha + 1 in place of alpha.
  let logit = log2((ofAlpha.d * ofAlpha.v) / (ofBeta.d * ofBeta.v));
  if (alpha < 1 || beta < 1) {
    const [w0, w1] = philox(index, DRAW_STREAM, seed, 0);
    logit += alpha < 1 ? log2(unit(w0)) / alpha : 0;
    logit -= beta < 1 ? log2(unit(w1)) / beta : 0;
  }

  // 3. phi and 1 - phi, neither by subtraction.
  const e = exp2(-Math.abs(logit));
  const sum = 1 + e;
  return { phi: (logit < 0 ? e : 1) / sum, rest: (logit < 0 ? 1 : e) / sum };
}

/** A draw of Gamma(a), d v, a = x or, below 1, x + 1. */
class Gamma {
  readonly d: number;
  readonly #c: number;
  v = 0;
  done = false;

  constructor(x: number) {
    this.d = (x < 1 ? x + 1 : x) - 0.3333333333333333;
    this.#c = 1 / Math.sqrt(9 * this.d);
  }

  /** Keeps v = (1 + c z)^3 if it is accepted and none was before. */
  attempt(z: number, u: number): void {
    if (this.done) return;
    const root = 1 + this.#c * z;
    const v = root * root * root;
    const zz = z * z;
    const bound = 0.5 * zz + this.d - this.d * v + this.d * (Math.LN2 * log2(v));
    this.done = root > 0 && (u < 1 - 0.0331 * zz * zz || Math.LN2 * log2(u) < bound);
    this.v = v;
  }
}

/** (w + 1/2) / 2^32. */
const unit = (w: number): number => (w + 0.5) * 2 ** -32;

/** Sine and cosine of a part w / 2^32 of a turn: whole quarters, and Taylor series of the rest to t^11 and t^12. */
function sinCos(w: number): { sin: number; cos: number } {
  const turn = (w + 0x20000000) >>> 0;
  const quarter = turn >>> 30;
  const t = ((turn & 0x3fffffff) - 0x20000000) * 1.4629180792671596e-9;
  const tt = t * t;
  const s =
    t *
    (1 +
      tt *
        (-0.16666666666666666 +
          tt *
            (0.008333333333333333 +
              tt * (-0.0001984126984126984 + tt * (0.0000027557319223985893 + tt * -2.505210838544172e-8)))));
  const c =
    1 +
    tt *
      (-0.5 +
        tt *
          (0.041666666666666664 +
            tt *
              (-0.001388888888888889 +
                tt * (0.0000248015873015873 + tt * (-2.755731922398589e-7 + tt * 2.08767569878681e-9)))));
  const [sin, cos] = quarter & 1 ? [c, s] : [s, c];
  return { sin: quarter & 2 ? -sin : sin, cos: (quarter + 1) & 2 ? -cos : cos };
}
