"""The released verl: its configuration, data loader, transfer queue, replay buffers and agent loop worker.

No model runs: the agent loop of the worker is a stub, and nothing is trained.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("verl")

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import ray
import torch
import transfer_queue as tq
from hydra import compose, initialize_config_module
from verl.experimental.agent_loop import AgentLoopOutput
from verl.experimental.agent_loop.agent_loop import AgentLoopMetrics
from verl.trainer.ppo.v1.agent_loop_tq import AgentLoopWorkerTQ
from verl.trainer.ppo.v1.replay_buffer import ReplayBufferAsync
from verl.trainer.ppo.v1.trainer_base import PPOTrainer

from insight_wasm import InsightError, Selector
from insight_wasm import verl as insight

pytestmark = pytest.mark.filterwarnings("ignore")
ROWS, GROUP = 40, 4
OVERRIDES = (Path(__file__).parents[3] / "docs" / "trainers" / "verl.md").read_text().split("```\n")[1].split("```")[0]


@pytest.fixture(scope="module")
def transfers() -> Iterator[None]:
    ray.init("local", num_cpus=8, object_store_memory=80 * 2**20, include_dashboard=False, log_to_driver=False)
    try:
        tq.init()
        yield
        tq.close()
    finally:
        ray.shutdown()


@pytest.fixture
def queue(transfers: None) -> Iterator[None]:
    """A transfer queue that is empty."""
    yield
    for partition, items in (tq.kv_list() or {}).items():
        if items:
            tq.kv_clear(keys=list(items), partition_id=partition)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    yield
    if insight._selector is not None:
        insight._selector.close()
        insight._selector = None


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    paths = {}
    for name, size in (("train", ROWS), ("val", 5)):
        rows = [
            {
                "prompt": [{"role": "user", "content": f"{name} {i}"}],
                "data_source": "test",
                "reward_model": {"ground_truth": str(i)},
                "extra_info": {"index": 0},
                "problem": f"{name}-{i}",
            }
            for i in range(size)
        ]
        paths[name] = str(tmp_path / f"{name}.parquet")
        parquet.write_table(pa.Table.from_pylist(rows), paths[name])
    return paths


class Worker(AgentLoopWorkerTQ.__ray_metadata__.modified_class):  # type: ignore[misc,name-defined]
    """The worker that fills the transfer queue, whose rollouts are a stub."""

    def __init__(self, config: Any, outcomes: Any) -> None:
        self.config, self.background_tasks = config, set()
        self.processor = self.teacher_server_manager = self.reward_loop_worker_handles = None
        self.outcomes = outcomes

    async def _run_agent_loop(
        self, sampling_params: Any, trajectory: Any, *, session_id: int, trace: bool, **row: Any
    ) -> None:
        rewards = self.outcomes(row[insight.ID], session_id)  # of each output of the session
        outputs = [
            AgentLoopOutput(
                prompt_ids=[1, 2], response_ids=[3] * (1 + session_id), response_mask=[1] * (1 + session_id),
                metrics=AgentLoopMetrics(), reward_score=reward, extra_fields={"reward_extra_info": {"acc": reward}},
            )
            for reward in rewards
        ]  # fmt: skip
        await self._agent_loop_postprocess(outputs, trajectory["validate"], session_id=session_id, **row)

    async def _compute_teacher_logprobs(self, *args: Any, **named: Any) -> None:
        return None


class Trainer(PPOTrainer):
    """What the trainer does with data, and none of what it does with models."""

    def __init__(self, config: Any, outcomes: Any) -> None:
        self.config, self.global_steps = config, 1
        self.tokenizer = self.processor = None
        self.trainer_mode = config.trainer.v1.trainer_mode
        self.parameter_sync_step = 1
        self.replay_buffer = self._build_replay_buffer()
        self.replay_buffer.poll_interval = 0.01
        self._init_dataloader()
        worker = Worker(config, outcomes)

        async def roll_out(batch: Any) -> None:
            await worker.generate_sequences(batch)
            await asyncio.gather(*worker.background_tasks)

        self.agent_loop_manager = SimpleNamespace(generate_sequences=lambda batch: asyncio.run(roll_out(batch)))

    def on_sample_end(self) -> None: ...

    def on_step_end(self) -> None: ...

    def step(self) -> tuple[list[str], dict[str, Any]]:
        """Ids of the rows that would be trained on."""
        self.prepare_step()
        batch, metrics = self.replay_buffer.sample(self.global_steps, "train", self.config.data.train_batch_size)
        data = tq.kv_batch_get(keys=batch.keys, partition_id="train", select_fields=[insight.ID, "rm_scores"])
        tq.kv_clear(partition_id="train", keys=batch.keys)
        self.global_steps += 1
        return [str(getattr(id, "data", id)) for id in data[insight.ID]], metrics


def make(files: dict[str, str], state: str, outcomes: Any, *more: str) -> Trainer:
    given = [line.strip().removesuffix("\\").strip() for line in OVERRIDES.splitlines() if "=" in line]
    overrides = [line for line in given if not line.startswith(("+data.insight.state", "+data.insight.id"))]
    with initialize_config_module("verl.trainer.config", version_base=None):
        config = compose(
            "ppo_trainer",
            [
                *overrides,
                f"+data.insight.state={state}",
                "+data.insight.id=problem",
                f"data.train_files={files['train']}",
                f"data.val_files={files['val']}",
                "data.filter_overlong_prompts=False",
                "data.train_batch_size=8",
                f"actor_rollout_ref.rollout.n={GROUP}",
                *more,
            ],
        )
    return Trainer(config, outcomes)


def by_parity(id: str, session: int) -> list[float]:
    """Odd prompts are mixed, even ones are always right; sessions may have several outputs."""
    reward = float(session % 2) if int(id.split("-")[1]) % 2 else 1.0
    return [reward] * (1 + session % 2)


def visits(selector: Selector | None) -> dict[str, int]:
    assert selector is not None
    return {each["id"]: each["visits"] for each in selector.get([f"train-{i}" for i in range(ROWS)]) if each}


def test_rows_are_chosen_and_their_groups_observed_by_config_alone(queue: None, files: Any, state: str) -> None:
    trainer = make(files, state, by_parity)
    assert type(trainer.train_dataset) is insight.InsightDataset
    assert type(trainer.replay_buffer) is insight.InsightReplayBuffer
    seen: list[str] = []
    for step in range(1, 6):
        ids, _ = trainer.step()
        groups = sorted(set(ids))
        assert len(groups) == 8
        seen += groups
        selector = insight._selector
        assert selector is not None
        for each in selector.get(groups):
            assert each is not None and each["step"] == step
            right = 4 if int(each["id"].split("-")[1]) % 2 == 0 else 2
            assert (each["alpha"], each["beta"]) == (1 + right, 1 + GROUP - right), "one reward a session"
            assert not each["held"]
    assert len(set(seen)) == ROWS, "every prompt once before one twice: what was seen scores less"
    assert trainer.val_dataset[3]["problem"] == "val-3"


def test_groups_that_dapo_evicts_are_observed_too(queue: None, files: Any, state: str) -> None:
    """Where every reward is the same there is nothing to train on, but much to learn from."""
    trainer = make(
        files, state, by_parity, "algorithm.filter_groups.enable=True", "algorithm.filter_groups.metric=reward",
        "+trainer.v1.sampler.sampler_kwargs.filter_groups_metric=reward",
        "+trainer.v1.sampler.sampler_kwargs.train_batch_size=8", "+trainer.v1.sampler.sampler_kwargs.gen_batch_size=1",
    )  # fmt: skip
    ids, metrics = trainer.step()
    assert {int(id.split("-")[1]) % 2 for id in ids} == {1}
    evicted = metrics["training/filter_groups/evicted_samples"]
    assert evicted > 0
    seen = [id for id, count in visits(insight._selector).items() if count]
    even = [id for id in seen if int(id.split("-")[1]) % 2 == 0]
    assert len(even) == evicted
    surplus = metrics.get("training/filter_groups/discarded_surplus_samples", 0)
    assert len(seen) == 8 + evicted + surplus


@pytest.mark.parametrize("mode", ["colocate_async", "separate_async"])
def test_the_asynchronous_modes_observe_late_groups_at_their_step(
    queue: None, files: Any, state: str, mode: str
) -> None:
    trainer = make(
        files, state, by_parity, f"trainer.v1.trainer_mode={mode}",
        "trainer.v1.sampler.custom_sampler.name=InsightReplayBufferAsync",
    )  # fmt: skip
    assert isinstance(trainer.replay_buffer, ReplayBufferAsync)
    trainer._add_prompts_to_generate(8)  # a step ahead
    trainer.global_steps = 3
    ids, _ = trainer.step()
    selector = insight._selector
    assert selector is not None
    assert {each["step"] for each in selector.get(set(ids)) if each} == {1}
    assert selector.metrics()["held"] == 8


def test_data_pt_has_the_posteriors_and_brings_them_back(queue: None, files: Any, state: str, tmp_path: Path) -> None:
    trainer = make(files, state, by_parity)
    for _ in range(2):
        trainer.step()
    wanted = visits(insight._selector)
    torch.save(trainer.train_dataloader.state_dict(), tmp_path / "data.pt")
    nexts = [sorted(set(trainer.step()[0])) for _ in range(2)]
    again = make(files, str(tmp_path / "other.iws"), by_parity)
    again.train_dataloader.load_state_dict(torch.load(tmp_path / "data.pt", weights_only=False))
    again.global_steps = 3
    first = sorted(set(again.step()[0]))
    assert first == nexts[0]
    assert visits(insight._selector) == {id: count + (id in first) for id, count in wanted.items()}
    assert sorted(set(again.step()[0])) == nexts[1]


def test_the_legacy_trainer_tells_its_data_set(files: Any, state: str) -> None:
    trainer = make(files, state, by_parity)
    batch = next(iter(trainer.train_dataloader))
    ids = [id for id in batch[insight.ID] for _ in range(GROUP)]
    scores = torch.tensor([[0.0, by_parity(id, i % GROUP)[0]] for i, id in enumerate(ids)])
    trainer.train_dataset.on_batch_end(
        batch=SimpleNamespace(
            batch={"token_level_scores": scores}, non_tensor_batch={insight.ID: np.array(ids, dtype=object)}
        )
    )
    assert sum(visits(insight._selector).values()) == 8
    assert insight._selector is not None and insight._selector.metrics()["held"] == 0


def test_what_cannot_work_is_said_when_training_starts(files: Any, state: str) -> None:
    with pytest.raises(ValueError, match="dataloader_num_workers must be 0"):
        make(files, state, by_parity, "data.dataloader_num_workers=8")
    with pytest.raises(ValueError, match="id: 40 rows have only 1 ids in the column 'data_source'"):
        make(files, state, by_parity, "data.insight.id=data_source")


def test_a_failed_group_without_a_reward_is_not_observed(queue: None, files: Any, state: str) -> None:
    def fails(id: str, session: int) -> list[float]:
        raise RuntimeError("the engine is gone")

    def sometimes(id: str, session: int) -> list[float]:
        return fails(id, session) if int(id.split("-")[1]) % 5 == 0 else by_parity(id, session)

    trainer = make(files, state, sometimes)
    ids, _ = trainer.step()
    counts = visits(insight._selector)
    assert sum(counts.values()) == len(set(ids))
    assert not any(count for id, count in counts.items() if int(id.split("-")[1]) % 5 == 0)
    assert insight._selector is not None and insight._selector.metrics()["held"] == 8 - len(set(ids))


def test_a_prompt_that_the_files_lack_is_named_and_its_batch_released(files: Any, state: str) -> None:
    with Selector(state, ids=["train-99"], discount=0.9) as selector:
        selector.metrics()
    data = make(files, state, by_parity).train_dataset
    with pytest.raises(InsightError, match="unknown-id: the state has a prompt 'train-99' that the data lack"):
        data.__getitems__(range(ROWS + 1))
    assert insight._selector is not None and insight._selector.metrics()["held"] == 0
