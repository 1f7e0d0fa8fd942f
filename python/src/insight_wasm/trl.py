"""TRL: a GRPOTrainer that asks which prompts come next, and tells what became of them. Tested with TRL 1.16.0."""

from __future__ import annotations

import os
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import torch
from accelerate.utils import broadcast_object_list, gather_object
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR

from .choose import Chooser as _Chooser
from .choose import choose
from .content_key import content_key
from .errors import InsightError
from .plain import to_id

T = TypeVar("T")

CHECKPOINT = "insight.pt"
_METRICS = {"coverage": "coverage", "expectedWaste": "expected_waste", "realisedWaste": "realised_waste"}


class Chooser(_Chooser, Protocol):
    """What is needed of a Selector."""

    def observe(self, groups: Mapping[str, Sequence[float]], step: float | None) -> None: ...
    def metrics(self) -> dict[str, Any]: ...
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, saved: dict[str, Any]) -> None: ...


class InsightMixin:
    """In front of GRPOTrainer, or of a class that is made of it, it replaces the prompts of each generation.

    >>> class Trainer(InsightMixin, GRPOTrainer): ...                                                  # doctest: +SKIP
    >>> trainer = Trainer(model=model, reward_funcs=accuracy, args=args, train_dataset=dataset)        # doctest: +SKIP
    >>> trainer.select_with(Selector("pool.iws", ids=dataset["id"], discount=0.9))                     # doctest: +SKIP
    """

    _insight: _Insight | None = None

    def select_with(
        self: Any, selector: Chooser, *, id: str = "id", hash: Sequence[str] | None = None, reward: str | None = None
    ) -> None:
        """From now on `selector` chooses the prompts of training, and observes their rewards.

        All processes call this; only the main one uses the selector. A checkpoint has its state, so call this before
        `train(resume_from_checkpoint=...)`. If completions are logged, they get the columns insight_id, insight_step
        and mode, and each rollout is in one file: `insight-wasm ingest` reads what was observed.

        Args:
            id: column of train_dataset with the ids of the prompts.
            hash: columns whose content_key is the id, where there is no such column.
            reward: name of the reward function that says what a success is. None: the only one.

        Raises:
            ValueError: for a data set or a reward function that does not fit.
        """
        names = list(self.reward_func_names)
        if reward is None and len(names) > 1:
            raise ValueError(f"reward= says which of the reward functions counts: {', '.join(names)}")
        if reward is not None and reward not in names:
            raise ValueError(f"reward expected one of {', '.join(names)}, got {reward!r}")
        self._insight = _Insight(selector, _to_rows(self.train_dataset, id, hash), names.index(reward or names[0]))
        for queue, put in _queues(self._logs):
            put(deque(queue))  # without an end: `log` takes out what a file has
        for name in ("rewards", "extra"):
            self._logs[name].default_factory = deque

    def _generate_and_score_completions(self: Any, inputs: list[dict[str, Any]]) -> Any:
        insight = self._insight
        if insight is None or not self.model.training:
            return super()._generate_and_score_completions(inputs)  # type: ignore[misc]
        mine = self.accelerator.process_index * len(inputs)
        count = self.accelerator.num_processes * len(inputs) // self.num_generations
        groups = _on_main(self.accelerator, lambda: choose(insight.selector, count, insight.rows))
        chosen = [each for each in groups for _ in range(self.num_generations)][mine : mine + len(inputs)]
        insight.ids = [id for id, _ in chosen]
        rows = [dict(self.train_dataset[row]) for _, row in chosen]
        return super()._generate_and_score_completions(rows)  # type: ignore[misc]

    def _calculate_rewards(self: Any, inputs: list[dict[str, Any]], *args: Any, **named: Any) -> torch.Tensor:
        rewards: torch.Tensor = super()._calculate_rewards(inputs, *args, **named)  # type: ignore[misc]
        insight = self._insight
        if insight is None:
            return rewards
        is_training, step = self.model.training, self.state.global_step + 1
        self._log_completion_extra("insight_id", insight.ids if is_training else [None] * len(inputs))
        self._log_completion_extra("insight_step", [step] * len(inputs))
        self._log_completion_extra("mode", ["train" if is_training else "eval"] * len(inputs))
        if is_training:
            ids = gather_object(insight.ids)
            metrics = _on_main(self.accelerator, lambda: insight.observe(ids, rewards, step))
            for name, value in metrics.items():
                self._metrics["train"][f"insight/{name}"].append(value)
        return rewards

    def log(self: Any, logs: dict[str, float], *args: Any, **named: Any) -> None:
        insight = self._insight
        if insight is None or not self.log_completions:
            return super().log(logs, *args, **named)  # type: ignore[misc,no-any-return]
        if self.state.global_step != insight.logged_step:  # else the file of this step is written anew, with all of it
            for queue, _ in _queues(self._logs):
                for _ in range(min(insight.logged, len(queue))):
                    queue.popleft()
            insight.logged = 0
        self.log_completions = len(self._logs["prompt"]) > 0
        try:
            super().log(logs, *args, **named)  # type: ignore[misc]
        finally:
            self.log_completions = True
        insight.logged_step, insight.logged = self.state.global_step, len(self._logs["prompt"])

    def _save_checkpoint(self: Any, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)  # type: ignore[misc]
        insight = self._insight
        if insight is not None:
            folder = f"{PREFIX_CHECKPOINT_DIR}-{self.state.global_step}"
            path = os.path.join(self._get_output_dir(trial=trial), folder, CHECKPOINT)
            _on_main(self.accelerator, lambda: torch.save(insight.selector.state_dict(), path))

    def _load_optimizer_and_scheduler(self: Any, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)  # type: ignore[misc]
        insight = self._insight
        if insight is not None and checkpoint is not None:
            _on_main(self.accelerator, lambda: insight.load(os.path.join(checkpoint, CHECKPOINT)))


