"""verl: a data set whose next rows are chosen, and a replay buffer that observes each group. Tested with verl 0.9.1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import transfer_queue
from verl.trainer.ppo.v1.replay_buffer import ReplayBuffer, ReplayBufferAsync
from verl.utils.dataset.rl_dataset import RLHFDataset

from .choose import choose
from .columns import rows_and_ids, settings_of
from .errors import InsightError
from .plain import to_id
from .selector import Selector

ID = "insight_id"
"""The column of a batch that says which prompt a row is of."""
_TRAIN = "train"  # the partition of the transfer queue

_selector: Selector | None = None  # of the data set of training, for the replay buffer in the same process


class InsightDataset(RLHFDataset):  # type: ignore[misc]
    """`data.custom_cls`: rows of the training files in the order in which a Selector chooses them.

    `data.insight` has `state`, the path of the state; `id`, a column with the ids of the prompts (by default an id is
    the number of the row, which is that of another prompt if the files or the filters change); `group`, a column with
    their groups, for quotas; and settings of a Selector, as `discount`. Files of validation are read in their order.
    """

    def __init__(self, data_files: str | Sequence[str], *args: Any, config: Any, **named: Any) -> None:
        super().__init__(data_files, *args, config=config, **named)
        global _selector
        self._insight: Selector | None = None
        files, train, val = _files(data_files), _files(config.get("train_files")), _files(config.get("val_files"))
        if files != train or (train == val and _selector is not None):
            return  # validation: its data set is made second
        if config.get("dataloader_num_workers", 0) != 0:
            raise ValueError(
                "data.dataloader_num_workers must be 0: a worker would choose batches before outcomes are in"
            )
        insight = {str(name): _plain(value) for name, value in (config.get("insight") or {}).items()}
        if "state" not in insight:
            raise ValueError("+data.insight.state=PATH says where the posteriors are kept")
        self._rows, ids = rows_and_ids(self.dataframe, len(self), insight.get("id"), insight.get("group"))
        if _selector is not None:
            _selector.close()
        _selector = self._insight = Selector(insight["state"], ids, **settings_of(insight, ()))

    def __getitem__(self, item: int) -> dict[str, Any]:
        return self.__getitems__([item])[0]

    def __getitems__(self, items: Sequence[int]) -> list[dict[str, Any]]:
        """As many rows as `items`, which says no more than how many."""
        if self._insight is None:
            return [super(InsightDataset, self).__getitem__(item) for item in items]
        chosen = choose(self._insight, len(items), self._rows)
        return [{**super(InsightDataset, self).__getitem__(row), ID: id} for id, row in chosen]

    def on_batch_end(self, batch: Any) -> None:
        """Called by the trainer before V1, with the rows that it trained on."""
        if self._insight is not None:
            scores = batch.batch["token_level_scores"].sum(-1).tolist()
            self._insight.observe(_groups(zip(batch.non_tensor_batch[ID], scores, strict=True)))

    def state_dict(self) -> dict[str, Any]:
        """What data.pt has of this data set."""
        return {} if self._insight is None else self._insight.state_dict()

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        if self._insight is not None:
            self._insight.load_state_dict(saved)


class _Observing:
    """A replay buffer that observes a group when it leaves: to be trained on, or evicted."""

    partitions: dict[str, dict[str, dict[str, Any]]]
    prompt_global_steps: dict[str, dict[str, int]]

    def __init__(self, *args: Any, sampler_kwargs: Any = None, **named: Any) -> None:
        # verl hands its filter settings to its own buffers only: these come by sampler_kwargs.
        given = {str(name): _plain(value) for name, value in (sampler_kwargs or {}).items()}
        super().__init__(*args, sampler_kwargs=sampler_kwargs, **named, **given)  # type: ignore[call-arg]

    def _materialize_batch(self, partition_id: str, selected_prompt_uids: list[str], partition_snapshot: Any) -> Any:
        self._observe(partition_id, selected_prompt_uids)
        return super()._materialize_batch(partition_id, selected_prompt_uids, partition_snapshot)  # type: ignore[misc]

    def _clear_groups(self, partition_id: str, uids: set[str]) -> None:
        self._observe(partition_id, uids)
        super()._clear_groups(partition_id, uids)  # type: ignore[misc]

    def _observe(self, partition_id: str, uids: Iterable[str]) -> None:
        selector = _selector
        if partition_id != _TRAIN or selector is None:
            return
        wanted = set(uids)
        last: dict[tuple[str, str], tuple[int, str]] = {}  # outputs of one session have one reward: that of the last
        for key in self.partitions[partition_id]:
            uid, session, output = key.rsplit("_", 2)
            if uid in wanted:
                last[uid, session] = max(last.get((uid, session), (-1, "")), (int(output), key))
        if not last:
            return
        steps = self.prompt_global_steps[partition_id]
        data = transfer_queue.kv_batch_get(
            keys=[key for _, key in last.values()], partition_id=partition_id, select_fields=[ID, "rm_scores"]
        )
        if "rm_scores" not in data.keys():  # noqa: SIM118 (no dict)
            raise InsightError("refused", "no rm_scores yet: a colocated reward model scores after sampling, too late")
        of_step: dict[int | None, list[tuple[str, float]]] = {}
        for (uid, _), id, scores in zip(last, list(data[ID]), list(data["rm_scores"]), strict=True):
            of_step.setdefault(steps.get(uid), []).append((str(getattr(id, "data", id)), float(scores.sum())))
        for step, rewards in of_step.items():
            selector.observe(_groups(rewards), step=step)


class InsightReplayBuffer(_Observing, ReplayBuffer):  # type: ignore[misc]
    """`trainer.v1.sampler.custom_sampler` of the mode `sync`."""


class InsightReplayBufferAsync(_Observing, ReplayBufferAsync):  # type: ignore[misc]
    """`trainer.v1.sampler.custom_sampler` of the other modes."""


def _groups(rewards: Iterable[tuple[Any, float]]) -> dict[str, list[float]]:
    groups: dict[str, list[float]] = {}
    for id, reward in rewards:
        groups.setdefault(to_id(id), []).append(reward)
    return groups


def _files(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else [str(file) for file in given or []]


def _plain(value: Any) -> Any:
    """Lists and dictionaries of OmegaConf as those of Python."""
    if hasattr(value, "items"):
        return {str(name): _plain(each) for name, each in value.items()}
    if hasattr(value, "__iter__") and not isinstance(value, str):
        return [_plain(each) for each in value]
    return value
