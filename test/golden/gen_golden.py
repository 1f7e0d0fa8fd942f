#!/usr/bin/env python3
"""Golden vectors for Beta-posterior / weighted-mutual-information software (developers' set).

Usage: python3 gen_golden.py [output folder]     (default: the folder of this script)
Needs Python >= 3.9 and mpmath >= 1.2. Deterministic: same seed, same files.
Definition used: entropy form of Eq. 13 at 120 decimal digits; every mutual information is also
computed by the one-pass form and both must agree to 1e-40 relative, else the script stops.
"""
import hashlib, json, math, os, random, struct, sys, time
from decimal import Context, Decimal, ROUND_HALF_EVEN
from fractions import Fraction
from math import comb
import mpmath
from mpmath import mp, mpf

T0 = time.time()
OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))

CONFIG = {
    "set": "developers", "seed": 20260301,
    "alphas": [1e-3, 0.01, 0.1, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 50, 100.5, 1000, 12345.678, 1e5, 1e6, 1e7],
    "Ks": [1, 2, 4, 8, 16, 32, 64],
    "etamus": [(3, 0.3), (0, 0.5), (3, 0.5), (10, 0.1), (3, 0.7)],
    "n_random": 2000, "random_Ks": [1, 2, 4, 8, 16, 32, 64], "random_range": [1e-3, 1e7],
    "lattices": [{"file": "lattice.json", "prior": (1, 1), "max": 64, "K": 8, "etamu": (3, 0.3)}],
    "n_special": 420, "pmf_Ks": [8, 64],
    "priors": [(1, 1), (0.5, 0.5), (2, 5)], "discounts": [1, 0.99, 0.9, 0.5, 0],
    "n_sequences": 200, "update_Ks": [1, 2, 4, 8, 8, 8, 16, 32, 64],
    "paper_powers": list(range(1, 24)), "paper_K": 8,
    "chain_points": [(1, 1), (0.5, 0.5), (2, 5), (0.01, 3), (100.5, 13), (1e6, 1e5)], "chain_Ks": [2, 8],
    "evr_points": [(1, 1), (0.5, 0.5), (2, 5), (1e-3, 1e7), (13, 8), (100.5, 1000), (1e7, 1e7), (12345.678, 0.1)],
    "evr_Ks": [1, 2, 4, 8, 16, 32, 64],
    "quad_points": [(1, 1, 1), (1, 1, 8), (2, 5, 8), (3, 1, 4), (13, 8, 2)],
    "extreme_values": [1e-30, 1e-6, 1.0, 16777216.0, 1e9, 1e30], "extreme_Ks": [1, 8],
    "n_recheck": 60, "n_recheck_wide": 12,
    "wide_range": [1e-3, 2 ** 24],
    "acq_Ks": [1, 2, 3, 4, 5, 8, 16, 17, 32, 64, 128, 256], "acq_corners": [1e-3, 1, 1e6, 2 ** 24],
    "acq_rows": {"log_uniform": 600, "lattice": 250, "equal": 150, "near_mean": 180, "dyadic_mean": 128},
    "wide_Ks": [1, 2, 3, 5, 7, 8, 12, 16, 31, 33, 64, 100, 128, 129, 200, 255, 256],
    "wide_corners": [1e-3, 0.1, 1, 1e3, 1e6, 2 ** 24], "wide_corner_Ks": [1, 7, 33, 100, 128, 256],
    "wide_rows": {"log_uniform": 444, "lattice": 150},
    "seams": [0.5, 1, 2, 8, 16, 32, 64, 256, 1024, 65536], "seam_partners": [1, 0.3, 1000], "seam_K": 8,
}

# ---------------------------------------------------------------- numerics
DPS = 120            # working precision (decimal digits) for the ordinary domain
DPS_EXTREME = 320    # working precision for extremes.json
AGREE = mpf(10) ** -40   # required relative agreement entropy form / one-pass form

STATS = {"mi_evaluations": 0, "worst_two_form_rel_diff": mpf(0), "worst_rational_rel_diff": mpf(0)}
_lg, _psi, _ln = {}, {}, {}


def clear_caches():
    _lg.clear(); _psi.clear(); _ln.clear()


def lg(x):
    v = _lg.get(x)
    if v is None:
        v = _lg[x] = mp.loggamma(x)
    return v


def psi(x):
    v = _psi.get(x)
    if v is None:
        v = _psi[x] = mp.digamma(x)
    return v


def ln(x):
    v = _ln.get(x)
    if v is None:
        v = _ln[x] = mp.log(x)
    return v


def f32(x):
    """Round to the nearest float32 (ties to even); returned as an exact Python float."""
    return struct.unpack("<f", struct.pack("<f", float(x)))[0]


def f32_bits(x):
    return "%08x" % struct.unpack("<I", struct.pack("<f", x))[0]


