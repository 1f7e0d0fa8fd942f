"""The next prompts of a state, each with what the trainer has of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from .errors import InsightError

T = TypeVar("T")


class Chooser(Protocol):
    """What is needed of a Selector to choose."""

    def next(self, count: int) -> list[str]: ...
    def release(self, ids: Iterable[Any]) -> None: ...


def choose(selector: Chooser, count: int, known: Mapping[str, T]) -> list[tuple[str, T]]:
    """The ids of the next prompts, each with its value in `known`.

    Raises:
        InsightError: `unknown-id` if the state has a prompt that `known` lacks; then none is in flight for it.
    """
    ids = selector.next(count)
    lacking = [id for id in ids if id not in known]
    if lacking:
        selector.release(ids)
        reason = f"the state has a prompt {lacking[0]!r} that the data lack"
        raise InsightError("unknown-id", f"{reason}: give each data set its own state, also when a filter changes")
    return [(id, known[id]) for id in ids]
