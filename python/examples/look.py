"""A state in two pictures, as a notebook draws them: python3 look.py STATE PICTURE (with numpy and matplotlib)."""

from __future__ import annotations

import sys

import matplotlib
import numpy

from insight_wasm import read_state, score

matplotlib.use("Agg")
from matplotlib import pyplot


def main(state: str, picture: str) -> None:
    columns = read_state(state)
    seen = columns["visits"] > 0
    evidence = columns["alpha"] + columns["beta"]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")

    left.hist(columns["mean"][seen], bins=20, range=(0, 1), color="0.5")
    left.set(title=f"{seen.sum():,} of {len(seen):,} prompts visited", xlabel="mean of the posterior", ylabel="prompts")

    most = max(12.0, float(evidence.max()))
    means, totals = numpy.meshgrid(numpy.linspace(0.02, 0.98, 97), numpy.linspace(2, most, 80))
    values = numpy.reshape(score(means * totals, (1 - means) * totals), means.shape)
    right.pcolormesh(means, totals, values, shading="gouraud", cmap="viridis")
    right.plot(columns["mean"], evidence, "w.", markersize=4)
    right.set(title="score of the next group, and the prompts", xlabel="mean", ylabel="evidence", ylim=(2, most))

    figure.savefig(picture, dpi=100)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
