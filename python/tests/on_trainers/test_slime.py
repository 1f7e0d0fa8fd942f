"""slime is not on PyPI: a stand-in has its protocol, as its source of August 2026 says: we test what it calls."""

from __future__ import annotations

import copy
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from insight_wasm import InsightError, Selector

GROUP, ROWS = 4, 12


class Sample:
    def __init__(self, prompt: str, metadata: Any = None) -> None:
        self.prompt, self.metadata, self.reward, self.index = prompt, metadata, 0.0, 0

    def get_reward_value(self, args: Any) -> float:
        return self.reward if args.reward_key is None else self.reward[args.reward_key]  # type: ignore[index]


class SlowData:
    """Samples that another thread may change between a look at them and the use of them."""

    def __init__(self, samples: list[Sample]) -> None:
        self._samples = self.origin_samples = samples

    @property
    def samples(self) -> list[Sample]:
        time.sleep(0.02)
        return self._samples

    @samples.setter
    def samples(self, samples: list[Sample]) -> None:
        self._samples = samples


class Source:
    """RolloutDataSource: groups of copies of the samples at an offset."""

    def __init__(self, args: Any) -> None:
        self.args, self.sample_offset, self.metadata = args, 0, {}
        samples = [Sample(f"prompt {i}", {"problem": f"q{i}"}) for i in range(ROWS)]
        self.dataset = None if args.prompt_data is None else SimpleNamespace(origin_samples=samples, samples=samples)

    def get_samples(self, num_samples: int) -> list[list[Sample]]:
        start, self.sample_offset = self.sample_offset, self.sample_offset + num_samples
        chosen = self.dataset.samples[start : self.sample_offset]  # type: ignore[union-attr]
        return [[copy.deepcopy(sample) for _ in range(GROUP)] for sample in chosen]

    def _path(self, folder: str, rollout_id: int) -> Path:
        return Path(folder) / "rollout" / f"state_{rollout_id}.json"

    def save(self, rollout_id: int) -> None:
        self._path(self.args.save, rollout_id).write_text(json.dumps(self.metadata))

    def load(self, rollout_id: int) -> None:
        if self.args.load is not None:
            self.metadata = json.loads(self._path(self.args.load, rollout_id).read_text())


class StandIn(Source):
    """RolloutDataSourceWithBuffer: aborted groups first, of which a filter gives at most `most` at a time."""

    def __init__(self, args: Any) -> None:
        super().__init__(args)
        self.buffer: list[list[Sample]] = []
        self.most = ROWS

    def _get_samples_from_buffer(self, num_samples: int) -> list[list[Sample]]:
        count = min(num_samples, self.most)
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def get_samples(self, num_samples: int) -> list[list[Sample]]:
        groups = self._get_samples_from_buffer(num_samples)
        return groups + super().get_samples(num_samples - len(groups))

    def add_samples(self, samples: list[list[Sample]]) -> None:
        self.buffer += samples