class _Insight:
    """What a trainer knows of its selector."""

    def __init__(self, selector: Chooser, rows: Mapping[str, int], reward: int) -> None:
        self.selector, self.rows = selector, rows
        self._reward = reward
        self.ids: list[str] = []  # of the rows that this process generates for
        self.logged_step, self.logged = -1, 0  # of the last file of completions, and rows at the queue's start in it

    def observe(self, ids: Sequence[str], rewards: torch.Tensor, step: int) -> dict[str, float]:
        """What to plot after it, by name."""
        groups: dict[str, list[float]] = {}
        for id, reward in zip(ids, rewards[:, self._reward].tolist(), strict=True):
            groups.setdefault(id, []).append(reward)
        self.selector.observe(groups, step=step)
        metrics = self.selector.metrics()
        return {name: metrics[key] for key, name in _METRICS.items() if metrics.get(key) is not None}

    def load(self, path: str) -> None:
        if os.path.exists(path):
            self.selector.load_state_dict(torch.load(path, weights_only=True))
        else:
            warnings.warn(f"{path} is missing: the posteriors go on as they are", stacklevel=2)


def _on_main(accelerator: Any, work: Callable[[], T]) -> T:
    """What `work` gives on the main process, for all processes, which wait for it: so an error of it ends them all."""
    box: list[Any] = [None, None]
    failed: Exception | None = None
    if accelerator.is_main_process:
        try:
            box[0] = work()
        except Exception as error:
            failed = error
            is_ours = isinstance(error, InsightError)  # others may have no pickle that can be read
            box[1] = error if is_ours else InsightError("failed", f"{type(error).__name__}: {error}")
    broadcast_object_list(box)
    if box[1] is not None:
        raise failed or box[1]
    result: T = box[0]
    return result


def _to_rows(dataset: Any, id: str, hash: Sequence[str] | None) -> dict[str, int]:
    """The first row of each id."""
    columns = [id] if hash is None else list(hash)
    if not hasattr(dataset, "__len__"):
        raise ValueError("train_dataset is a stream: prompts can be chosen only from one whose rows have numbers")
    lacking = [column for column in columns if column not in dataset.column_names]
    if lacking:
        has = ", ".join(dataset.column_names)
        raise ValueError(
            f"train_dataset has no column {', '.join(lacking)}, but {has}: id= or hash= names what is there"
        )
    values = zip(*(dataset[column] for column in columns), strict=True)
    ids = [to_id(value[0]) if hash is None else content_key(*value) for value in values]
    return {id: len(ids) - 1 - i for i, id in enumerate(reversed(ids))}


def _queues(logs: dict[str, Any]) -> Iterator[tuple[deque[Any], Any]]:
    """The queues of what TRL logs, each with what puts another in its place."""
    for owner in (logs, logs["rewards"], logs["extra"]):
        for name in list(owner):
            if isinstance(owner[name], deque):
                yield owner[name], lambda queue, owner=owner, name=name: owner.__setitem__(name, queue)
