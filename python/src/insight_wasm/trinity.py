"""Trinity-RFT: a selector of tasks. Tested with trinity-rft 0.6.0."""

from __future__ import annotations

import os
from collections.abc import Sequence
from glob import escape
from pathlib import Path
from typing import Any

from trinity.buffer.selector.selector import BaseSelector

from .choose import choose
from .columns import rows_and_ids, settings_of
from .selector import Selector


class InsightSelector(BaseSelector):  # type: ignore[misc]
    """`data_selector.selector_type: insight_wasm.trinity.InsightSelector`.

    `data_selector.kwargs` has `state`, the path of the state; `rollouts`, which is algorithm.repeat_times, as Trinity
    tells mean rewards only; `id`, a column with the ids of the tasks (by default an id is the number of the row);
    `group`, a column with their groups, for quotas; and settings of a Selector, as `discount`.
    """

    def __init__(self, data_source: Any, config: Any) -> None:
        super().__init__(data_source, config)
        given = dict(config.kwargs)
        for name in ("state", "rollouts"):
            if name not in given:
                raise ValueError(f"data_selector.kwargs.{name} is missing")
        self._rollouts: int = given["rollouts"]
        self._state = Path(given["state"])
        self._rows, ids = rows_and_ids(
            data_source.dataset, data_source.dataset_size, given.get("id"), given.get("group")
        )
        self._ids = list(self._rows)
        self.selector = Selector(self._state, ids, **settings_of(given, ["rollouts"]))
        self._named = ""  # the file that the JSON of the explorer names

    def get_indices(self, batch_size: int, return_extra_info: bool = False) -> Any:
        rows = [row for _, row in choose(self.selector, batch_size, self._rows)]
        return (rows, {}) if return_extra_info else rows

    def feedback(self, indices: Sequence[int], values: Sequence[float]) -> None:
        """Mean rewards of groups, each of so many successes as are nearest."""
        groups = {}
        for row, mean in zip(indices, values, strict=True):
            if not 0 <= mean <= 1:
                raise ValueError(
                    f"the mean reward of row {row} is {mean}: rewards must be those of success and failure"
                )
            successes = round(mean * self._rollouts)
            groups[self._ids[row]] = [1.0] * successes + [0.0] * (self._rollouts - successes)
        self.selector.observe(groups)

    def state_dict(self) -> dict[str, Any]:
        """The explorer keeps it as JSON: so the state is a file, beside the one in use, and this its path.

        That which the JSON names until it is written anew is kept too.
        """
        saved = self.selector.state_dict()
        offset: int = self.data_source.current_offset
        path = self._state.with_name(f"{self._state.name}.{offset:012d}.checkpoint")
        new = path.with_suffix(".new")
        new.write_bytes(saved["state"])
        os.replace(new, path)
        for old in path.parent.glob(f"{escape(self._state.name)}.{'[0-9]' * 12}.checkpoint"):
            if old.name not in (path.name, self._named):
                old.unlink()
        self._named = path.name
        return {"current_index": offset, "insight": str(path), "selections": saved["selections"]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """A new run gives no more than an index of 0: then the posteriors stay as they are."""
        self.data_source.current_offset = state_dict.get("current_index", 0)
        if "insight" in state_dict:
            path = Path(state_dict["insight"])
            state = path.read_bytes()
            self.selector.load_state_dict({"version": 1, "state": state, "selections": state_dict["selections"]})
            self._named = path.name
