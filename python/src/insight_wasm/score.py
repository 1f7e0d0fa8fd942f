"""Scores of posteriors, for notebooks."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from typing import Any

from .errors import InsightError
from .plain import to_plain
from .process import Ended, Process
from .program import find_program

_MOST = 2**20  # posteriors of a request, which has at most 64 MiB


def score(alpha: Any, beta: Any, *, command: Sequence[str] | None = None, **acquisition: Any) -> list[float]:
    """What a selection would score posteriors Beta(alpha, beta), rounded to float32.

    Args:
        alpha, beta: lists or arrays of the same length, of any shape that numpy can flatten.
        acquisition: its kind and parameters, as in docs/serve.md; the default is InSight's weighted mutual information.
        command: as of Selector.

    Example:
        >>> score([1, 4], [1, 4], kind="bernoulli-variance")
        [0.1666666716337204, 0.2222222238779068]
    """
    a, b = (_flat(values) for values in (alpha, beta))
    scores: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            process = Process([*(command or find_program()), "serve", "--state", os.path.join(folder, "none.iws")])
            try:
                for i in range(0, max(1, len(a)), _MOST):
                    request = {"op": "score", "alpha": a[i : i + _MOST], "beta": b[i : i + _MOST]}
                    scores += process.ask(request | ({"acquisition": acquisition} if acquisition else {}))["scores"]
            finally:
                process.kill()
        except Ended as error:
            raise InsightError("ended", f"insight-wasm {error}") from None
    return scores


def _flat(values: Any) -> list[float]:
    plain: list[float] = to_plain(values.reshape(-1) if hasattr(values, "reshape") else values)
    return plain
