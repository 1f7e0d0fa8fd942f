"""Which shard a prompt belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from ..plain import to_id, to_ids

_BITS = 48


def shard_of(id: str, shards: int) -> int:
    """The shard that has a prompt, from 0.

    A state keeps its prompts in the order of the first 48 bits of the SHA-256 of their ids, and each shard has an equal
    range of these: so the shards, one after the other, are one pool in the order of that pool.

    >>> shard_of("gsm8k-17", 1)
    0
    """
    head = hashlib.sha256(id.encode()).digest()[: _BITS // 8]
    return int.from_bytes(head, "big") * shards >> _BITS


def by_shard(ids: Iterable[Any] | Mapping[Any, str], shards: int) -> dict[int, Any]:
    """The ids of each shard that has any; of a mapping, mappings."""
    parts: dict[int, Any] = {}
    for id in to_ids(ids):
        parts.setdefault(shard_of(id, shards), []).append(id)
    if not isinstance(ids, Mapping):
        return parts
    groups = {to_id(id): group for id, group in ids.items()}
    return {i: {id: groups[id] for id in part} for i, part in parts.items()}
