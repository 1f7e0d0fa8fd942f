"""What a step costs in shards: `python bench/shards.py [--shards 1,2,4,8] [--prompts 100000,1000000] [--steps 60]`.

For each number of shards, and of prompts in a shard, it writes states, starts a Ray of one node and an actor a shard on
this machine, and prints the medians of selecting 256 prompts and of observing 256, with 1,024 in flight. The states lie
in BENCH_FOLDER, by default /dev/shm: on a disk each observe waits for a sync of it.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SRC = str(ROOT / "python" / "src")
sys.path.insert(0, SRC)
os.environ["PYTHONPATH"] = SRC

import ray  # noqa: E402

from insight_wasm.ray import Shards  # noqa: E402

BATCH, FLYING = 256, 4


def timed(body: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    value = body()
    return 1000 * (time.perf_counter() - begin), value


def show(name: str, times: list[float]) -> None:
    quarters = statistics.quantiles(times, n=4)
    print(
        f"  {name:24} {statistics.median(times):8.1f} ms median, {quarters[0]:.1f} to {quarters[2]:.1f} the middle half"
    )


def measure(folder: Path, shards: int, prompts: int, steps: int) -> None:
    command = ["node", "--max-old-space-size=8192", str(ROOT / "bench" / "write-state.mjs"), str(folder)]
    subprocess.run([*command, str(shards), str(prompts)], check=True)
    print(f"\n{shards} shards of {prompts:,} prompts")
    pool = Shards(f"bench-{shards}-{prompts}", str(folder))
    first, _ = timed(lambda: pool.release(pool.next(BATCH)))
    print(f"  {'start and first':24} {first:8.0f} ms")
    flying = deque([pool.next(BATCH) for _ in range(FLYING)])
    selecting, observing, together = [], [], []
    for step in range(1, steps + 1):
        select, ids = timed(lambda: pool.next(BATCH))
        flying.append(ids)
        groups = {id: [1.0] * (i % 9) + [0.0] * (8 - i % 9) for i, id in enumerate(flying.popleft())}
        observe, _ = timed(lambda groups=groups, step=step: pool.observe(groups, step=step))
        selecting.append(select)
        observing.append(observe)
        together.append(select + observe)
    show("select 256", selecting)
    show("observe 256, durable", observing)
    show("both", together)
    pool.close()


def main() -> None:
    numbers = lambda text: [int(float(each)) for each in text.split(",")]  # noqa: E731
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=numbers, default=[1, 2, 4, 8])
    parser.add_argument("--prompts", type=numbers, default=[100_000, 1_000_000], help="of each shard")
    parser.add_argument("--steps", type=int, default=60)
    args = parser.parse_args()
    ray.init("local", num_cpus=1, object_store_memory=80 * 2**20, include_dashboard=False, log_to_driver=False)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}, Ray {ray.__version__}")
    for prompts in args.prompts:
        for shards in args.shards:
            folder = Path(tempfile.mkdtemp(prefix="insight-shards-", dir=os.environ.get("BENCH_FOLDER", "/dev/shm")))
            try:
                measure(folder, shards, prompts, args.steps)
            finally:
                shutil.rmtree(folder)


if __name__ == "__main__":
    main()