@pytest.fixture
def slime(monkeypatch: pytest.MonkeyPatch, state: str) -> Iterator[Any]:
    for name in ("slime", "slime.rollout", "slime.rollout.data_source"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["slime.rollout.data_source"].RolloutDataSourceWithBuffer = StandIn  # type: ignore[attr-defined]
    monkeypatch.delitem(sys.modules, "insight_wasm.slime", raising=False)
    monkeypatch.setenv("INSIGHT_STATE", state)
    monkeypatch.setenv("INSIGHT_DISCOUNT", "0.9")
    monkeypatch.setenv("INSIGHT_ID", "problem")
    import insight_wasm.slime as module

    yield module
    monkeypatch.delitem(sys.modules, "insight_wasm.slime")


def arguments(tmp_path: Path, **given: Any) -> Any:
    folder = str(tmp_path / "checkpoints")
    return SimpleNamespace(**{"prompt_data": "x", "reward_key": None, "save": folder, "load": None, **given})


def ids_of(groups: list[list[Sample]]) -> list[str]:
    return [group[0].metadata["insight_id"] for group in groups]


def rolled(groups: list[list[Sample]]) -> list[list[Sample]]:
    for group in groups:
        for i, sample in enumerate(group):
            sample.reward = float(i % 2)
    return groups


def test_samples_are_chosen_and_all_groups_of_a_rollout_observed(slime: Any, tmp_path: Path) -> None:
    args = arguments(tmp_path)
    source = slime.InsightDataSource(args)
    seen: list[str] = []
    for rollout in range(1, 4):
        groups = source.get_samples(4)
        assert [len(group) for group in groups] == [GROUP] * 4
        slime.observe(args, rolled(groups), source.get_samples)
        seen += ids_of(groups)
        for each in source.selector.get(ids_of(groups)):
            assert (each["alpha"], each["beta"], each["step"]) == (3, 3, rollout)
    assert sorted(seen) == sorted(f"q{i}" for i in range(ROWS))
    source.selector.close()


def test_groups_that_were_aborted_may_be_chosen_again_unless_they_go_on(slime: Any, tmp_path: Path) -> None:
    args = arguments(tmp_path, partial_rollout=False)
    source = slime.InsightDataSource(args)
    slime.observe(args, rolled(source.get_samples(6)[:4]), source.get_samples)
    assert source.selector.metrics()["held"] == 0
    args.partial_rollout = True
    groups = source.get_samples(6)
    slime.observe(args, rolled(groups[:4]), source.get_samples)
    source.add_samples(groups[4:])
    assert source.selector.metrics()["held"] == 2
    again = source.get_samples(3)
    assert ids_of(again)[:2] == ids_of(groups[4:]) and len(set(ids_of(again))) == 3
    source.selector.close()


def test_the_reward_of_a_rollout_of_several_samples_is_that_of_the_last(slime: Any, tmp_path: Path) -> None:
    args = arguments(tmp_path)
    source = slime.InsightDataSource(args)
    (group,) = rolled(source.get_samples(1))
    slime.observe(args, [[[group[0], group[1]], [group[1], group[0]]]], source.get_samples)
    (each,) = source.selector.get(ids_of([group]))
    assert (each["alpha"], each["beta"]) == (2, 2)
    source.selector.close()


def test_a_checkpoint_brings_the_posteriors_back(slime: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    args = arguments(tmp_path)
    source = slime.InsightDataSource(args)
    slime.observe(args, rolled(source.get_samples(4)), source.get_samples)
    source.save(0)
    wanted = ids_of(source.get_samples(4))
    source.selector.close()
    monkeypatch.setenv("INSIGHT_STATE", str(tmp_path / "other.iws"))
    again = slime.InsightDataSource(arguments(tmp_path, load=args.save))
    again.load(0)
    assert ids_of(again.get_samples(4)) == wanted
    again.selector.close()


def test_what_cannot_work_is_said(slime: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="needs --prompt-data"):
        slime.InsightDataSource(arguments(tmp_path, prompt_data=None))
    monkeypatch.delenv("INSIGHT_STATE")
    with pytest.raises(ValueError, match="INSIGHT_STATE=PATH"):
        slime.InsightDataSource(arguments(tmp_path))


def test_a_prompt_that_the_data_lack_is_named_and_its_batch_released(slime: Any, state: str, tmp_path: Path) -> None:
    with Selector(state, ids=["q99"], discount=0.9) as selector:
        selector.metrics()
    source = slime.InsightDataSource(arguments(tmp_path))
    with pytest.raises(InsightError, match="unknown-id: the state has a prompt 'q99' that the data lack"):
        source.get_samples(ROWS + 1)
    assert source.selector.metrics()["held"] == 0
    source.selector.close()


def test_threads_get_the_samples_that_were_chosen_for_them(slime: Any, tmp_path: Path) -> None:
    source = slime.InsightDataSource(arguments(tmp_path))

    source.dataset = SlowData(source.dataset.samples)
    with ThreadPoolExecutor(4) as threads:
        batches = list(threads.map(source.get_samples, [3] * 4))
    assert sorted(id for groups in batches for id in ids_of(groups)) == sorted(f"q{i}" for i in range(ROWS))
    source.selector.close()


def test_a_buffer_that_gives_a_few_at_a_time_leaves_no_prompt_chosen_and_not_given(slime: Any, tmp_path: Path) -> None:
    source = slime.InsightDataSource(arguments(tmp_path, partial_rollout=True))
    aborted = source.get_samples(4)
    source.add_samples(aborted)
    source.most = 1
    groups = source.get_samples(4)
    assert ids_of(groups)[0] == ids_of(aborted)[0] and len(set(ids_of(groups))) == 4
    assert source.selector.metrics()["held"] == 4 + 3
    assert ids_of(source.buffer) == ids_of(aborted)[1:]
    source.selector.close()


def test_a_loop_that_observes_groups_where_they_end_leaves_the_others_in_flight(slime: Any, tmp_path: Path) -> None:
    source = slime.InsightDataSource(arguments(tmp_path))
    groups = rolled(source.get_samples(6))
    source.observe(groups[:1])
    assert source.selector.metrics()["held"] == 5
    source.selector.close()
