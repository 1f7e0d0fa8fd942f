"""prime-rl: a sampler of tasks. Written for prime-rl 0.8.0 and verifiers 0.4.0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from prime_rl.orchestrator.curriculum import base
from prime_rl.orchestrator.curriculum.samplers.base import TaskSampler

from .choose import choose
from .plain import to_id
from .selector import Selector


class InsightSampler(TaskSampler):  # type: ignore[misc]
    """The next task, one at a time, hundreds of which may be in flight.

    Args:
        tasks: a finite set, whose keys are the ids of the state.
        state: path of the state; `settings` are those of a Selector. prime-rl does not tell when it drops a group that
            is too old, so `hold_seconds` says when it is forgotten here.
    """

    def __init__(
        self, tasks: Sequence[Any] | Iterator[Any], state: str, *, hold_seconds: float = 3600, **settings: Any
    ) -> None:
        if not isinstance(tasks, Sequence):
            raise ValueError("a stream of tasks has no order to choose: the task set must be finite")
        self._tasks = {to_id(task.key): task for task in tasks}
        if len(self._tasks) < len(tasks):
            raise ValueError(f"{len(tasks):,} tasks have only {len(self._tasks):,} keys")
        self.selector = Selector(state, list(self._tasks), hold_seconds=hold_seconds, **settings)

    def __next__(self) -> Any:
        ((_, task),) = choose(self.selector, 1, self._tasks)
        return task

    def observe(self, group: list[Any]) -> None:
        """Rewards of the agent that is trained; a group without any is in flight no longer."""
        rewards = [
            trace.reward
            for episode in group
            for trace in episode.traces
            if not trace.has_error and trace.agent.trainable
        ]
        self.selector.observe({group[0].task.key: rewards})

    def state_dict(self) -> dict[str, Any]:
        return self.selector.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.selector.load_state_dict(state_dict)

    def metrics(self) -> dict[str, float]:
        metrics = self.selector.metrics()
        return {name: float(metrics[name]) for name in ("coverage", "held", "late", "expired")}


def install(*states: str, **settings: Any) -> None:
    """Lets the curricula that are made from now on sample by InsightSamplers, as the configuration of prime-rl names
    only samplers of its own. Call it before the orchestrator starts.

    Args:
        states: paths, one for each training environment, in the order of the configuration.
        settings: of InsightSampler.
    """
    made = base.Curriculum.__init__
    rest = iter(states)

    def init(self: Any, config: Any, tasks: Any) -> None:
        made(self, config, tasks)
        state = next(rest, None)
        if state is None:
            raise ValueError(f"install has {len(states)} states, and there are more environments: give each its own")
        self.sampler = InsightSampler(tasks, state, **settings)

    base.Curriculum.__init__ = init
