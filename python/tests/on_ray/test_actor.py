"""A Selector in an actor, as the workers of a job use it."""

from __future__ import annotations

import pickle

import pytest
import ray
from ray.cluster_utils import Cluster

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


def test_what_the_actor_cannot_open_is_an_error_in_the_words_of_the_program(cluster: Cluster, state: str) -> None:
    actor("first", state, range(3), discount=0.9).next()
    ray.kill(ray.get_actor("first"))
    with pytest.raises(InsightError) as caught:
        actor("second", state, discount=0.5).next()
    assert caught.value.code == "settings"
