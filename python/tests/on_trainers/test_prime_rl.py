"""prime-rl is not on PyPI: a stand-in has its protocol, as its source of August 2026 says. Tasks, traces and episodes
are those of the released verifiers."""

from __future__ import annotations

import sys
from abc import ABC
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

vf = pytest.importorskip("verifiers.v1")

from verifiers.v1.configs.agent import AgentConfig  # noqa: E402
from verifiers.v1.trace import AgentInfo, Reward, TraceTask  # noqa: E402

from insight_wasm import InsightError, Selector  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")


class TaskSampler(Iterator[Any], ABC):
    """The base of samplers."""


class Curriculum:
    """What the orchestrator asks: the next task, and whether a group may be trained on."""

    def __init__(self, config: Any, tasks: Any) -> None:
        self.sampler: Any = None

    def on_result(self, group: list[Any]) -> bool:
        self.sampler.observe(group)
        return True


@pytest.fixture
def prime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    names = ["prime_rl", "prime_rl.orchestrator", "prime_rl.orchestrator.curriculum"]
    names += [f"{names[-1]}.base", f"{names[-1]}.samplers", f"{names[-1]}.samplers.base"]
    for name in names:
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(Curriculum, "__init__", Curriculum.__init__)
    sys.modules[names[3]].Curriculum = Curriculum  # type: ignore[attr-defined]
    sys.modules[names[2]].base = sys.modules[names[3]]  # type: ignore[attr-defined]
    sys.modules[names[5]].TaskSampler = TaskSampler  # type: ignore[attr-defined]
    monkeypatch.delitem(sys.modules, "insight_wasm.prime_rl", raising=False)
    import insight_wasm.prime_rl as module

    yield module
    monkeypatch.delitem(sys.modules, "insight_wasm.prime_rl")


class Task(vf.Task[vf.TaskData, vf.State, vf.TaskConfig]):  # type: ignore[name-defined,misc]
    pass


TASKS = [Task(vf.TaskData(idx=i, prompt=f"{i} + 1")) for i in range(12)]


def trace(task: TraceTask[Any], reward: float | None, is_trained: bool) -> Any:
    rewards = {} if reward is None else {"correct": Reward(score=reward)}
    agent = AgentInfo(config=AgentConfig(), trainable=is_trained)
    return vf.Trace(task=task, agent=agent, rewards=rewards, ok=reward is not None)


def group_of(task: Any, rewards: list[float | None]) -> list[Any]:
    """An episode a rollout, of which some failed; a judge that is not trained has a trace too."""
    about = TraceTask(type="Task", data=task.data, key=task.key)
    return [
        vf.Episode(task=about, traces=[trace(about, reward, True), trace(about, 1.0, False)], ok=reward is not None)
        for reward in rewards
    ]


def test_tasks_are_chosen_one_at_a_time_and_their_groups_observed(prime: Any, state: str) -> None:
    prime.install(state, discount=0.9)
    curriculum = sys.modules["prime_rl.orchestrator.curriculum.base"].Curriculum(None, TASKS)
    flying = [next(curriculum.sampler) for _ in range(12)]
    assert {task.key for task in flying} == {task.key for task in TASKS}
    with pytest.raises(InsightError, match="exhausted"):
        next(curriculum.sampler)
    assert curriculum.on_result(group_of(flying[0], [1.0, 0.0, None, 1.0]))
    (each,) = curriculum.sampler.selector.get([flying[0].key])
    assert (each["alpha"], each["beta"], each["held"]) == (3, 2, False)
    assert next(curriculum.sampler).key == flying[0].key
    assert curriculum.on_result(group_of(flying[1], [None, None]))
    assert next(curriculum.sampler).key == flying[1].key, "nothing was measured: it may be chosen again"
    assert curriculum.sampler.metrics()["held"] == 12
    curriculum.sampler.selector.close()


def test_groups_that_are_dropped_in_silence_are_forgotten_after_a_while(prime: Any, state: str) -> None:
    sampler = prime.InsightSampler(TASKS, state, hold_seconds=0)
    assert len([next(sampler) for _ in range(30)]) == 30
    sampler.selector.close()


def test_a_checkpoint_brings_the_posteriors_back(prime: Any, state: str, tmp_path: Any) -> None:
    sampler = prime.InsightSampler(TASKS, state)
    for _ in range(5):
        sampler.observe(group_of(next(sampler), [1.0, 0.0]))
    saved = sampler.state_dict()
    wanted = [next(sampler).key for _ in range(4)]
    sampler.selector.close()
    again = prime.InsightSampler(TASKS, str(tmp_path / "other.iws"))
    again.load_state_dict(saved)
    assert [next(again).key for _ in range(4)] == wanted
    again.selector.close()


def test_what_cannot_work_is_said(prime: Any, state: str) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        prime.InsightSampler(iter(TASKS), state)
    with pytest.raises(ValueError, match="13 tasks have only 12 keys"):
        prime.InsightSampler([*TASKS, TASKS[0]], state)


def test_a_prompt_that_the_tasks_lack_is_named_and_released(prime: Any, state: str) -> None:
    with Selector(state, ids=["gone"]) as selector:
        selector.metrics()
    sampler = prime.InsightSampler(TASKS, state)
    with pytest.raises(InsightError, match="unknown-id: the state has a prompt 'gone' that the data lack"):
        for _ in range(len(TASKS) + 1):
            next(sampler)
    assert sampler.selector.get(["gone"])[0]["held"] is False
    sampler.selector.close()


def test_keys_that_are_integers_are_the_ids_of_their_text(prime: Any, state: str) -> None:
    tasks = [SimpleNamespace(key=key) for key in (7, 8)]
    sampler = prime.InsightSampler(tasks, state)
    assert {next(sampler).key for _ in tasks} == {7, 8}
    sampler.selector.close()


def test_more_environments_than_states_are_refused(prime: Any, state: str) -> None:
    prime.install(state)
    curriculum = sys.modules["prime_rl.orchestrator.curriculum.base"].Curriculum
    curriculum(None, TASKS)
    with pytest.raises(ValueError, match="install has 1 states, and there are more environments"):
        curriculum(None, TASKS)
