"""A small Ray on this machine, for all tests of the folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import ray
from ray.cluster_utils import Cluster

SRC = str(Path(__file__).parents[2] / "src")
STORE = 80 * 2**20  # bytes: the least that Ray takes


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    os.environ["PYTHONPATH"] = os.pathsep.join([SRC, os.environ.get("PYTHONPATH", "")])  # of the actors
    head = {"num_cpus": 1, "object_store_memory": STORE, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    ray.init(address=cluster.address, namespace="test", log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def add_node(cluster: Cluster) -> Callable[[], Any]:
    """Makes a node for the actors of tests that kill it."""
    return lambda: cluster.add_node(num_cpus=1, object_store_memory=STORE, resources={"shard": 1})
