"""Numbers and ids of numpy and torch as those of Python, without importing either."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from typing import Any


def to_id(value: Any) -> str:
    """An id as text: 7, "7" and numpy.int64(7) are the same."""
    if isinstance(value, str):
        return str(value)  # numpy.str_ too
    if not isinstance(value, bool):
        try:
            return str(operator.index(value))
        except TypeError:
            pass
    raise TypeError(f"an id is a string or an integer, got {value!r}")


def to_ids(values: Iterable[Any]) -> list[str]:
    if isinstance(values, (str, bytes)):
        raise TypeError(f"expected a list of ids, got {values!r}")
    return [to_id(value) for value in (to_plain(values) if hasattr(values, "tolist") else values)]


def to_group(value: Any) -> str:
    """The label of a prompt, empty for None."""
    if value is None:
        return ""
    try:
        return to_id(value)
    except TypeError:
        raise TypeError(f"a group is a string, an integer or None, got {value!r}") from None


def to_rewards(values: Any) -> list[float]:
    """The rewards of a group that were measured: None and NaN were not."""
    rewards = to_plain(values)
    if not isinstance(rewards, (list, tuple)):
        raise TypeError(f"expected a list of rewards, got {values!r}")
    plain = [to_plain(reward) for reward in rewards]
    for reward in plain:
        if reward is not None and (not isinstance(reward, (bool, int, float)) or math.isinf(reward)):
            raise ValueError(f"a reward is a finite number, None or NaN, got {reward!r}")
    return [float(reward) for reward in plain if reward is not None and not math.isnan(reward)]


def to_plain(value: Any) -> Any:
    """Arrays and tensors as lists, their scalars as numbers; anything else as it is."""
    if isinstance(value, (str, bytes, list, tuple, dict)):
        return value
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "item"):
        return value.item()
    if isinstance(value, Iterable):
        return list(value)
    return value
