#!/usr/bin/env python3
"""Prints the minimax coefficients of assembly/math, each with its error. Needs mpmath; 20 seconds.

Lawson's iteration: weighted least squares, the weights grown where the error is largest. A rational fit is made linear
by the denominator of the step before.
"""
from mpmath import cos, digamma, exp, log, lu_solve, matrix, mp, mpf, nstr, pi, sqrt

mp.dps = 80
POINTS = 300


def chebyshev(low, high):
    return [low + (high - low) * (1 - cos(pi * (i + mpf(1) / 2) / POINTS)) / 2 for i in range(POINTS)]


def fit(xs, target, weight, top, bottom=0, rounds=60):
    """Best target(x) ~ P(x) / Q(x): P of `top` coefficients, Q monic of degree `bottom`; error times weight(x)."""
    f = [target(x) for x in xs]
    w = [weight(x) for x in xs]
    lawson = [mpf(1)] * len(xs)
    q = [mpf(1)] * len(xs)
    best = None
    for _ in range(rounds):
        n = top + bottom
        A, B = matrix(n, n), matrix(n, 1)
        for i, x in enumerate(xs):
            s = sqrt(lawson[i]) * w[i] / q[i]
            row = [x ** k * s for k in range(top)] + [-f[i] * x ** k * s for k in range(bottom)]
            rhs = (f[i] * x ** bottom if bottom else f[i]) * s
            for a in range(n):
                B[a] += row[a] * rhs
                for b in range(n):
                    A[a, b] += row[a] * row[b]
        c = lu_solve(A, B)
        P, Q = [c[k] for k in range(top)], [c[top + k] for k in range(bottom)] + [mpf(1)]
        q = [sum(Q[k] * x ** k for k in range(len(Q))) for x in xs]
        error = [abs(sum(P[k] * x ** k for k in range(top)) / q[i] - f[i]) * w[i] for i, x in enumerate(xs)]
        worst = max(error)
        if best is None or worst < best[0]:
            best = worst, P, Q
        lawson = [lawson[i] * (error[i] / worst + mpf("1e-3")) for i in range(len(xs))]
        most = max(lawson)
        lawson = [x / most for x in lawson]
    return best


def show(name, result):
    worst, P, Q = result
    print(name, "error", nstr(worst, 3))
    print("  P", [nstr(c, 20) for c in P])
    if len(Q) > 1:
        print("  Q", [nstr(c, 20) for c in Q])


# log2.ts: log2 m = z (2 / ln 2 + w Q(w)), w = z^2, 2 / ln 2 as a double; relative error.
edge = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
lead = mpf(float(2 / log(2)))
over_z = lambda w: log((1 + sqrt(w)) / (1 - sqrt(w))) / sqrt(w) / log(2)
show("log2", fit(chebyshev(mpf("1e-12"), edge), lambda w: (over_z(w) - lead) / w, lambda w: w / over_z(w), 3))

# exp2.ts: 2^r = 1 + r Q(r); relative error.
show("exp2", fit(chebyshev(-mpf(1) / 2, mpf(1) / 2), lambda r: (2 ** r - 1) / r, lambda r: abs(r) / 2 ** r, 7))

# exp-digamma.ts: exp(psi(x + 1)) = x + 1/2 + P(x) / Q(x), x >= 0; absolute error.
xs = [1 / t - 1 for t in chebyshev(mpf(0), mpf(1))]
show("exp-digamma", fit(xs, lambda x: exp(digamma(x + 1)) - x - mpf(1) / 2, lambda x: mpf(1), 5, 5))