def f32_next(x, up):
    b = struct.unpack("<I", struct.pack("<f", x))[0]
    return struct.unpack("<f", struct.pack("<I", b + (1 if up else -1)))[0]


def rn32(fr):
    """Correctly rounded (nearest even) positive normal Fraction -> float32 value."""
    if fr == 0:
        return 0.0
    e = fr.numerator.bit_length() - fr.denominator.bit_length()
    while Fraction(2) ** e > fr:
        e -= 1
    while Fraction(2) ** (e + 1) <= fr:
        e += 1
    e = max(e, -126)
    q = fr / Fraction(2) ** (e - 23)          # in [2^23, 2^24)
    return float(round(q) * Fraction(2) ** (e - 23))   # Fraction.__round__ is half-even


def frac(x):
    """mpf / float / int / Fraction -> exact Fraction."""
    if isinstance(x, Fraction):
        return x
    if isinstance(x, (int, float)):
        return Fraction(x)
    sign, man, exp, _ = x._mpf_
    man = int(man)
    v = Fraction(man << exp) if exp >= 0 else Fraction(man, 1 << -exp)
    return -v if sign else v


def exact_dec(x):
    """Exact decimal expansion of a float32-representable double."""
    assert f32(x) == x
    s = format(Decimal(x), "f")
    return s


_CTX = Context(prec=25, rounding=ROUND_HALF_EVEN, Emax=999999, Emin=-999999)


_CTX50 = Context(prec=50, rounding=ROUND_HALF_EVEN, Emax=999999, Emin=-999999)


def dec25(x):
    """25 significant digits, rounded once from the exact (or >= 50-digit) value."""
    fr = frac(x)
    if fr == 0:
        return "0"
    d = _CTX.divide(Decimal(fr.numerator), Decimal(fr.denominator))
    return "{:.24e}".format(d)


def dec50(x):
    """50 significant digits: used for updates, whose exact values can lie on the midpoint of two
    doubles, where 25 digits would not settle the nearest double."""
    fr = frac(x)
    if fr == 0:
        return "0"
    d = _CTX50.divide(Decimal(fr.numerator), Decimal(fr.denominator))
    return "{:.49e}".format(d)


def dbl(x):
    """Nearest double. int / int true division in CPython is correctly rounded."""
    fr = frac(x)
    return fr.numerator / fr.denominator


def pair(x):
    d, v = dec25(x), dbl(x)
    assert float(d) == v
    return [d, v]


def lnbeta(a, b):
    return lg(a) + lg(b) - lg(a + b)


def entropy(a, b):
    return (lnbeta(a, b) - (a - 1) * psi(a) - (b - 1) * psi(b)
            + (a + b - 2) * psi(a + b))


def pmf(a, b, K):
    """Beta-binomial probabilities through log-gamma."""
    l0 = lnbeta(a, b)
    return [mp.binomial(K, s) * mp.exp(lnbeta(a + s, b + K - s) - l0) for s in range(K + 1)]


def mi_entropy_form(a, b, K):
    """Eq. 13, the definition."""
    p = pmf(a, b, K)
    return entropy(a, b) - mp.fsum(p[s] * entropy(a + s, b + K - s) for s in range(K + 1))


def mi_one_pass(a, b, K):
    """Independent route: rising factorials as products, logs summed, no log-gamma."""
    n = a + b
    ra, rb, rn = [mpf(1)], [mpf(1)], mpf(1)
    la, lb, lnn = [mpf(0)], [mpf(0)], mpf(0)
    for i in range(K):
        ra.append(ra[-1] * (a + i)); la.append(la[-1] + ln(a + i))
        rb.append(rb[-1] * (b + i)); lb.append(lb[-1] + ln(b + i))
        rn *= n + i; lnn += ln(n + i)
    t = mpf(0)
    for s in range(K + 1):
        p = comb(K, s) * ra[s] * rb[K - s] / rn
        t += p * (la[s] + lb[K - s] - lnn)
    return K * (a / n * psi(a + 1) + b / n * psi(b + 1) - psi(n + 1)) - t


def MI(a, b, K):
    a, b = mpf(a), mpf(b)
    v = mi_entropy_form(a, b, K)
    u = mi_one_pass(a, b, K)
    d = abs(v - u) / abs(v)
    assert v > 0 and d < AGREE, ("two forms disagree", a, b, K, d)
    STATS["mi_evaluations"] += 1
    STATS["worst_two_form_rel_diff"] = max(STATS["worst_two_form_rel_diff"], d)
    return v


def weight(a, b, eta, mu):
    m = frac(a) / (frac(a) + frac(b))
    e = -frac(eta) * (m - frac(mu)) ** 2
    c = m * (1 - m)
    q = lambda f: mpf(f.numerator) / mpf(f.denominator)
    return q(c) * mp.exp(q(e))


def beta_var(a, b):
    n = a + b
    return a * b / (n * n * (n + 1))


