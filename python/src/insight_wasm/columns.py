"""The ids of a data set, as the configuration of a trainer names them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .plain import to_id


def rows_and_ids(
    dataset: Any, size: int, id: str | None, group: str | None
) -> tuple[dict[str, int], list[str] | dict[str, str]]:
    """The row of each id, and the `ids` of a Selector.

    Args:
        dataset: gives a column by its name.
        size: its number of rows.
        id: the column with the ids; None: an id is the number of a row.
        group: the column with the groups, for quotas; None: there are none.
    """
    ids = [to_id(value) for value in (range(size) if id is None else dataset[id])]
    rows = {value: row for row, value in enumerate(ids)}
    if len(rows) < len(ids):
        raise ValueError(f"id: {len(ids):,} rows have only {len(rows):,} ids in the column {id!r}")
    if group is None:
        return rows, ids
    return rows, dict(zip(ids, map(str, dataset[group]), strict=True))


def settings_of(given: Mapping[str, Any], others: Iterable[str]) -> dict[str, Any]:
    """What of a configuration a Selector takes; `others` is what else may be in it."""
    return {name: value for name, value in given.items() if name not in (*others, "state", "id", "group")}
