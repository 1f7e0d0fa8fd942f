"""tinker-cookbook: a data set of environment groups. Tested with tinker-cookbook 0.6.1."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any
from weakref import finalize

from tinker_cookbook.rl.rollout_limits import TerminationRewardPolicy
from tinker_cookbook.rl.types import Env, EnvGroupBuilder, Metrics, RLDataset, Trajectory

from .choose import choose
from .plain import to_ids
from .selector import Selector


class InsightDataset(RLDataset):  # type: ignore[misc]
    """Groups of environments in the order in which a Selector chooses them.

    Args:
        builders: one of each prompt.
        selector: it knows the prompts by `ids`. If rollouts run in other processes, it must be one of
            `insight_wasm.ray.actor`.
        batch_size: groups of a batch.
        batches: of an epoch. None: so many that each builder could come once.
        ids: of the builders. None: their numbers.
        termination: that of the trainer's configuration, `effective_termination()`: rollouts that it clamps to zero
            are no success.
    """

    def __init__(
        self,
        builders: Sequence[EnvGroupBuilder],
        selector: Selector,
        batch_size: int,
        *,
        batches: int | None = None,
        ids: Iterable[Any] | None = None,
        termination: TerminationRewardPolicy | None = None,
    ) -> None:
        self._builders = dict(zip(to_ids(range(len(builders)) if ids is None else ids), builders, strict=True))
        if len(self._builders) < len(builders):
            raise ValueError(f"{len(builders):,} builders have only {len(self._builders):,} ids")
        self.selector = selector
        self._batch_size, self._batches = batch_size, batches or len(builders) // batch_size
        self._step: float | None = None
        self._zeroes = frozenset[str]()
        if termination is not None and termination.zero_reward_on_limit:
            self._zeroes = frozenset(termination.limit_stop_reasons)
        self._unused: deque[str] = deque()  # ids of builders that were thrown away before they made an environment

    def get_batch(self, index: int) -> Sequence[EnvGroupBuilder]:
        """The next batch. `index` begins anew in each epoch, so batches are counted here, from where the state is."""
        last = self.selector.call("hello")["step"] or 0 if self._step is None else self._step
        self._step = last + 1
        if self._unused:
            self.selector.release([self._unused.popleft() for _ in range(len(self._unused))])
        batch = []
        for id, builder in choose(self.selector, self._batch_size, self._builders):
            observed = Observed(builder, id, self.selector, self._step, self._zeroes)
            observed.unused = finalize(observed, self._unused.append, id)
            observed.unused.atexit = False
            batch.append(observed)
        return batch

    def __len__(self) -> int:
        return self._batches


class Observed(EnvGroupBuilder):  # type: ignore[misc]
    """A builder whose group is observed as soon as its rewards are known: also if they are all the same, for which the
    trainer drops a group."""

    unused: finalize | None = None  # type: ignore[type-arg]
    """What happens if it is thrown away before it is used: here, or where its pickle goes."""

    def __init__(
        self, builder: EnvGroupBuilder, id: str, selector: Selector, step: float, zeroes: frozenset[str] = frozenset()
    ) -> None:
        self.builder, self.id = builder, id
        self._selector, self._step, self._is_observed = selector, step, False
        self._zeroes = zeroes  # for which the trainer clamps a reward to zero

    def __getstate__(self) -> dict[str, Any]:
        self._use()
        return self.__dict__

    def _use(self) -> None:
        if self.unused is not None:
            self.unused.detach()
            self.unused = None

    async def make_envs(self) -> Sequence[Env]:
        self._use()
        envs: Sequence[Env] = await self.builder.make_envs()
        return envs

    async def compute_group_rewards(
        self, trajectory_group: list[Trajectory], env_group: Sequence[Env]
    ) -> list[tuple[float, Metrics]]:
        finals: list[tuple[float, Metrics]] = await self.builder.compute_group_rewards(trajectory_group, env_group)
        rewards = []
        for trajectory, (final, _) in zip(trajectory_group, finals, strict=True):
            total = sum(transition.reward for transition in trajectory.transitions) + final
            rewards.append(min(total, 0.0) if trajectory.stop_reason in self._zeroes else total)
        self._selector.observe({self.id: rewards}, step=self._step)
        self._is_observed = True
        return finals

    async def cleanup(self) -> None:
        await self.builder.cleanup()
        if not self._is_observed:
            self._selector.release([self.id])  # the group failed

    def logging_tags(self) -> list[str]:
        tags: list[str] = self.builder.logging_tags()
        return tags
