"""Shards against one pool of all prompts, which a process of this machine has.

`STEPS=1000 python -m pytest tests/ray/test_shards.py -k random` is the long run.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

from insight_wasm import InsightError, Selector
from insight_wasm.program import run
from insight_wasm.ray import Shards, reshard, shard_of

STEPS = int(os.environ.get("STEPS", "120"))
GROUPS = ["math", "code", "logic"]
PROMPTS = 400


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state with labels, some of whose prompts were visited."""
    path = tmp_path_factory.mktemp("pool") / "pool.iws"
    rows = [{"id": f"p{i}", "group": GROUPS[i % 3]} for i in range(PROMPTS)]
    text = "".join(f"{json.dumps(row)}\n" for row in rows)
    run(["state", "import", "-", "--group", "group", "--state", str(path), "--discount", "0.9"], text)
    with Selector(str(path)) as selector:
        selector.observe({f"p{i}": [i % 2, 1, 0] for i in range(0, PROMPTS, 7)}, step=1)
    return path


def requests(steps: int) -> Iterator[dict[str, Any]]:
    """What a trainer with many wishes asks for, the same each time."""
    draw = random.Random(7)
    flying: list[str] = []
    for step in range(2, steps + 2):
        count = draw.choice([1, 2, 5, 8, 16])
        query: dict[str, Any] = {"op": "select", "count": count, "cooldown": draw.choice([0, 0, 1, 3])}
        kinds = ["weighted-mutual-information", "non-degenerate", "expected-difficulty"]
        query["acquisition"] = {"kind": draw.choice(kinds)}
        if query["acquisition"]["kind"] != "non-degenerate" and draw.random() < 0.3:
            query["acquisition"]["seed"] = step
        if draw.random() < 0.1:
            query["acquisition"] = {"kind": "random", "seed": step}
        if draw.random() < 0.5:
            query["candidates"] = {"size": draw.choice([60, 200]), "seed": step}
        if draw.random() < 0.4:
            query["quotas"] = draw.choice([{"math": 0.5, "code": 0.25}, {"math": [0, 1]}, {"logic": 0.1, "": 0.2}])
        if draw.random() < 0.4:
            query["floor"] = draw.choice([1, 0.25, 0.5])
        if draw.random() < 0.2:
            query["maxVisits"] = draw.choice([1, 3, 20])
        if draw.random() < 0.2:
            query["exclude"] = [f"p{draw.randrange(PROMPTS)}" for _ in range(20)] + ["nobody"]
        if draw.random() < 0.8:
            query |= {"hold": True, **draw.choice([{}, {"holdSteps": 3}, {"holdSteps": 1}])}
        given: list[str] = yield query
        if query.get("hold"):
            flying += given
        draw.shuffle(flying)
        seen, flying = flying[: len(flying) * 2 // 3], flying[len(flying) * 2 // 3 :]
        observations: list[dict[str, Any]] = []
        for id in [*seen, *([f"new{step}"] if draw.random() < 0.2 else [])]:
            trials = draw.randint(1, 8)
            late = draw.choice([0, 0, 0, 0.5, 1, 4])
            rewards = [float(draw.random() < 0.4) for _ in range(trials)]
            observations.append({"id": id, "rewards": rewards, "step": max(0, step - late)})
        if draw.random() < 0.1:
            observations.append({"id": "p1", "successes": 3, "trials": 2, "step": step})  # makes no sense
        yield {"op": "observe", "observations": observations}
        if flying and draw.random() < 0.2:
            yield {"op": "release", "ids": [flying.pop()]}
        yield {"op": "get", "ids": ["p1", f"new{step}", *seen[:3]]}


def answer(selector: Selector, request: dict[str, Any]) -> Any:
    """Without what differs by design."""
    try:
        answer = selector.call(**request)
    except InsightError as error:
        return error.code
    return {name: value for name, value in answer.items() if name not in ("unsaved", "shards")}


@pytest.mark.parametrize("shards", [1, 2, 4, 8])
def test_shards_answer_as_one_pool_over_random_steps(cluster: Cluster, pool: Path, tmp_path: Path, shards: int) -> None:
    folder = tmp_path / "shards"
    one_of_all = tmp_path / "one"
    reshard(str(pool), str(folder), shards)
    reshard(str(pool), str(one_of_all), 1)
    many = Shards(f"random{shards}", str(folder))
    selected = 0
    with Selector(one_of_all / "00000-of-00001.iws") as one:
        asked = requests(STEPS)
        request = next(asked)
        while True:
            wanted = answer(one, request)
            if request["op"] == "observe" and isinstance(wanted, dict):
                wanted = {"late": [], "skipped": [], **wanted}
            assert answer(many, request) == wanted, request
            is_selection = request["op"] == "select" and isinstance(wanted, dict)
            selected += len(wanted["ids"]) if is_selection else 0
            try:
                request = asked.send(wanted["ids"] if is_selection else [])  # type: ignore[attr-defined]
            except StopIteration:
                break
        ids = [f"p{i}" for i in range(PROMPTS)]
        assert many.get(ids) == one.get(ids)
        assert many.metrics()["held"] == one.metrics()["held"]
    many.close()
    assert selected > STEPS


def pair(pool: Path, tmp_path: Path, shards: int, **given: Any) -> tuple[Selector, Shards]:
    """A pool in one process, and in shards."""
    reshard(str(pool), str(tmp_path / "shards"), shards)
    reshard(str(pool), str(tmp_path / "one"), 1)
    settings = {"candidates": 100, "quotas": {"math": 0.5}, "floor": 0.25, "cooldown": 1}
    many = Shards(tmp_path.name, str(tmp_path / "shards"), **settings, **given)
    return Selector(tmp_path / "one" / "00000-of-00001.iws", **settings), many


def outcomes(ids: list[str], step: int) -> dict[str, list[int]]:
    return {id: [int(random.Random(f"{id}/{step}/{i}").random() < 0.4) for i in range(4)] for id in ids}


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def everything(selector: Selector) -> Any:
    return selector.get([f"p{i}" for i in range(PROMPTS)])


def test_a_node_that_is_killed_in_the_middle_of_a_step_loses_nothing_and_counts_nothing_twice(
    cluster: Cluster, add_node: Callable[[], Any], pool: Path, tmp_path: Path
) -> None:
    nodes = [add_node() for _ in range(2)]
    one, many = pair(pool, tmp_path, 4, options={"resources": {"shard": 0.001}})
    flying: list[str] = []
    killed = 0
    for step in range(2, 22):
        if step in (6, 14):
            nodes.append(add_node())
            node = nodes.pop(0)
            Timer(random.Random(step).random() * 0.02, cluster.remove_node, [node, False]).start()
            killed += 1
        ids = many.next(12)
        assert ids == one.next(12), step
        flying += ids
        seen, flying = flying[:8], flying[8:]
        for selector in (many, one):
            selector.observe(outcomes(seen, step), step=step)
    assert everything(many) == everything(one)
    assert killed == 2
    many.close()
    for node in nodes:
        cluster.remove_node(node)


def test_a_checkpoint_has_all_shards_of_one_moment_and_goes_back_to_it(
    cluster: Cluster, pool: Path, tmp_path: Path
) -> None:
    one, many = pair(pool, tmp_path, 3)
    first = many.next(10)
    assert one.next(10) == first
    for selector in (many, one):
        selector.observe(outcomes(first, 2), step=2)
    saved, wanted = many.state_dict(), one.state_dict()
    later = many.next(10)
    many.observe(outcomes(later, 3), step=3)
    many.load_state_dict(saved)
    assert everything(many) == everything(one)
    assert many.next(10) == later
    one.load_state_dict(wanted)
    assert one.next(10) == later
    many.close()
    reshard(saved["shards"], str(tmp_path / "again"), 5)
    with_five = Shards("again", str(tmp_path / "again"))
    one.load_state_dict(wanted)
    assert everything(with_five) == everything(one)
    with_five.close()


def test_a_checkpoint_that_was_never_finished_is_none(cluster: Cluster, pool: Path, tmp_path: Path) -> None:
    one, many = pair(pool, tmp_path, 2)
    checkpoint = tmp_path / "checkpoint"
    many.save(str(checkpoint))
    many.observe({"p1": [1, 1]}, step=2)
    many.save(str(checkpoint))
    many.observe({"p1": [1, 1]}, step=3)
    assert len(list(checkpoint.iterdir())) == 2, "the manifest and the copies that it names"
    many.load(str(checkpoint))
    assert many.get(["p1"])[0]["step"] == 2  # type: ignore[index]
    (checkpoint / "manifest.json").unlink()
    with pytest.raises(InsightError, match="no whole checkpoint"):
        many.load(str(checkpoint))
    with pytest.raises(InsightError, match="has 2 shards, not 3"):
        many.save(str(checkpoint))
        Shards("other", str(tmp_path / "three"), ids=["a"], shards=3).load(str(checkpoint))
    many.close()
    one.close()


@pytest.mark.parametrize("lost", ["refuse", "missing"])
def test_without_a_shard_selections_are_refused_or_marked_and_evidence_waits_for_it(
    cluster: Cluster, add_node: Callable[[], Any], pool: Path, tmp_path: Path, lost: Any
) -> None:
    node = add_node()
    one, many = pair(pool, tmp_path, 2, lost=lost, patience=6, options={"resources": {"shard": 0.001}})
    wait_until(lambda: many.metrics()["missing"] == [])
    ids = many.next(12)
    assert one.next(12) == ids
    cluster.remove_node(node, False)  # the only one that the actors may run on
    wait_until(lambda: many.metrics()["missing"] == [0, 1])
    for selector in (many, one):
        selector.observe(outcomes(ids, 2), step=2)
    assert many.missing == (0, 1)
    assert many.metrics()["waiting"] == 12
    with pytest.raises(InsightError) as caught:
        many.next(4)
    assert caught.value.code == "lost"
    node = add_node()
    wait_until(lambda: many.metrics()["missing"] == [])
    assert everything(many) == everything(one)
    many.close()
    cluster.remove_node(node)


def test_one_shard_of_two_goes_on_alone_where_missing_ones_are_marked(
    cluster: Cluster, pool: Path, tmp_path: Path
) -> None:
    _, many = pair(pool, tmp_path, 2, lost="missing", patience=10)
    wait_until(lambda: many.metrics()["missing"] == [])
    many.next(4)
    gone = ray.get_actor(f"{tmp_path.name}-1-of-2")
    ray.kill(gone)  # for good
    ids = many.next(8)
    assert {shard_of(id, 2) for id in ids} == {0}
    assert many.missing == (1,)
    assert many.get([ids[0], "p0", "p1", "p2", "p3"]).count(None) >= 1
    with pytest.raises(InsightError, match="a checkpoint needs all shards, and 1 of 2 are lost"):
        many.save(str(tmp_path / "checkpoint"))


def test_what_is_made_later_takes_the_actors_over(cluster: Cluster, pool: Path, tmp_path: Path) -> None:
    _, before = pair(pool, tmp_path, 2)
    ids = before.next(4)
    after = Shards(tmp_path.name, str(tmp_path / "shards"))
    after.observe({ids[0]: [1]})
    with pytest.raises(InsightError, match="another Shards uses these actors now"):
        before.next()
    before.close()
    assert after.metrics()["held"] == 0
    after.close()


def test_a_checkpoint_leaves_what_else_is_in_its_folder(cluster: Cluster, pool: Path, tmp_path: Path) -> None:
    _, many = pair(pool, tmp_path, 2)
    checkpoint = tmp_path / "step-100"
    for folder in ("model", "0123456789abcdef0123456789abcdef"):
        (checkpoint / folder).mkdir(parents=True)
        (checkpoint / folder / "weights.bin").write_text("a model")
    many.save(str(checkpoint))
    many.save(str(checkpoint))
    assert len(list(checkpoint.glob("*/weights.bin"))) == 2
    many.close()


def test_a_load_that_ended_in_its_middle_is_known_to_the_next_run(cluster: Cluster, pool: Path, tmp_path: Path) -> None:
    _, many = pair(pool, tmp_path, 2)
    many.save(str(tmp_path / "checkpoint"))
    copies = sorted(tmp_path.glob("checkpoint/*/*.iws"))
    whole = copies[1].read_bytes()
    copies[1].unlink()
    with pytest.raises(InsightError, match=r"00001-of-00002\.iws, which is missing"):
        many.load(str(tmp_path / "checkpoint"))
    assert len(many.next(2)) == 2, "nothing was loaded"
    copies[1].write_bytes(b"no state")
    with pytest.raises(InsightError):
        many.load(str(tmp_path / "checkpoint"))
    many.close()
    later = Shards(f"{tmp_path.name}-later", str(tmp_path / "shards"))
    with pytest.raises(InsightError, match="of different checkpoints"):
        later.next()
    with pytest.raises(InsightError, match="of different checkpoints"):
        reshard(str(tmp_path / "shards"), str(tmp_path / "new"), 3)
    copies[1].write_bytes(whole)
    later.load(str(tmp_path / "checkpoint"))
    assert len(later.next(2)) == 2
    later.close()
    assert len(Shards(f"{tmp_path.name}-last", str(tmp_path / "shards")).next(2)) == 2


def test_a_shard_that_is_locked_for_a_while_is_waited_for(cluster: Cluster, pool: Path, tmp_path: Path) -> None:
    reshard(str(pool), str(tmp_path / "shards"), 2)
    holder = Selector(tmp_path / "shards" / "00001-of-00002.iws")
    holder.metrics()
    many = Shards(tmp_path.name, str(tmp_path / "shards"), patience=2)
    wait_until(lambda: many.metrics()["missing"] == [1])
    with pytest.raises(InsightError, match="needs all shards, and 1 of 2 are lost"):
        many.next(4)
    holder.close()
    wait_until(lambda: many.metrics()["missing"] == [])
    assert len(many.next(4)) == 4
    many.close()


def test_reshard_says_why_a_state_could_not_be_made(
    pool: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"discount": 2, "prior": {"alpha": 1, "beta": 1}, "rule": None}
    monkeypatch.setattr(sys.modules["insight_wasm.ray.reshard"], "_about", lambda _: about)
    with pytest.raises(InsightError, match=r"could not be made: .*discount"):
        reshard(str(pool), str(tmp_path / "new"), 2)
    assert not (tmp_path / "new").exists()
