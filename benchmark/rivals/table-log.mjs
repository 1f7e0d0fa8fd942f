// fast.mjs with a logarithm of its own in place of Math.log: a specialist's JavaScript, measured beside the plain one
// so that no ratio hides what a table does. The high word of a double, read through a typed array, names the cell of a
// table of 1 / c and ln c; what remains is ln(1 + z), |z| < 2^-8, by its series.

const SCRATCH = new Float64Array(9);
const WORDS = new Int32Array(SCRATCH.buffer);

/** Cells a binade, and binades: 2^-32 to 2^32. 128 KiB; less was slower, for its longer series. */
const CELL_BITS = 7;
const LEAST_EXPONENT = -32;
const BINADES = 64;
const BASE = (1023 + LEAST_EXPONENT) << 20;
const MASK = 2 * (BINADES << CELL_BITS) - 2;
const TABLE = new Float64Array(2 * (BINADES << CELL_BITS));
for (let i = 0; i < TABLE.length; i += 2) {
  const cell = (i / 2) % (1 << CELL_BITS);
  const c = 2 ** ((i >> (CELL_BITS + 1)) + LEAST_EXPONENT) * (1 + (cell + 0.5) / (1 << CELL_BITS));
  TABLE[i] = 1 / c;
  TABLE[i + 1] = -Math.log(1 / c);
}

/**
 * Formula: ln x = ln c + ln(1 + z), z = x / c - 1.
 * Domain:  2^-32 <= x < 2^32; `high` is its high word.
 * Error:   2e-13 absolute.
 * @param {number} x @param {number} high
 */
function log(x, high) {
  const i = ((high - BASE) >> (19 - CELL_BITS)) & MASK;
  const z = x * TABLE[i] - 1;
  return TABLE[i + 1] + z * (1 - z * (0.5 - z * (0.3333333333333333 - z * 0.25)));
}

// E(x) = exp(psi(x + 1)) = R(x) / Q(x), both monic: a minimax fit of E(x) - x - 1/2, 5e-10 absolute for all x >= 0.
const R0 = 1.5364548865557899;
const R1 = 7.010847842803862;
const R2 = 12.677031220409921;
const R3 = 11.438896169425087;
const R4 = 5.233552776766544;
const Q0 = 2.736537422377592;
const Q1 = 7.985403829067776;
const Q2 = 9.030453183706397;
const Q3 = 4.733552776766544;

/**
 * Formula: w(m) I_8, I_8 = -sum_s C(8, s) q_s ln[ q_s E(n)^8 / (E(alpha)^s E(beta)^(8-s)) ],
 *          q_s = (alpha)_s (beta)_{8-s} / (n)_8.
 * Source:  docs/method.md, E-form; InSight, arXiv 2603.01907, Eq. 13, 15, 16.
 * Domain:  where every r_s = t_s g_s is in the table's range, as for alpha, beta in [1, 1e4].
 * Error:   6e-9 relative before the rounding to float32.
 * Cost:    9 logarithms by table, an exponential, 3 divisions.
 * @param {Float32Array} alpha @param {Float32Array} beta @param {Float32Array} out
 * @param {number} eta @param {number} mu
 */
export function scoreTableLog(alpha, beta, out, eta, mu) {
  for (let i = 0, count = alpha.length; i < count; i++) {
    const a = alpha[i];
    const b = beta[i];
    const n = a + b;

    // E(alpha), E(beta), E(n) as fractions.
    const qa = Q0 + a * (Q1 + a * (Q2 + a * (Q3 + a)));
    const ra = R0 + a * (R1 + a * (R2 + a * (R3 + a * (R4 + a))));
    const qb = Q0 + b * (Q1 + b * (Q2 + b * (Q3 + b)));
    const rb = R0 + b * (R1 + b * (R2 + b * (R3 + b * (R4 + b))));
    const qn = Q0 + n * (Q1 + n * (Q2 + n * (Q3 + n)));
    const rn = R0 + n * (R1 + n * (R2 + n * (R3 + n * (R4 + n))));

    // (n)_8 by pairs: (n + i)(n + 7 - i) = n (n + 7) + i (7 - i).
    const nn = n * (n + 7);
    const rest = (nn + 6) * (nn + 10) * (nn + 12);
    const inverse = 1 / (nn * rest);
    const inverseN = (n + 7) * rest * inverse;

    // g_s = E(n)^8 / ((n)_8 E(alpha)^s E(beta)^(8-s)).
    let y = (rn * qb) / (qn * rb);
    y *= y;
    y *= y;
    y *= y;
    const h = (rb * qa) / (qb * ra);
    const h2 = h * h;
    const h4 = h2 * h2;
    const g0 = y * inverse;
    const g1 = g0 * h;
    const g2 = g0 * h2;
    const g3 = g1 * h2;
    const g4 = g0 * h4;
    const g5 = g1 * h4;
    const g6 = g2 * h4;
    const g7 = g3 * h4;
    const g8 = g4 * h4;

    // t_s = (alpha)_s (beta)_{8-s}.
    const a2 = a * (a + 1);
    const a3 = a2 * (a + 2);
    const a4 = a3 * (a + 3);
    const a5 = a4 * (a + 4);
    const a6 = a5 * (a + 5);
    const a7 = a6 * (a + 6);
    const t8 = a7 * (a + 7);
    const b2 = b * (b + 1);
    const b3 = b2 * (b + 2);
    const b4 = b3 * (b + 3);
    const b5 = b4 * (b + 4);
    const b6 = b5 * (b + 5);
    const b7 = b6 * (b + 6);
    const t0 = b7 * (b + 7);
    const t1 = a * b7;
    const t2 = a2 * b6;
    const t3 = a3 * b5;
    const t4 = a4 * b4;
    const t5 = a5 * b3;
    const t6 = a6 * b2;
    const t7 = a7 * b;

    // All nine are stored before one is read: the stores take their time.
    const r0 = t0 * g0;
    const r1 = t1 * g1;
    const r2 = t2 * g2;
    const r3 = t3 * g3;
    const r4 = t4 * g4;
    const r5 = t5 * g5;
    const r6 = t6 * g6;
    const r7 = t7 * g7;
    const r8 = t8 * g8;
    SCRATCH[0] = r0;
    SCRATCH[1] = r1;
    SCRATCH[2] = r2;
    SCRATCH[3] = r3;
    SCRATCH[4] = r4;
    SCRATCH[5] = r5;
    SCRATCH[6] = r6;
    SCRATCH[7] = r7;
    SCRATCH[8] = r8;
    const sum =
      t0 * log(r0, WORDS[1]) +
      t8 * log(r8, WORDS[17]) +
      8 * (t1 * log(r1, WORDS[3]) + t7 * log(r7, WORDS[15])) +
      28 * (t2 * log(r2, WORDS[5]) + t6 * log(r6, WORDS[13])) +
      56 * (t3 * log(r3, WORDS[7]) + t5 * log(r5, WORDS[11])) +
      70 * t4 * log(r4, WORDS[9]);
    const m = a * inverseN;
    const d = m - mu;
    out[i] = -sum * inverse * m * b * inverseN * Math.exp(-eta * d * d);
  }
}
