"""The files of a checkpoint of shards: a copy of each, and a manifest that names them."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import InsightError

_MANIFEST = "manifest.json"


def state_name(shard: int, shards: int) -> str:
    """The name of the state of a shard."""
    return f"{shard:05d}-of-{shards:05d}.iws"


def copy_names(folder: Path, shards: int) -> list[str]:
    """Names, in the folder of a checkpoint, that no checkpoint before has."""
    name = uuid.uuid4().hex
    (folder / name).mkdir(parents=True)
    return [f"{name}/{state_name(i, shards)}" for i in range(shards)]


def write_checkpoint(folder: Path, shards: Sequence[dict[str, Any]]) -> None:
    """Writes the manifest when all copies are there; until it has its name, the checkpoint before it counts."""
    new = folder / f"{_MANIFEST}.new"
    with open(new, "w") as file:
        json.dump({"version": 1, "shards": list(shards)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    _sync(folder)
    os.replace(new, folder / _MANIFEST)
    _sync(folder)
    named = {Path(shard["file"]).parts[0] for shard in shards}
    for old in folder.iterdir():
        if old.is_dir() and old.name not in named:
            shutil.rmtree(old)


def read_checkpoint(folder: Path, shards: int | None = None) -> list[Path]:
    """The copies of a checkpoint, by shard."""
    path = folder / _MANIFEST
    try:
        manifest = json.loads(path.read_text())
        files = [folder / shard["file"] for shard in manifest["shards"]]
    except FileNotFoundError:
        raise InsightError("load", f"{path} is missing: no whole checkpoint") from None
    except (ValueError, KeyError, TypeError) as error:
        raise InsightError("load", f"{path} is damaged: {error}") from error
    if manifest.get("version") != 1:
        raise InsightError("load", f"{path} was made by a newer release, or is damaged")
    if shards not in (None, len(files)):
        raise InsightError("load", f"{path} has {len(files)} shards, not {shards}: reshard makes others of them")
    return files


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
