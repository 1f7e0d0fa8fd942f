"""The released tinker-cookbook: its data set, builders and group rollouts. The model is a stub."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("tinker_cookbook")

import tinker
from tinker_cookbook.completers import TokensWithLogprobs
from tinker_cookbook.rl.interleaved import _InterleavedRLDataset
from tinker_cookbook.rl.rollout_limits import TerminationRewardPolicy
from tinker_cookbook.rl.rollout_strategy import FailFast
from tinker_cookbook.rl.rollouts import do_group_rollout
from tinker_cookbook.rl.types import Env, EnvGroupBuilder, StepResult, StopReason

from insight_wasm import InsightError, Selector
from insight_wasm.tinker import InsightDataset, Observed

pytestmark = pytest.mark.filterwarnings("ignore")
GROUP = 4


class Guess(Env):
    def __init__(self, reward: float) -> None:
        self.reward = reward

    async def initial_observation(self) -> Any:
        return tinker.ModelInput.from_ints([1]), []

    async def step(self, action: Any, *, extra: Any = None) -> StepResult:
        return StepResult(
            reward=self.reward,
            episode_done=True,
            next_observation=tinker.ModelInput.from_ints([]),
            next_stop_condition=[],
        )


class Guesses(EnvGroupBuilder):
    """The rollouts with an even number are right; of a prompt that ends in 9 the environment is broken."""

    def __init__(self, number: int) -> None:
        self.number = number

    async def make_envs(self) -> Sequence[Env]:
        if self.number % 10 == 9:
            raise RuntimeError("broken")
        return [Guess(float(i % 2)) for i in range(GROUP)]

    async def compute_group_rewards(
        self, trajectory_group: Any, env_group: Any
    ) -> list[tuple[float, dict[str, float]]]:
        return [(0.0, {"number": self.number}) for _ in trajectory_group]

    def logging_tags(self) -> list[str]:
        return ["guess"]


async def policy(observation: Any, stop: Any, **_: Any) -> TokensWithLogprobs:
    return TokensWithLogprobs(tokens=[2], maybe_logprobs=[0.0])


def test_batches_are_chosen_and_groups_observed_when_their_rewards_are_known(state: str) -> None:
    with Selector(state, ids=range(8), discount=0.9) as selector:
        dataset = InsightDataset([Guesses(i) for i in range(8)], selector, batch_size=4)
        assert len(dataset) == 2
        seen: list[str] = []
        for index in (0, 1, 0):  # the index begins anew in the second epoch
            batch = dataset.get_batch(index)
            groups = [asyncio.run(do_group_rollout(builder, policy)) for builder in batch]
            assert [group.get_total_rewards() for group in groups] == [[0, 1, 0, 1]] * 4
            assert groups[0].metrics_G[0]["number"] == batch[0].builder.number
            assert batch[0].logging_tags() == ["guess"]
            seen += [builder.id for builder in batch]
        assert sorted(seen[:8]) == [str(i) for i in range(8)]
        assert selector.metrics()["held"] == 0
        assert {each["step"] for each in selector.get(seen[8:]) if each} == {3}


def test_a_group_that_fails_is_in_flight_no_longer(state: str) -> None:
    with Selector(state, ids=["a"]) as selector:
        (builder,) = InsightDataset([Guesses(9)], selector, batch_size=1, ids=["a"]).get_batch(0)
        with pytest.raises(RuntimeError, match="broken"):
            asyncio.run(do_group_rollout(builder, policy))
        asyncio.run(builder.cleanup())
        (each,) = selector.get(["a"])
        assert each is not None and each["visits"] == 0 and not each["held"]


def test_the_end_of_a_group_does_not_release_its_prompt_when_that_was_chosen_anew(state: str) -> None:
    with Selector(state, ids=["a"]) as selector:
        dataset = InsightDataset([Guesses(0)], selector, batch_size=1, ids=["a"])
        (builder,) = dataset.get_batch(0)
        envs = asyncio.run(builder.make_envs())
        asyncio.run(builder.compute_group_rewards([], []))
        dataset.get_batch(1)
        asyncio.run(builder.cleanup())
        assert envs and selector.metrics()["held"] == 1


def test_builders_are_pickled_without_the_process(state: str) -> None:
    with Selector(state, ids=range(4)) as selector:
        (builder,) = InsightDataset([Guesses(i) for i in range(4)], selector, batch_size=1).get_batch(0)
        copy = pickle.loads(pickle.dumps(builder))
        assert isinstance(copy, Observed) and copy.id == builder.id


def test_builders_with_one_id_are_refused(state: str) -> None:
    with pytest.raises(ValueError, match="2 builders have only 1 ids"):
        InsightDataset([Guesses(0), Guesses(1)], Selector(state), batch_size=1, ids=["a", "a"])


def test_a_prompt_that_the_builders_lack_is_named_and_its_batch_released(state: str) -> None:
    with Selector(state, ids=["a", "b", "c"]) as selector:
        dataset = InsightDataset([Guesses(0), Guesses(1)], selector, batch_size=3, batches=1, ids=["a", "b"])
        with pytest.raises(InsightError, match="unknown-id: the state has a prompt 'c' that the data lack"):
            dataset.get_batch(0)
        assert selector.metrics()["held"] == 0


def test_rollouts_that_the_trainer_clamps_to_zero_are_no_success(state: str) -> None:
    termination = TerminationRewardPolicy(zero_reward_on_limit=True)
    with Selector(state, ids=["a"]) as selector:
        dataset = InsightDataset([Guesses(0)], selector, batch_size=1, ids=["a"], termination=termination)
        (builder,) = dataset.get_batch(0)
        group = asyncio.run(do_group_rollout(builder, policy, Limited(), termination))
        assert group.get_total_rewards() == [0, 0, 0, 1]
        (each,) = selector.get(["a"])
        assert each is not None and (each["alpha"], each["beta"]) == (2, 4), "one of four counts"


class Limited(FailFast):
    """The first two rollouts are cut off by a limit."""

    async def execute(self, env_group_builder: EnvGroupBuilder, policy: Any) -> Any:
        result = await super().execute(env_group_builder, policy)
        cut = [replace(trajectory, stop_reason=StopReason.MAX_TURNS) for trajectory in result.trajectories[:2]]
        result.trajectories[:2] = cut
        return result


def test_batches_that_are_fetched_for_their_sizes_alone_are_in_flight_no_longer(state: str) -> None:
    """As an InterleavedRLDataset does when it is made."""
    with Selector(state, ids=range(6)) as selector:
        dataset = InsightDataset([Guesses(i) for i in range(6)], selector, batch_size=1)
        blended = _InterleavedRLDataset([dataset], [1.0], groups_per_batch=2)
        for index in range(3):
            batch = blended.get_batch(index)
            assert selector.metrics()["held"] == 2
            for builder in batch:
                asyncio.run(do_group_rollout(builder, policy))
        assert sum(each["visits"] for each in selector.get(range(6)) if each) == 6


def test_a_builder_that_went_elsewhere_is_in_flight_until_it_is_observed_there(state: str) -> None:
    with Selector(state, ids=range(4)) as selector:
        dataset = InsightDataset([Guesses(i) for i in range(4)], selector, batch_size=1)
        copy = pickle.loads(pickle.dumps(dataset.get_batch(0)[0]))
        (other,) = dataset.get_batch(1)
        assert selector.metrics()["held"] == 2 and copy.id != other.id
