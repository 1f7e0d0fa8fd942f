"""slime: a source of samples, and what observes all of them. Written for the data source of August 2026."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from slime.rollout.data_source import RolloutDataSourceWithBuffer

from .choose import choose
from .plain import to_id
from .selector import Selector

ID = "insight_id"
"""In the metadata of a sample: which prompt it is of."""


class InsightDataSource(RolloutDataSourceWithBuffer):  # type: ignore[misc]
    """`--data-source-path insight_wasm.slime.InsightDataSource`.

    slime has no flags for what it does not know. The environment has INSIGHT_STATE, the path of the state;
    INSIGHT_DISCOUNT; and INSIGHT_ID, a field of the metadata with the ids of the prompts (by default an id is the
    number of the row). A subclass may give other settings to the Selector: override `make_selector`.
    """

    def __init__(self, args: Any) -> None:
        super().__init__(args)
        if self.dataset is None:
            raise ValueError("insight_wasm needs --prompt-data and --rollout-global-dataset")
        field = os.environ.get("INSIGHT_ID")
        self._samples: dict[str, Any] = {}
        for row, sample in enumerate(self.dataset.origin_samples):
            id = to_id(row if field is None else sample.metadata[field])
            if id in self._samples:
                raise ValueError(f"two rows have the id {id!r}")
            sample.metadata = {**(sample.metadata or {}), ID: id}
            self._samples[id] = sample
        self.selector = self.make_selector(list(self._samples))
        self._given: set[str] = set()
        self._lock = threading.Lock()  # of the buffer, of what is given, and of the offset of slime's data source

    def make_selector(self, ids: list[str]) -> Selector:
        discount = os.environ.get("INSIGHT_DISCOUNT")
        state = os.environ.get("INSIGHT_STATE")
        if state is None:
            raise ValueError("INSIGHT_STATE=PATH says where the posteriors are kept")
        return Selector(state, ids, discount=None if discount is None else float(discount))

    def get_samples(self, num_samples: int) -> list[list[Any]]:
        """Groups that were aborted first, then those that are chosen."""
        with self._lock:
            groups: list[list[Any]] = self._get_samples_from_buffer(num_samples)
            missing = num_samples - len(groups)
            if missing > 0:
                chosen = choose(self.selector, missing, self._samples)
                self._given.update(id for id, _ in chosen)
                self.dataset.samples, self.sample_offset = [sample for _, sample in chosen], 0
                groups += super(RolloutDataSourceWithBuffer, self).get_samples(missing)  # without the buffer
            return groups

    def add_samples(self, samples: list[list[Any]]) -> None:
        with self._lock:
            super().add_samples(samples)

    def observe(self, groups: list[list[Any]]) -> None:
        """The outcomes of groups that ended."""
        rewards: dict[str, list[float]] = {}
        for sample in _flat(groups):
            rewards.setdefault(sample.metadata[ID], []).append(sample.get_reward_value(self.args))
        with self._lock:
            self.selector.observe(rewards)
            self._given -= rewards.keys()

    def end_rollout(self) -> None:
        """What was given for a rollout and did not end is released, unless it goes on."""
        if not getattr(self.args, "partial_rollout", False):
            with self._lock:
                self.selector.release(self._given)
                self._given.clear()

    def save(self, rollout_id: Any) -> None:
        saved = self.selector.state_dict()
        path = self._checkpoint(self.args.save, rollout_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_bytes(saved["state"])
        os.replace(new, path)
        self.metadata["insight_selections"] = saved["selections"]  # which slime saves
        super().save(rollout_id)

    def load(self, rollout_id: Any = None) -> None:
        super().load(rollout_id)
        path = None if self.args.load is None else self._checkpoint(self.args.load, rollout_id)
        if path is not None and path.exists():
            saved = {"version": 1, "state": path.read_bytes(), "selections": self.metadata["insight_selections"]}
            self.selector.load_state_dict(saved)
            self._given.clear()

    def _checkpoint(self, folder: str, rollout_id: Any) -> Path:
        return Path(folder) / "rollout" / f"insight_{rollout_id}.iws"


def observe(args: Any, all_samples: list[list[Any]], data_source: Any) -> None:
    """`--rollout-all-samples-process-path insight_wasm.slime.observe`: also what a filter dropped is observed."""
    source = getattr(data_source, "__self__", data_source)  # slime gives the method get_samples
    source.observe(all_samples)
    source.end_rollout()


def _flat(groups: list[Any]) -> list[Any]:
    """Samples of groups, whose rollouts may be lists of several samples: the last one has the reward."""
    return [one[-1] if isinstance(one, list) else one for group in groups for one in group]