def evr(a, b, K):
    """Closed form, exact rational."""
    a, b = frac(a), frac(b)
    n = a + b
    return K * a * b / (n * n * (n + 1) * (n + K))


def evr_definition(a, b, K):
    """Var - sum_s P(s) Var(posterior), exact rational; must equal evr()."""
    a, b = frac(a), frac(b)
    n = a + b
    ra, rb, rn = [Fraction(1)], [Fraction(1)], Fraction(1)
    for i in range(K):
        ra.append(ra[-1] * (a + i)); rb.append(rb[-1] * (b + i)); rn *= n + i
    return beta_var(a, b) - sum(comb(K, s) * ra[s] * rb[K - s] / rn * beta_var(a + s, b + K - s)
                                for s in range(K + 1))


def pmf_rational(a, b, K):
    """Beta-binomial probabilities as integers over one common denominator: exact, no gcd."""
    a, b = frac(a), frac(b)
    d = max(a.denominator, b.denominator)          # both are powers of two
    A, B = int(a * d), int(b * d)
    ra, rb, rn = [1], [1], 1
    for i in range(K):
        ra.append(ra[-1] * (A + i * d)); rb.append(rb[-1] * (B + i * d)); rn *= A + B + i * d
    return [comb(K, s) * ra[s] * rb[K - s] for s in range(K + 1)], rn


