"""A state as columns, for notebooks."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .program import run

if TYPE_CHECKING:
    import numpy


def read_state(
    path: str | os.PathLike[str], *, command: Sequence[str] | None = None
) -> dict[str, numpy.ndarray[Any, Any]]:
    """The posteriors of a state, as it is on the disk: also while a trainer has it open.

    Returns:
        Columns of numpy, in the order of the state: id and group as objects, alpha, beta and mean as float64, visits as
        int64, and step as float64, the latest of the prompt, NaN if it was never visited.

    Raises:
        InsightError: if there is no state that can be read.

    Example:
        >>> columns = read_state("pool.iws")                                                           # doctest: +SKIP
        >>> pandas.DataFrame(columns).groupby("visits")["mean"].describe()                             # doctest: +SKIP
    """
    import numpy

    lines = run(["state", "export", "--state", os.fspath(path)], command=None if command is None else tuple(command))
    rows = [json.loads(line) for line in lines.split("\n") if line]  # splitlines would split ids with a U+2028 too

    def column(name: str, kind: Any, default: Any = None) -> numpy.ndarray[Any, Any]:
        return numpy.array([default if row.get(name) is None else row[name] for row in rows], dtype=kind)

    alpha, beta = column("alpha", numpy.float64), column("beta", numpy.float64)
    return {
        "id": column("id", object),
        "group": column("group", object),
        "alpha": alpha,
        "beta": beta,
        "mean": alpha / (alpha + beta),
        "visits": column("visits", numpy.int64, 0),
        "step": column("step", numpy.float64, numpy.nan),
    }
