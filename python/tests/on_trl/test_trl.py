"""InsightMixin in front of the real GRPOTrainer, on the CPU: one process here, two by torchrun.

`accelerate launch --cpu --num_processes 2` of Accelerate 1.15.0 starts one process: it leaves the second to mpirun.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

trl = pytest.importorskip("trl")

import pyarrow.parquet as parquet  # noqa: E402
from trl_run import Trainer, run, tiny_model  # noqa: E402

from insight_wasm import InsightError, Selector, content_key  # noqa: E402
from insight_wasm.program import run as insight  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")
HERE = Path(__file__).parent


def launch(folder: Path, options: dict[str, Any], processes: int = 2) -> subprocess.CompletedProcess[str]:
    folder.mkdir(exist_ok=True)
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes),
        str(HERE / "trl_run.py"), str(folder), json.dumps(options),
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "ACCELERATE_USE_CPU": "true"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280)


def ids_of(done: dict[str, Any]) -> list[list[str]]:
    return [each["ids"] for each in done["rounds"]]


def counts_of(done: dict[str, Any]) -> dict[str, list[int]]:
    """Successes and trials of each prompt, as the trainer told them."""
    counts: dict[str, list[int]] = {}
    for each in done["rounds"]:
        for id, rewards in each["groups"].items():
            successes, trials = counts.get(id, [0, 0])
            counts[id] = [successes + round(sum(rewards)), trials + len(rewards)]
    return counts


def mixed_share(done: dict[str, Any], rounds: int) -> float:
    groups = [rewards for each in done["rounds"][:rounds] for rewards in each["groups"].values()]
    return [0 < sum(rewards) < len(rewards) for rewards in groups].count(True) / len(groups)


def posteriors(state: str) -> dict[str, tuple[float, ...]]:
    rows = map(json.loads, insight(["state", "export", "--state", state]).strip().split("\n"))
    return {row["id"]: (row["alpha"], row["beta"], row["visits"], row["step"]) for row in rows if row["visits"] > 0}


def test_each_batch_is_chosen_after_the_outcomes_of_the_one_before_and_groups_are_whole(tmp_path: Path) -> None:
    done = run(str(tmp_path), {})
    assert [each["before"] for each in done["rounds"]] == [0, 1, 2, 3, 4, 5]
    for step, each in enumerate(done["rounds"], 1):
        assert each["step"] == step
        assert {id: len(rewards) for id, rewards in each["groups"].items()} == dict.fromkeys(each["ids"], 4)
        rows = parquet.read_table(tmp_path / f"completions/completions_{step:05d}.parquet").to_pylist()
        assert [row["insight_id"] for row in rows] == [id for id in each["ids"] for _ in range(4)]
        assert [row["prompt"] for row in rows] == [
            f"add {int(row['insight_id'][1:]) % 10} {int(row['insight_id'][1:]) // 10}" for row in rows
        ]
    plots = [log for log in done["logs"] if "insight/coverage" in log]
    assert len(plots) == 6
    assert plots[-1]["insight/coverage"] == pytest.approx(24 / 60)


def test_two_processes_choose_as_one_does_and_only_the_main_one_opens_the_state(tmp_path: Path) -> None:
    alone = run(str(tmp_path / "one"), {"arguments": {"max_steps": 4}})
    launched = launch(tmp_path / "two", {"arguments": {"max_steps": 4, "per_device_train_batch_size": 8}})
    assert launched.returncode == 0, launched.stderr[-3000:]
    first, second = (json.loads((tmp_path / f"two/rank-{rank}.json").read_text()) for rank in (0, 1))
    assert first["rounds"] == alone["rounds"]
    assert second["rounds"] == [] and not second["is_opened"] and first["is_opened"]
    insight(["ingest", str(tmp_path / "two/completions"), "--state", str(tmp_path / "log.iws"), "--discount", "0.9"])
    assert posteriors(str(tmp_path / "log.iws")) == posteriors(str(tmp_path / "two/pool.iws"))


def test_two_processes_end_with_the_reason_when_the_state_is_in_use(tmp_path: Path) -> None:
    with Selector(tmp_path / "pool.iws", ids=["p0"], discount=0.9) as holder:
        holder.next()
        launched = launch(tmp_path, {"arguments": {"max_steps": 2, "per_device_train_batch_size": 8}})
    assert launched.returncode != 0
    assert "pool.iws: in use by process" in launched.stderr


def test_two_processes_end_with_the_reason_whatever_fails_on_the_main_one(tmp_path: Path) -> None:
    arguments = {"max_steps": 2, "per_device_train_batch_size": 8, "save_strategy": "steps", "save_steps": 1}
    arguments["ddp_timeout"] = 60
    methods = ["next", "observe", "metrics", "state_dict", "load_state_dict"]
    resume = {"resume": str(tmp_path / "checkpoint-1")}
    runs = [{"fails": name, **(resume if name == "load_state_dict" else {})} for name in methods]
    unknown = {"state": str(tmp_path / "unknown.iws"), "more": ["gone"], "arguments": {**arguments, "max_steps": 99}}
    all_runs = [*({"arguments": arguments, **each} for each in [{}, *runs]), unknown]
    launched = launch(tmp_path, {"runs": all_runs})
    assert launched.returncode == 0, launched.stderr[-3000:]
    first, second = (json.loads((tmp_path / f"rank-{rank}.json").read_text())["errors"] for rank in (0, 1))
    why = [f"OSError: [Errno 28] {name}: the disk is full" for name in methods]
    assert first[:-1] == ["", *why]
    assert second[:-1] == ["", *(f"InsightError: failed: {each}" for each in why)]
    assert first[-1] == second[-1]
    assert first[-1].startswith("InsightError: unknown-id: the state has a prompt 'gone' that the data lack")


@pytest.mark.parametrize("skip", [False, True])
def test_a_run_that_goes_on_from_a_checkpoint_chooses_as_one_that_was_never_stopped(tmp_path: Path, skip: bool) -> None:
    arguments = {"save_strategy": "steps", "save_steps": 3, "gradient_accumulation_steps": 2}
    arguments["per_device_train_batch_size"] = 8
    whole = run(str(tmp_path), {"arguments": arguments})
    resumed = run(
        str(tmp_path),
        {"arguments": {**arguments, "ignore_data_skip": skip}, "resume": str(tmp_path / "checkpoint-3")},
    )
    assert len(whole["rounds"]) == 6
    assert [{**each, "before": 0} for each in resumed["rounds"]] == [
        {**each, "before": 0} for each in whole["rounds"][3:]
    ]


@pytest.mark.parametrize("evaluates", [False, True])
@pytest.mark.parametrize("logging_steps", [1, 2, 3, 6])
def test_the_reader_of_logs_finds_in_the_completions_what_was_observed(
    tmp_path: Path, logging_steps: int, evaluates: bool
) -> None:
    arguments: dict[str, Any] = {"logging_steps": logging_steps, "steps_per_generation": 2, "max_steps": 6}
    arguments["per_device_train_batch_size"] = 8
    if evaluates:
        arguments |= {"eval_strategy": "steps", "eval_steps": 3, "per_device_eval_batch_size": 8}
    options = {"arguments": arguments, "prompts": 8}
    done = run(str(tmp_path), options)
    assert sum("eval_reward" in log for log in done["logs"]) == (2 if evaluates else 0)
    assert ids_of(done) == ids_of(
        run(str(tmp_path / "again"), {**options, "arguments": {**arguments, "eval_strategy": "no"}})
    )
    log = str(tmp_path / "log.iws")
    insight(["ingest", str(tmp_path / "completions"), "--state", log, "--discount", "0.9"])
    assert posteriors(log) == posteriors(str(tmp_path / "pool.iws"))
    insight(["ingest", str(tmp_path / "completions"), "--state", str(tmp_path / "sum.iws")])
    summed = posteriors(str(tmp_path / "sum.iws"))
    sums = {id: [alpha - 1, alpha + beta - 2] for id, (alpha, beta, *_) in summed.items()}
    assert sums == counts_of(done)
    assert sum(trials for _, trials in sums.values()) == 3 * 16


def test_more_groups_are_mixed_than_at_random_by_what_replay_foretells(tmp_path: Path) -> None:
    arguments = {"per_device_train_batch_size": 64, "max_steps": 60, "logging_steps": 60}
    at_random = run(str(tmp_path / "random"), {"arguments": arguments, "selector": {"acquisition": {"kind": "random"}}})
    flags = ["--discount", "0.9", "--count", "16", "--json"]
    told = json.loads(insight(["replay", str(tmp_path / "random/completions"), *flags]))
    share = {policy["policy"]: policy["informative"]["mean"] for policy in told["policies"]}
    rounds = told["rounds"]
    assert rounds >= 10
    chosen = run(str(tmp_path / "chosen"), {"arguments": {**arguments, "max_steps": rounds}})
    gain = mixed_share(chosen, rounds) - mixed_share(at_random, 60)
    foretold = share["weighted-mutual-information"] - share["random"]
    assert foretold > 0.15
    assert gain == pytest.approx(foretold, abs=0.1)  # 16 rounds of 16 groups: a standard error of 0.03 each


def test_several_generations_of_one_step_are_told_apart_and_counted(tmp_path: Path) -> None:
    arguments = {"gradient_accumulation_steps": 2, "steps_per_generation": 1, "max_steps": 3}
    done = run(str(tmp_path), {"arguments": arguments})
    assert [each["step"] for each in done["rounds"]] == [1, 1, 2, 2, 3, 3]
    log = str(tmp_path / "log.iws")
    insight(["ingest", str(tmp_path / "completions"), "--state", log, "--discount", "0.9"])
    assert posteriors(log) == posteriors(str(tmp_path / "pool.iws"))


def trainer_of(dataset: Any, folder: Path, *rewards: Any, **arguments: Any) -> Trainer:
    model, tokenizer = tiny_model()
    tokenizer.chat_template = "{% for m in messages %}{{ m['content'] }} {% endfor %}"
    config = trl.GRPOConfig(
        output_dir=str(folder), use_cpu=True, bf16=False, report_to=[], save_strategy="no", disable_tqdm=True,
        per_device_train_batch_size=8, num_generations=4, max_completion_length=2, max_steps=2, logging_steps=1,
        log_completions=True, num_completions_to_print=0, gradient_checkpointing=False, **arguments,
    )  # fmt: skip
    return Trainer(
        model=model, reward_funcs=list(rewards), args=config, train_dataset=dataset, processing_class=tokenizer
    )


def right(completions: list[Any], **_: Any) -> list[float | None]:
    return [None if i % 4 == 3 else float(i % 2) for i in range(len(completions))]


def other(completions: list[Any], **_: Any) -> list[float]:
    return [0.0 for _ in completions]


def test_chats_without_an_id_are_keyed_by_content_as_the_log_is(tmp_path: Path) -> None:
    from datasets import Dataset

    prompts = [[{"role": "user", "content": f"add {i} 1"}] for i in range(6)]
    trainer = trainer_of(Dataset.from_dict({"prompt": prompts}), tmp_path, right, other)
    with pytest.raises(ValueError, match="which of the reward functions counts: right, other"):
        trainer.select_with(Selector(tmp_path / "pool.iws"))
    with pytest.raises(ValueError, match="no column id, but prompt"):
        trainer.select_with(Selector(tmp_path / "pool.iws"), reward="right")
    with Selector(tmp_path / "pool.iws", ids=map(content_key, prompts), discount=0.9) as selector:
        trainer.select_with(selector, hash=["prompt"], reward="right")
        trainer.train()
    for named in ([], ["--hash", "prompt", "--step", "insight_step"]):
        log = str(tmp_path / f"log{len(named)}.iws")
        flags = ["--reward", "right", "--discount", "0.9", *named]
        insight(["ingest", str(tmp_path / "completions"), "--state", log, *flags])
        assert posteriors(log) == posteriors(str(tmp_path / "pool.iws"))
    assert Counter(posteriors(log).values()) == {(2, 3, 1, 1): 2, (2, 3, 1, 2): 2}  # of 4 rewards one was not measured


def test_what_the_data_set_or_the_state_lacks_is_named(tmp_path: Path) -> None:
    from datasets import Dataset

    dataset = Dataset.from_dict({"prompt": ["add 1 1", "add 2 2"], "id": ["a", "b"]})
    trainer = trainer_of(dataset, tmp_path, right)
    with Selector(tmp_path / "pool.iws", ids=["c", "d"]) as selector:
        trainer.select_with(selector)
        with pytest.raises(InsightError, match=r"unknown-id: the state has a prompt '[cd]' that the data lack"):
            trainer.train()
        assert selector.metrics()["held"] == 0
    with Selector(tmp_path / "few.iws", ids=["a"]) as selector:
        trainer.select_with(selector)
        with pytest.raises(InsightError, match="1 of 2 prompts can be chosen"):
            trainer.train()
    trainer = trainer_of(dataset.to_iterable_dataset(), tmp_path, right)
    with pytest.raises(ValueError, match="train_dataset is a stream"):
        trainer.select_with(selector)


def test_without_a_selector_the_trainer_is_that_of_trl(tmp_path: Path) -> None:
    from datasets import Dataset

    trainer = trainer_of(Dataset.from_dict({"prompt": ["add 1 1", "add 2 2"]}), tmp_path, right)
    trainer.train()
    assert "insight_id" not in parquet.read_schema(tmp_path / "completions/completions_00001.parquet").names
