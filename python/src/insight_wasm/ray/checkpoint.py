"""The files of a checkpoint of shards: a copy of each, and a manifest that names them."""

from __future__ import annotations

import json
import os
import re
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import InsightError

_MANIFEST = "manifest.json"
TORN = "loading"
"""A file beside the states while a checkpoint is loaded into them."""
MIXED = "the shards are of different checkpoints"


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
        if old.name not in named and _has_copies(old):
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
    gone = [file.name for file in files if not file.exists()]
    if gone:
        raise InsightError("load", f"{path} names {', '.join(gone)}, which {'is' if len(gone) == 1 else 'are'} missing")
    if shards not in (None, len(files)):
        raise InsightError("load", f"{path} has {len(files)} shards, not {shards}: reshard makes others of them")
    return files


def _has_copies(folder: Path) -> bool:
    """Whether it was made by `copy_names`: a trainer may keep other things beside it."""
    is_named = re.fullmatch("[0-9a-f]{32}", folder.name) and folder.is_dir()
    return bool(is_named) and all(".iws" in file.name for file in folder.iterdir())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
