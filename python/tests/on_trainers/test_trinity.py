"""The released trinity-rft: its readers, task scheduler, selectors and the operator that makes success rates."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("trinity")

from trinity.buffer.operators.mappers.pass_rate_calculator import PassRateCalculator
from trinity.buffer.task_scheduler import TasksetScheduler
from trinity.common.config import Config, DataSelectorConfig, TasksetConfig

from insight_wasm import InsightError, Selector
from insight_wasm.trinity import InsightSelector

pytestmark = pytest.mark.filterwarnings("ignore")
ROWS, BATCH, ROLLOUTS = 24, 6, 4


@pytest.fixture
def data(tmp_path: Path) -> str:
    folder = tmp_path / "data"
    folder.mkdir()
    rows = [{"question": f"{i} + 1", "answer": str(i + 1), "problem": f"q{i}", "kind": "sum"} for i in range(ROWS)]
    (folder / "train.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(folder)


def scheduler(data: str, state: str, saved: Any = None, **kwargs: Any) -> TasksetScheduler:
    config = Config()
    config.buffer.batch_size, config.buffer.total_epochs = BATCH, 50
    taskset = TasksetConfig(
        name="train", path=data, batch_size=BATCH, total_epochs=50, default_workflow_type="math_workflow",
        data_selector=DataSelectorConfig(
            selector_type="insight_wasm.trinity.InsightSelector",
            kwargs={"state": state, "rollouts": ROLLOUTS, "id": "problem", "discount": 0.9, **kwargs},
        ),
    )  # fmt: skip
    taskset.format.prompt_key, taskset.format.response_key = "question", "answer"
    config.buffer.explorer_input.tasksets = [taskset]
    return TasksetScheduler({} if saved is None else saved, config)


def selector_of(tasks: TasksetScheduler) -> InsightSelector:
    selector = tasks.tasksets[0].reader.selector
    assert type(selector) is InsightSelector
    return selector


def step(tasks: TasksetScheduler) -> list[int]:
    """Reads a batch, and tells what became of it as the explorer does."""
    rows = [task.index["index"] for task in asyncio.run(tasks.read())]
    experiences = [
        SimpleNamespace(info={"task_index": {"taskset_id": 0, "index": row}}, reward=float(i < row % (ROLLOUTS + 1)))
        for row in rows
        for i in range(ROLLOUTS)
    ]
    _, metrics = PassRateCalculator().process(experiences)
    tasks.feedback(metrics)
    return rows


def test_tasks_are_chosen_by_configuration_and_success_rates_become_counts(data: str, state: str) -> None:
    tasks = scheduler(data, state)
    seen = [row for _ in range(4) for row in step(tasks)]
    assert sorted(seen) == list(range(ROWS)), "every task once before one twice"
    selector = selector_of(tasks).selector
    for row, each in enumerate(selector.get([f"q{i}" for i in range(ROWS)])):
        assert each is not None and each["visits"] == 1 and not each["held"]
        assert (each["alpha"], each["beta"]) == (1 + row % 5, 1 + ROLLOUTS - row % 5)
    selector.close()


def test_the_explorer_keeps_its_state_as_json_and_goes_on_from_it(data: str, state: str, tmp_path: Path) -> None:
    tasks = scheduler(data, state)
    step(tasks)
    saved = json.loads(json.dumps({"latest_iteration": 1, "taskset_states": tasks.state_dict()}))
    wanted = [step(tasks), step(tasks)]
    selector_of(tasks).selector.close()
    resumed = scheduler(data, str(tmp_path / "other.iws"), saved)
    assert [step(resumed), step(resumed)] == wanted
    for _ in range(3):
        step(resumed)
        resumed.state_dict()
    assert len(list(tmp_path.glob("other.iws.*.checkpoint"))) == 2, "the last two are kept"
    selector_of(resumed).selector.close()


def test_what_cannot_work_is_said(data: str, state: str) -> None:
    with pytest.raises(ValueError, match=r"id: 24 rows have only 1 ids"):
        scheduler(data, state, id="kind")
    tasks = scheduler(data, state)
    with pytest.raises(ValueError, match=r"mean reward of row 3 is 1\.5"):
        selector_of(tasks).feedback([3], [1.5])
    selector_of(tasks).selector.close()


def test_a_prompt_that_the_data_lack_is_named_and_its_batch_released(data: str, state: str) -> None:
    with Selector(state, ids=["q99"], discount=0.9) as selector:
        selector.metrics()
    tasks = scheduler(data, state)
    selector = selector_of(tasks).selector
    with pytest.raises(InsightError, match="unknown-id: the state has a prompt 'q99' that the data lack"):
        selector_of(tasks).get_indices(ROWS + 1)
    assert selector.metrics()["held"] == 0
    selector.close()


def test_after_going_back_the_checkpoint_that_the_explorer_names_is_kept(data: str, tmp_path: Path) -> None:
    state = str(tmp_path / "run[1].iws")
    tasks = scheduler(data, state)
    step(tasks)
    (first,) = tasks.state_dict()
    selector_of(tasks).selector.close()
    for left in (f"run[1].iws.{600:012d}", f"run[1].iws.{606:012d}", f"run[1].iws.b.iws.{6:012d}"):
        (tmp_path / f"{left}.checkpoint").write_bytes(b"of a run before, or of another state")
    resumed = scheduler(data, state, json.loads(json.dumps({"latest_iteration": 1, "taskset_states": [first]})))
    named = [first["insight"]]
    for _ in range(2):
        step(resumed)
        assert Path(named[-1]).exists(), "until the explorer has written its JSON anew, this is the one to go back to"
        named.append(resumed.state_dict()[0]["insight"])
        assert Path(named[-2]).exists()
    left = {path.name for path in tmp_path.glob("*.checkpoint")}
    assert left == {*(Path(path).name for path in named[-2:]), f"run[1].iws.b.iws.{6:012d}.checkpoint"}
    selector_of(resumed).selector.close()
