"""A Selector in an actor, as the workers of a job use it."""

from __future__ import annotations

import pickle
import subprocess
import time

import pytest
import ray
from ray.cluster_utils import Cluster
from ray.exceptions import RayActorError

from insight_wasm import InsightError
from insight_wasm.ray import actor


def test_workers_that_give_one_name_share_what_is_in_flight(cluster: Cluster, state: str) -> None:
    mine = actor("shared", state, range(10), discount=0.9)

    @ray.remote(num_cpus=0)
    def other() -> list[str]:
        with actor("shared", state, range(10), discount=0.9) as theirs:
            return theirs.next(4)

    ids = mine.next(3) + ray.get(other.remote())
    assert len(set(ids)) == 7
    mine.observe({id: [1, 0] for id in ids})
    assert mine.metrics()["observations"] == 7
    assert pickle.loads(pickle.dumps(mine)).get(ids[:1])[0]["visits"] == 1


def test_an_actor_that_is_killed_is_restarted_and_loses_nothing(cluster: Cluster, state: str) -> None:
    mine = actor("mortal", state, range(10))
    flying = mine.next(4)
    mine.observe({flying[0]: [1, 1]})
    ray.kill(ray.get_actor("mortal"), no_restart=False)
    assert not set(mine.next(6)) & set(flying[1:])
    assert mine.get(flying[:1])[0]["visits"] == 1
    assert mine.metrics()["held"] == 9


def test_what_another_worker_observed_is_not_in_flight_again(cluster: Cluster, state: str) -> None:
    chooser, observer = actor("split", state, range(4)), actor("split", state)
    observer.observe({id: [1] for id in range(4)})
    first, second = chooser.next(2)
    observer.observe({first: [1]})
    ray.kill(ray.get_actor("split"), no_restart=False)
    assert [each["held"] for each in chooser.get([first, second]) if each] == [False, True]


def test_steps_go_on_for_all_workers_where_none_is_given(cluster: Cluster, state: str) -> None:
    one, other = actor("steps", state, ["a"], discount=0.5), actor("steps", state)
    other.metrics()
    for _ in range(5):
        one.observe({"a": [1, 1]})
    other.observe({"a": [0, 0]})
    assert one.get(["a"])[0]["step"] == 6  # type: ignore[index]
    assert one.metrics()["late"] == 0


def test_a_process_that_dies_while_nobody_asks_is_started_anew(cluster: Cluster, state: str) -> None:
    mine = actor("idle", state, range(4))
    flying = mine.next(2)
    subprocess.run(["pkill", "-9", "-f", f"serve --state {state}"], check=True)
    other = actor("idle", state)
    assert other.metrics()["prompts"] == 4
    mine.observe({flying[0]: [1]})
    assert mine.get(flying[:1])[0]["visits"] == 1  # type: ignore[index]


def test_an_actor_that_ended_with_its_worker_is_made_anew(cluster: Cluster, state: str) -> None:
    @ray.remote(num_cpus=0, max_calls=1)
    def first() -> list[str]:
        return actor("brief", state, range(4)).next(2)

    flying = ray.get(first.remote())
    wait_until_gone("brief")
    assert len(actor("brief", state).next(4)) == 4, "nothing is in flight, as nobody has these prompts"
    assert len(flying) == 2


def wait_until_gone(name: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            ray.get(ray.get_actor(name).join.remote({}))
        except (ValueError, RayActorError):
            return
        time.sleep(0.2)
    raise AssertionError(f"{name} is still there")


def test_a_selection_that_is_asked_again_is_the_same(cluster: Cluster, state: str) -> None:
    """Its answer was lost on the way: Ray cannot tell whether it was made."""
    mine = actor("again", state, range(8))
    mine.metrics()
    remote = mine._client._process
    assert remote is not None
    first = remote.ask({"id": 100, "op": "select", "count": 3, "hold": True})
    assert remote.ask({"id": 100, "op": "select", "count": 3, "hold": True}) == first
    assert mine.metrics()["held"] == 3


def test_a_name_that_is_of_another_state_is_refused(cluster: Cluster, state: str) -> None:
    mine = actor("one-run", state, range(3))
    mine.next()
    with pytest.raises(InsightError, match="was made with state") as caught:
        actor("one-run", f"{state}.other", range(3)).next()
    assert caught.value.code == "settings"


def test_what_the_actor_cannot_open_is_an_error_in_the_words_of_the_program(cluster: Cluster, state: str) -> None:
    first = actor("first", state, range(3), discount=0.9)
    first.next()
    ray.kill(ray.get_actor("first"))
    with pytest.raises(InsightError) as caught:
        actor("second", state, discount=0.5).next()
    assert caught.value.code == "settings"
