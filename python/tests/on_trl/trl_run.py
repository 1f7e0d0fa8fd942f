"""A real GRPO run of a random two-layer model on prompts of planted success rates: run alone, or by torchrun."""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

from insight_wasm import Selector
from insight_wasm.trl import InsightMixin


class Trainer(InsightMixin, GRPOTrainer):  # type: ignore[misc]
    pass


def tiny_model() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    words = ["<pad>", "<eos>", "<unk>", "add", *map(str, range(100))]
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(words), hidden_size=8, intermediate_size=16, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None, max_position_embeddings=64,
    )  # fmt: skip
    return LlamaForCausalLM(config), fast


def rate(id: str) -> float:
    """Most prompts are hopeless or solved, as in a real data set."""
    draw = random.Random(f"rate {id}").random()
    return 0.02 if draw < 0.4 else 0.98 if draw < 0.8 else 0.5


def run(folder: str, options: dict[str, Any]) -> dict[str, Any]:
    torch.set_num_threads(1)
    model, tokenizer = tiny_model()
    prompts = options.get("prompts", 60)
    dataset = Dataset.from_dict(
        {"prompt": [f"add {i % 10} {i // 10}" for i in range(prompts)], "id": [f"p{i}" for i in range(prompts)]}
    )
    generations: dict[int, int] = {}  # of each step

    def planted(id: list[str], trainer_state: Any, **_: Any) -> list[float]:
        """Right with the rate of the prompt, by draws that are the same in each run, however many processes it has."""
        if not trainer.model.training:
            return [0.5 for _ in id]
        step, start = trainer_state.global_step, trainer.accelerator.process_index * len(id)
        nth = generations[step] = generations.get(step, 0) + 1
        draws = [random.Random(f"{step} {nth} {start + i}").random() for i in range(len(id))]
        return [float(draw < rate(each)) for draw, each in zip(draws, id, strict=True)]

    rounds: list[dict[str, Any]] = []

    class Recorder(Selector):
        def next(self, count: int = 1, seed: int | None = None) -> list[str]:
            ids = super().next(count, seed)
            rounds.append({"ids": ids, "before": len([1 for each in rounds if "groups" in each])})
            return ids

        def observe(self, groups: Any, step: Any = None) -> None:
            super().observe(groups, step)
            rounds[-1] |= {"groups": {id: list(map(float, rewards)) for id, rewards in groups.items()}, "step": step}

    arguments = {
        "output_dir": folder, "use_cpu": True, "report_to": [], "per_device_train_batch_size": 16, "seed": 1,
        "num_generations": 4, "max_completion_length": 3, "max_steps": 6, "logging_steps": 1, "learning_rate": 1e-3,
        "save_strategy": "no", "disable_tqdm": True, "log_completions": True, "num_completions_to_print": 0,
        "gradient_checkpointing": False, "bf16": False, "eval_on_start": False,
        **options.get("arguments", {}),
    }  # fmt: skip
    trainer = Trainer(
        model=model, reward_funcs=planted, args=GRPOConfig(**arguments), train_dataset=dataset,
        eval_dataset=dataset.select(range(8)) if "eval_steps" in arguments else None, processing_class=tokenizer,
    )  # fmt: skip
    settings = {"discount": 0.9, **options.get("selector", {})}
    ids = [*options.get("more", []), *dataset["id"]]
    selector = Recorder(options.get("state", f"{folder}/pool.iws"), ids=ids, **settings)
    if "fails" in options:

        def fails(*_: Any, **__: Any) -> None:
            raise OSError(28, f"{options['fails']}: the disk is full")

        setattr(selector, options["fails"], fails)
    trainer.select_with(selector)
    try:
        trainer.train(resume_from_checkpoint=options.get("resume"))
        is_opened = selector._client._process is not None
    finally:
        selector.close()
    return {"rounds": rounds, "is_opened": is_opened, "rank": trainer.accelerator.process_index,
            "logs": trainer.state.log_history}  # fmt: skip


def run_each(folder: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """How each of several runs ends."""
    errors = []
    for options in runs:
        try:
            run(folder, options)
            errors.append("")
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    return {"errors": errors, "rank": int(os.environ["RANK"])}


if __name__ == "__main__":
    folder, options = sys.argv[1], json.loads(sys.argv[2])
    done = run(folder, options) if "runs" not in options else run_each(folder, options["runs"])
    Path(folder, f"rank-{done['rank']}.json").write_text(json.dumps(done))
    if torch.distributed.is_initialized():
        torch.distributed.barrier()
        sys.stderr.flush()
        os._exit(0)  # threads of Gloo that still run when the interpreter ends would abort it, now and then
