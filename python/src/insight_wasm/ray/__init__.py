"""Selectors of a Ray job: one that all workers share, or one that is split over nodes."""

from .actor import actor
from .hashing import shard_of
from .reshard import reshard
from .shards import Shards

__all__ = ["Shards", "actor", "reshard", "shard_of"]