# ---------------------------------------------------------------- random numbers
class Rng:
    """Only random.Random(seed).random() is used: its stream is stable between Python versions."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def u(self):
        return self.r.random()

    def idx(self, n):
        return int(self.u() * n)

    def pick(self, xs):
        return xs[self.idx(len(xs))]

    def logu(self, lo, hi):
        return f32(math.exp(math.log(lo) + self.u() * (math.log(hi) - math.log(lo))))


# ---------------------------------------------------------------- output
FILES = []


def emit(name, doc, columns, rows, about):
    head = {"format": "beta-wmi-golden", "version": 1, "set": CONFIG["set"], "file": name,
            "about": about, "seed": CONFIG["seed"], "digits": 25,
            "working_decimal_digits": mp.dps, "mpmath": mpmath.__version__}
    head.update(doc)
    path = os.path.join(OUT, name)
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write("{\n")
        for k, v in head.items():
            f.write(json.dumps(k) + ":" + json.dumps(v, separators=(",", ":")) + ",\n")
        f.write('"columns":' + json.dumps(columns, separators=(",", ":")) + ",\n")
        f.write('"rows":[\n')
        f.write(",\n".join(json.dumps(r, separators=(",", ":")) for r in rows))
        f.write("\n]\n}\n")
    data = open(path, "rb").read()
    json.loads(data)
    FILES.append({"file": name, "rows": len(rows), "bytes": len(data),
                  "sha256": hashlib.sha256(data).hexdigest()})
    print("%-22s %6d rows %9d bytes  %.0fs" % (name, len(rows), len(data), time.time() - T0),
          file=sys.stderr, flush=True)


def flat(*prs):
    out = []
    for p in prs:
        out.extend(p)
    return out


# ---------------------------------------------------------------- blocks
def block_grid():
    A = [f32(x) for x in CONFIG["alphas"]]
    Ks, EM = CONFIG["Ks"], [(f32(e), f32(m)) for e, m in CONFIG["etamus"]]
    axes = {"alpha_axis": [exact_dec(x) for x in A], "beta_axis": [exact_dec(x) for x in A],
            "K_axis": Ks, "etamu_axis": [[exact_dec(e), exact_dec(m)] for e, m in EM]}
    pt, mi_rows, wmi_rows, mis = [], [], [], {}
    for i, a in enumerate(A):
        for j, b in enumerate(A):
            H = entropy(mpf(a), mpf(b))
            m = frac(a) / (frac(a) + frac(b))
            W = [weight(a, b, e, u) for e, u in EM]
            pt.append([i, j] + flat(pair(H), pair(lnbeta(mpf(a), mpf(b))), pair(m),
                                    pair(beta_var(frac(a), frac(b)))) + flat(*[pair(w) for w in W]))
            for k in Ks:
                v = MI(a, b, k)
                mis[i, j, k] = v
                e = evr(a, b, k)
                assert k > 8 or e == evr_definition(a, b, k)
                mi_rows.append([i, j, k] + flat(pair(v), pair(e)))
                wmi_rows.append([i, j, k] + flat(*[pair(w * v) for w in W]))
    for (i, j, k), v in mis.items():      # symmetry, bounds, growth and concavity in K
        assert abs(v - mis[j, i, k]) < AGREE * v
        assert 0 < v < mp.log(k + 1)
        assert v <= k * mis[i, j, Ks[0]] / Ks[0] * (1 + AGREE)
    for i in range(len(A)):
        for j in range(len(A)):
            seq = [mis[i, j, k] for k in Ks]
            assert all(x < y for x, y in zip(seq, seq[1:]))
    emit("grid_point.json", axes,
         ["alpha_index", "beta_index", "entropy_dec", "entropy", "lnbeta_dec", "lnbeta",
          "mean_dec", "mean", "variance_dec", "variance"]
         + sum([["weight%d_dec" % t, "weight%d" % t] for t in range(len(EM))], []), pt,
         "All (alpha, beta) pairs: quantities that do not depend on K. weightT uses etamu_axis[T].")
    emit("grid_mi.json", axes, ["alpha_index", "beta_index", "K", "mi_dec", "mi", "evr_dec", "evr"],
         mi_rows, "All pairs x K: mutual information (nats) and expected variance reduction.")
    emit("grid_wmi.json", axes, ["alpha_index", "beta_index", "K"]
         + sum([["wmi%d_dec" % t, "wmi%d" % t] for t in range(len(EM))], []), wmi_rows,
         "All pairs x K x (eta, mu): acquisition score weight * MI. wmiT uses etamu_axis[T].")
    clear_caches()


POINT_COLS = ["alpha", "beta", "K", "eta", "mu", "entropy_dec", "entropy", "mi_dec", "mi",
              "evr_dec", "evr", "weight_dec", "weight", "wmi_dec", "wmi"]


def point_row(a, b, k, e, u):
    v, w, r = MI(a, b, k), weight(a, b, e, u), evr(a, b, k)
    if k <= 8:
        assert r == evr_definition(a, b, k)
    return ([exact_dec(a), exact_dec(b), k, exact_dec(e), exact_dec(u)]
            + flat(pair(entropy(mpf(a), mpf(b))), pair(v), pair(r), pair(w), pair(v * w)))


def block_random(rng):
    lo, hi = CONFIG["random_range"]
    rows = []
    for t in range(CONFIG["n_random"]):
        a, b = rng.logu(lo, hi), rng.logu(lo, hi)
        k = rng.pick(CONFIG["random_Ks"])
        e, u = f32(round(rng.u() * 10 * 64) / 64), f32(round(rng.u() * 1024) / 1024)
        if rng.u() < 0.5:
            e, u = f32(3.0), f32(0.3)
        rows.append(point_row(a, b, k, e, u))
        clear_caches()
    emit("random_points.json", {"alpha_beta_range": [lo, hi]}, POINT_COLS, rows,
         "Log-uniform random float32 (alpha, beta); half with (eta, mu) = f32(3, 0.3), half random.")


def block_lattice():
    for L in CONFIG["lattices"]:
        a0, b0, N, k = f32(L["prior"][0]), f32(L["prior"][1]), L["max"], L["K"]
        e, u = f32(L["etamu"][0]), f32(L["etamu"][1])
        rows, score, cache = [], [], {}
        for tot in range(N + 1):
            for S in range(tot + 1):
                F = tot - S
                a, b = f32(a0 + S), f32(b0 + F)
                assert a == a0 + S and b == b0 + F
                v, w, r = MI(a, b, k), weight(a, b, e, u), evr(a, b, k)
                cache[S, F] = v
                score.append(v * w)
                rows.append([S, F] + flat(pair(v), pair(r), pair(w), pair(v * w)))
        if a0 == b0:
            for (S, F), v in cache.items():
                assert abs(v - cache[F, S]) < AGREE * v
        order = sorted(range(len(score)), key=lambda i: (-score[i], i))
        gaps = [(score[x] - score[y]) / score[x] for x, y in zip(order, order[1:])]
        g = min(gaps)
        close = [t for t, x in enumerate(gaps) if x < mpf(10) ** -6]
        emit(L["file"], {"prior": [exact_dec(a0), exact_dec(b0)], "K": k, "max_S_plus_F": N,
                         "eta": exact_dec(e), "mu": exact_dec(u), "wmi_order": order,
                         "min_rel_gap": "%.3e" % float(g),
                         "ranks_with_rel_gap_below_1e-6": close},
             ["S", "F", "mi_dec", "mi", "evr_dec", "evr", "weight_dec", "weight", "wmi_dec", "wmi"],
             rows, "alpha = prior0 + S, beta = prior1 + F. wmi_order: row numbers by falling exact "
             "score; its first k entries are the exact top-k. min_rel_gap: smallest relative gap "
             "between neighbours in that order. ranks_with_rel_gap_below_1e-6: r means order[r] and "
             "order[r+1] are that close, so a float32 score may not tell them apart.")
        clear_caches()


def block_special(rng):
    xs = set(f32(x) for x in CONFIG["alphas"])
    for x in (0.25, 0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 24, 32, 64, 128, 256):
        xs |= {f32(x), f32_next(f32(x), True), f32_next(f32(x), False)}
    z = f32(1.4616321449683622)                       # zero of digamma
    xs |= {z, f32_next(z, True), f32_next(z, False), f32(1.46), f32(1.4625), f32(0.4616321449683622)}
    while len(xs) < CONFIG["n_special"]:
        xs.add(rng.logu(1e-4, 4e7))
    rows = []
    for x in sorted(xs):
        X = mpf(x)
        rows.append([exact_dec(x)] + flat(pair(psi(X)), pair(psi(X + 1)), pair(lg(X)),
                                          pair(psi(X + 1) - ln(X))))
    emit("special.json", {}, ["x", "digamma_dec", "digamma", "digamma1p_dec", "digamma1p",
                              "lgamma_dec", "lgamma", "delta_dec", "delta"], rows,
         "digamma(x), digamma(x+1), lgamma(x), delta(x) = digamma(x+1) - ln(x); includes the "
         "neighbours of usual switch points and of the zeros (x = 1, 2 for lgamma, 1.4616... for "
         "digamma, 0.4616... for digamma(x+1)): judge those by absolute error.")
    clear_caches()


def block_pmf(rng):
    rows = []
    pts = [(1, 1), (0.5, 0.5), (2, 5), (1e-3, 1e-3), (0.01, 100.5), (1e5, 1e6), (13, 1), (1e7, 1e7)]
    pts = [(f32(a), f32(b)) for a, b in pts] + [(rng.logu(1e-3, 1e7), rng.logu(1e-3, 1e7)) for _ in range(16)]
    for t, (a, b) in enumerate(pts):
        for k in CONFIG["pmf_Ks"] if t < 8 else CONFIG["pmf_Ks"][:1]:
            p = pmf(mpf(a), mpf(b), k)
            assert abs(mp.fsum(p) - 1) < AGREE
            assert abs(mp.fsum(s * x for s, x in enumerate(p)) * (mpf(a) + b) / (k * mpf(a)) - 1) < AGREE
            rows.append([exact_dec(a), exact_dec(b), k, [dec25(x) for x in p], [dbl(x) for x in p]])
    emit("pmf.json", {}, ["alpha", "beta", "K", "p_dec", "p"], rows,
         "Beta-binomial P(S = s), s = 0..K. Checked here: sum = 1 and mean = K alpha / n.")
    clear_caches()


def block_updates(rng):
    rows, steps, mism = [], 0, 0
    pri = [(f32(a), f32(b)) for a, b in CONFIG["priors"]]
    lam = [f32(x) for x in CONFIG["discounts"]]
    for t in range(CONFIG["n_sequences"]):
        a0, b0 = pri[t % len(pri)]
        l = lam[(t // len(pri)) % len(lam)]
        phi, L = rng.u(), 4 + rng.idx(9)
        k_fixed = rng.pick(CONFIG["update_Ks"])
        A, B, sa, sb, st = frac(a0), frac(b0), a0, b0, []
        for _ in range(L):
            k = k_fixed if rng.u() < 0.8 else rng.pick(CONFIG["update_Ks"])
            S = sum(rng.u() < phi for _ in range(k))
            lf = frac(l)
            A = lf * A + (1 - lf) * frac(a0) + S
            B = lf * B + (1 - lf) * frac(b0) + (k - S)
            na = rn32(lf * frac(sa) + (1 - lf) * frac(a0) + S)
            nb = rn32(lf * frac(sb) + (1 - lf) * frac(b0) + (k - S))
            mism += f32(l * sa + (1 - l) * a0 + S) != na
            mism += f32(l * sb + (1 - l) * b0 + (k - S)) != nb
            sa, sb = na, nb
            st.append([S, k, dec50(A), dbl(A), dec50(B), dbl(B), f32_bits(sa), f32_bits(sb)])
            steps += 1
        rows.append([exact_dec(a0), exact_dec(b0), exact_dec(l), st])
    emit("updates.json", {"digits": 50, "step_columns": ["successes", "trials", "alpha_dec", "alpha", "beta_dec",
                                           "beta", "alpha_f32_bits", "beta_f32_bits"],
                          "total_steps": steps,
                          "f64_then_round_differs_from_rounded_exact": mism},
         ["prior_alpha", "prior_beta", "discount", "steps"], rows,
         "Each row one datapoint, starting at its prior. alpha/beta: exact arithmetic from the start, "
         "never rounded. *_f32_bits: the state kept as float32, each step computed exactly from the "
         "float32 state and rounded once (nearest even); hex of the IEEE bits. "
         "f64_then_round_differs...: how often fround(l*a + (1-l)*a0 + S) in doubles gives other bits.")


def block_paper():
    rows = []
    for md in (0.5, 0.25, 0.125, 0.75):
        c = 1 - (1 / (mpf(md) * (1 - mpf(md))) - 1) / 6
        prev = {}
        for p in CONFIG["paper_powers"]:
            n = 2.0 ** p
            a, b = md * n, (1 - md) * n
            assert f32(a) == a and f32(b) == b
            v1, v8 = MI(a, b, 1), MI(a, b, CONFIG["paper_K"])
            for k, v in ((1, v1), (8, v8)):
                assert k not in prev or v < prev[k]       # decay in n at a fixed mean
                prev[k] = v
            ratio = 2 * (mpf(n) + 1) * v1
            if p >= 6:
                assert abs(n * (ratio - 1) - c) < 40 / mpf(n)
            rows.append([exact_dec(a), exact_dec(b)] + flat(pair(v1), pair(v8), pair(ratio),
                        pair(mpf(n) * (ratio - 1)), pair(c)))
    emit("paper_asymptotics.json", {"K_second": CONFIG["paper_K"]},
         ["alpha", "beta", "mi1_dec", "mi1", "miK_dec", "miK", "ratio_dec", "ratio",
          "scaled_dec", "scaled", "limit_dec", "limit"], rows,
         "n doubles at a fixed mean. ratio = 2(n+1) I_1 tends to 1; scaled = n (ratio - 1) tends to "
         "limit = 1 - (1/(m(1-m)) - 1)/6. mi1 and miK fall strictly from row to row at a fixed mean.")
    clear_caches()

    rows = []
    for a, b in CONFIG["chain_points"]:
        a, b = f32(a), f32(b)
        for K in CONFIG["chain_Ks"]:
            steps = []
            for j in range(K):
                p = pmf(mpf(a), mpf(b), j) if j else [mpf(1)]
                steps.append(mp.fsum(p[s] * MI(mpf(a) + s, mpf(b) + j - s, 1) for s in range(j + 1)))
            tot = MI(a, b, K)
            assert abs(mp.fsum(steps) - tot) < AGREE * tot
            assert all(x > y for x, y in zip(steps, steps[1:]))
            rows.append([exact_dec(a), exact_dec(b), K] + pair(tot)
                        + [[dec25(x) for x in steps], [dbl(x) for x in steps]])
    emit("chain_rule.json", {}, ["alpha", "beta", "K", "mi_dec", "mi", "step_dec", "step"], rows,
         "I_K = sum_{j<K} E[I_1(alpha + S_j, beta + j - S_j)], S_j beta-binomial in j trials. "
         "step[j] is the j-th expectation; strictly falling in j.")
    clear_caches()

    rows = []
    for a, b in CONFIG["evr_points"]:
        a, b = f32(a), f32(b)
        for k in CONFIG["evr_Ks"]:
            r = evr(a, b, k)
            assert r == evr_definition(a, b, k)
            n = frac(a) + frac(b); m = frac(a) / n
            if k == 1:
                assert r == m * (1 - m) / (n + 1) ** 2
            v0 = beta_var(frac(a), frac(b))
            rows.append([exact_dec(a), exact_dec(b), k] + flat(pair(r), pair(v0), pair(v0 - r)))
    emit("evr.json", {}, ["alpha", "beta", "K", "evr_dec", "evr", "prior_var_dec", "prior_var",
                          "expected_posterior_var_dec", "expected_posterior_var"], rows,
         "Exact rationals. evr = K m(1-m)/((n+1)(n+K)) = Var - sum_s P(s) Var_s, equality proved "
         "here in exact rational arithmetic for every row; K = 1 equals m(1-m)/(n+1)^2.")


def block_quadrature():
    """Definition-level check by numerical integration, independent of every closed form."""
    worst = mpf(0)
    keep = mp.dps
    for a, b, k in CONFIG["quad_points"]:
        mp.dps = 120
        ref = MI(a, b, k)
        mp.dps = 40
        B = mp.beta(a, b)
        P = [mp.binomial(k, s) * mp.beta(a + s, b + k - s) / B for s in range(k + 1)]

        def g(x):
            tot = mpf(0)
            for s in range(k + 1):
                q = mp.binomial(k, s) * x ** s * (1 - x) ** (k - s)
                if q > 0:
                    tot += q * mp.log(q / P[s])
            return x ** (a - 1) * (1 - x) ** (b - 1) / B * tot
        v = mp.quad(g, [0, 0.25, 0.5, 0.75, 1])
        worst = max(worst, abs(v - ref) / ref)
    mp.dps = keep
    assert worst < mpf(10) ** -20, worst
    clear_caches()
    return worst


def block_extremes():
    mp.dps = DPS_EXTREME
    clear_caches()
    vals = [f32(x) for x in CONFIG["extreme_values"]]
    rows = []
    for a in vals:
        for b in vals:
            for k in CONFIG["extreme_Ks"]:
                for e, u in ((3.0, 0.3), (1000.0, 0.0)):
                    rows.append(point_row(a, b, k, f32(e), f32(u)))
    emit("extremes.json", {}, POINT_COLS, rows,
         "Outside the promised domain: results must be finite, >= 0, never NaN; accuracy as documented. "
         "eta = 1000 underflows: the nearest double may be 0 while the decimal string is not.")
    clear_caches()
    mp.dps = DPS


ACQ_COLS = ["alpha", "beta", "K", "target"] + sum([[c + "_dec", c] for c in (
    "inverse_evidence", "expected_difficulty", "non_degenerate", "bernoulli_variance",
    "success_chance", "variance_reduction")], [])


def acquisition_row(a, b, k, target):
    A, B = frac(a), frac(b)
    n = A + B
    m = A / n
    p, rn = pmf_rational(a, b, k)
    assert sum(p) == rn       # so 1 - p_0 - p_K is the sum over 0 < s < K, 1 - p_0 that over s > 0
    mixed, success = Fraction(rn - p[0] - p[k], rn), Fraction(rn - p[0], rn)
    bern, r = A * B / (n * (n + 1)), evr(a, b, k)
    assert bern == m - (beta_var(A, B) + m * m)              # E[phi] - E[phi^2]
    assert k > 8 or r == evr_definition(a, b, k)
    assert k > 1 or (mixed == 0 and success == m)
    assert k != 2 or mixed == 2 * bern
    x, y = mpf(a), mpf(b)                                    # once more through log-gamma
    p0 = mp.exp(lnbeta(x, y + k) - lnbeta(x, y))
    pk = mp.exp(lnbeta(x + k, y) - lnbeta(x, y))
    for want, got in ((success, 1 - p0), (mixed, 1 - p0 - pk)):
        if want:
            want = mpf(want.numerator) / want.denominator
            d = abs(got - want) / want
            assert d < AGREE, ("rational and log-gamma disagree", a, b, k, d)
            STATS["worst_rational_rel_diff"] = max(STATS["worst_rational_rel_diff"], d)
    clear_caches()
    return ([exact_dec(a), exact_dec(b), k, exact_dec(target)]
            + flat(pair(1 / n), pair(-abs(m - frac(target))), pair(mixed), pair(bern),
                   pair(success), pair(r)))


def block_acquisitions(rng):
    (lo, hi), Ks, N = CONFIG["wide_range"], CONFIG["acq_Ks"], CONFIG["acq_rows"]
    C = [f32(x) for x in CONFIG["acq_corners"]]
    logu = lambda: rng.logu(lo, hi)
    lattice = lambda: 1.0 + rng.idx(65)
    K = lambda: rng.pick(Ks)
    target = lambda: f32(rng.pick([0, 0.25, 0.5, 1] + [rng.u()] * 4))
    nudged = lambda x: rng.pick([x, f32_next(x, True), f32_next(x, False)])
    groups = {"corners": [(a, b, k, target()) for a in C for b in C for k in Ks],
              "log_uniform": [(logu(), logu(), K(), target()) for _ in range(N["log_uniform"])],
              "lattice": [(lattice(), lattice(), K(), target()) for _ in range(N["lattice"])],
              "equal": [], "near_mean": [], "dyadic_mean": []}
    for _ in range(N["equal"]):
        a = logu()
        groups["equal"].append((a, a, K(), rng.pick([0.5, nudged(0.5), target()])))
    for _ in range(N["near_mean"]):
        g = rng.pick([logu, logu, lattice])
        a, b = g(), g()
        groups["near_mean"].append((a, b, K(), min(1.0, nudged(rn32(frac(a) / (frac(a) + frac(b)))))))
    for t in range(N["dyadic_mean"]):
        i, unit = 1 + rng.idx(1023), 2.0 ** (rng.idx(24) - 9)
        a, b = i * unit, (1024 - i) * unit
        groups["dyadic_mean"].append((nudged(a) if t % 2 else a, b, K(), i / 1024))
    emit("acquisitions.json", {"alpha_beta_range": [lo, hi], "groups": {g: len(v) for g, v in groups.items()}},
         ACQ_COLS, [acquisition_row(*x) for g in groups.values() for x in g],
         "Exact rationals; rows in the order of groups. inverse_evidence = 1/n; expected_difficulty = "
         "-|m - target|; non_degenerate = P(0 < S < K) = 1 - (alpha)_K/(n)_K - (beta)_K/(n)_K; "
         "bernoulli_variance = E[phi(1-phi)] = alpha beta/(n(n+1)); success_chance = P(S > 0) = "
         "1 - (beta)_K/(n)_K; variance_reduction = K m(1-m)/((n+1)(n+K)).")


WIDE_COLS = ["alpha", "beta", "K", "eta", "mu", "mi_dec", "mi", "weight_dec", "weight", "wmi_dec", "wmi"]


def block_wide(rng):
    (lo, hi), Ks, N = CONFIG["wide_range"], CONFIG["wide_Ks"], CONFIG["wide_rows"]
    big = [k for k in Ks if k >= 128]
    C = [f32(x) for x in CONFIG["wide_corners"]]
    T = [f32(x) for x in CONFIG["seams"]]
    T = [y for x in T for y in (f32_next(x, False), x, f32_next(x, True))]
    usual = (f32(3), f32(0.3))
    logu = lambda: rng.logu(lo, hi)
    lattice = lambda: 1.0 + rng.idx(257)
    K = lambda: rng.pick(rng.pick([Ks, Ks, big]))

    def etamu():
        e = rng.pick([0.0, 1e4] + [rng.logu(1e-3, 1e4)] * 6)
        u = f32(rng.pick([0, 1] + [rng.u()] * 6))
        return usual if rng.u() < 0.4 else (e, u)
    groups = {"corners": [(a, b, k) + etamu() for a in C for b in C for k in CONFIG["wide_corner_Ks"]],
              "log_uniform": [(logu(), logu(), K()) + etamu() for _ in range(N["log_uniform"])],
              "lattice": [(lattice(), lattice(), K()) + etamu() for _ in range(N["lattice"])],
              "seams": [(a, f32(b), CONFIG["seam_K"]) + usual for a in T for b in CONFIG["seam_partners"]]}
    rows, mis = [], {}
    for a, b, k, e, u in [x for g in groups.values() for x in g]:
        v, w = MI(a, b, k), weight(a, b, e, u)
        assert v < mp.log(k + 1)
        assert abs(v - mis.get((b, a, k), v)) < AGREE * v         # symmetry
        mis[a, b, k] = v
        rows.append([exact_dec(a), exact_dec(b), k, exact_dec(e), exact_dec(u)]
                    + flat(pair(v), pair(w), pair(v * w)))
        clear_caches()
    for a in C:
        for b in C:
            seq = [mis[a, b, k] for k in CONFIG["wide_corner_Ks"]]
            assert all(x < y for x, y in zip(seq, seq[1:]))
            assert all(v <= k * seq[0] for k, v in zip(CONFIG["wide_corner_Ks"][1:], seq[1:]))
    emit("wide.json", {"alpha_beta_range": [lo, hi], "groups": {g: len(v) for g, v in groups.items()}},
         WIDE_COLS, rows,
         "K up to 256, odd K, wide (eta, mu); rows in the order of groups. seams: alpha at, one float32 "
         "below and one above the usual algorithm switch points (no jump, no lost accuracy there). "
         "Large eta underflows: the nearest double may be 0 while the decimal string is not.")


def recheck(rng):
    """Same values again at twice the precision."""
    worst = mpf(0)
    for t in range(CONFIG["n_recheck"] + CONFIG["n_recheck_wide"]):
        a, b = rng.logu(1e-3, 1e7), rng.logu(1e-3, 1e7)
        k = rng.pick(CONFIG["Ks"] if t < CONFIG["n_recheck"] else CONFIG["wide_Ks"][-5:])
        mp.dps = DPS
        clear_caches(); v = mi_entropy_form(mpf(a), mpf(b), k)
        mp.dps = 2 * DPS
        clear_caches(); u = mi_entropy_form(mpf(a), mpf(b), k)
        worst = max(worst, abs(u - v) / u)
    mp.dps = DPS
    clear_caches()
    assert worst < mpf(10) ** -50, worst
    return worst


def main():
    os.makedirs(OUT, exist_ok=True)
    mp.dps = DPS
    rng = Rng(CONFIG["seed"])
    seeds = [rng.idx(2 ** 48) for _ in range(8)]
    block_special(Rng(seeds[0]))
    block_pmf(Rng(seeds[1]))
    block_updates(Rng(seeds[2]))
    block_paper()
    block_extremes()
    block_lattice()
    block_grid()
    block_random(Rng(seeds[4]))
    block_acquisitions(Rng(seeds[6]))
    block_wide(Rng(seeds[7]))
    rc = recheck(Rng(seeds[5]))
    qd = block_quadrature()
    doc = {"format": "beta-wmi-golden", "version": 1, "set": CONFIG["set"], "seed": CONFIG["seed"],
           "checks": {"mi_evaluations_with_both_forms": STATS["mi_evaluations"],
                      "worst_relative_difference_of_the_two_forms": mp.nstr(STATS["worst_two_form_rel_diff"], 3),
                      "worst_relative_difference_rational_to_log_gamma": mp.nstr(STATS["worst_rational_rel_diff"], 3),
                      "worst_relative_change_at_double_precision_of_working": mp.nstr(rc, 3),
                      "worst_relative_difference_to_quadrature": mp.nstr(qd, 3)},
           "files": FILES}
    with open(os.path.join(OUT, "manifest.json"), "w", encoding="utf-8", newline="\n") as f:
        json.dump(doc, f, indent=1)
        f.write("\n")
    print(json.dumps(doc["checks"]), sum(x["bytes"] for x in FILES), "bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
