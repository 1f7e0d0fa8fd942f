"""The same work in numpy and scipy, for bench/peers.mjs: a job a line on stdin, its seconds of CPU time a line on stdout."""
import sys
import time

import numpy as np
import scipy
from scipy.special import betaln, comb, psi

folder, count, eta, mu = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
K = 8
CHUNK = 16384  # the fastest of the powers of two: temporaries stay in the cache

alpha = np.fromfile(folder + "/alpha.f32", np.float32)
beta = np.fromfile(folder + "/beta.f32", np.float32)
scores = np.empty_like(alpha)


def weight(m):
    return m * (1 - m) * np.exp(-eta * (m - mu) ** 2)


def one_pass(a, b):
    """Mutual information with a digamma of alpha, beta and n, and K + 1 logarithms: no entropy, no lgamma."""
    n = a + b
    psi_a, psi_b, psi_n = psi(a + 1), psi(b + 1), psi(n + 1)
    rising_a, rising_b, rising_n = [np.ones_like(a)], [np.ones_like(b)], np.ones_like(n)
    for i in range(K):
        rising_a.append(rising_a[-1] * (a + i))
        rising_b.append(rising_b[-1] * (b + i))
        rising_n *= n + i
    total = np.zeros_like(a)
    for s in range(K + 1):
        q = rising_a[s] * rising_b[K - s] / rising_n
        total -= comb(K, s) * q * (np.log(q) + K * psi_n - s * psi_a - (K - s) * psi_b)
    return total


def entropy(a, b):
    return betaln(a, b) - (a - 1) * psi(a) - (b - 1) * psi(b) + (a + b - 2) * psi(a + b)


def textbook(a, b):
    """Eq. 11 to 13 term by term."""
    total = entropy(a, b)
    for s in range(K + 1):
        p = comb(K, s) * np.exp(betaln(a + s, b + K - s) - betaln(a, b))
        total -= p * entropy(a + s, b + K - s)
    return total


def score(information, most):
    for at in range(0, most, CHUNK):
        a = alpha[at : at + CHUNK].astype(np.float64)
        b = beta[at : at + CHUNK].astype(np.float64)
        scores[at : at + CHUNK] = weight(a / (a + b)) * information(a, b)


def top():
    best = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    return best[np.lexsort((best, -scores[best]))]


def step():
    score(one_pass, len(alpha))
    best = top()
    successes = (best * 7 % 9).astype(np.float32)
    alpha[best] = 0.9 * alpha[best] + 0.1 + successes
    beta[best] = 0.9 * beta[best] + 0.1 + (8 - successes)


JOBS = {
    "one-pass": lambda: score(one_pass, len(alpha)),
    "textbook": lambda: score(textbook, min(len(alpha), 4 * CHUNK)),
    "top": top,
    "step": step,
}

print(f"Python {sys.version.split()[0]}, numpy {np.__version__}, scipy {scipy.__version__}", flush=True)
for line in sys.stdin:
    job = line.strip()
    if job == "save":
        scores.tofile(folder + "/scores.f32")
        print(0, flush=True)
        continue
    start = time.process_time()
    JOBS[job]()
    print(time.process_time() - start, flush=True)
