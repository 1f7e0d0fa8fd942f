"""A pool that is split over several actors, and selects as one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import ray

from ..errors import InsightError
from ..selector import Selector
from .actor import LOST, host, of_process
from .checkpoint import MIXED, TORN, read_checkpoint, state_name
from .hashing import by_shard
from .host import Ids
from .hosts import Hosts, Memory
from .whole import Whole

Lost = Literal["refuse", "missing"]


class Shards(Selector):
    """A Selector whose prompts are split over several actors, each with a state and a process of its own.

    It gives the ids and scores of one pool of all prompts, to the bit: also with quotas, a floor, prompts in flight and
    candidates drawn at random. One object uses the actors at a time; another one that is made takes them over.

    What was observed is in the journal of its shard before it is answered, and counts once. When an actor is lost, Ray
    restarts it, on any node: its state and journal must be on a disk that all nodes reach. Calls wait for it for
    `patience` seconds. After that `observe` keeps what belongs to it until it is back, and the others do what `lost`
    says; `missing` has the shards that took no part.

    Args:
        name: of the actors, in the namespace of the job.
        folder: where the states are, on a disk that all nodes reach; made if need be.
        ids: of all prompts; those that the states lack are added when the actors start. For a large pool, make the
            states by `reshard`.
        shards: number of actors. None: as many as the folder has states.
        lost: "refuse": a selection without one of the shards raises InsightError `lost`. "missing": it is made of the
            prompts of the others.
        patience: seconds to wait for an actor that is being restarted.
        options: of the actors, for Ray, as `resources`; they are spread over the nodes.
        settings: of a Selector, but for the state.

    Example:
        shards = Shards("pool", "/shared/pool", ids=range(10_000), shards=4, discount=0.9)
        shards.observe({id: rollout(id) for id in shards.next(256)})
    """

    def __init__(
        self,
        name: str,
        folder: str,
        ids: Ids = None,
        shards: int | None = None,
        *,
        lost: Lost = "refuse",
        patience: float = 60.0,
        options: Mapping[str, Any] | None = None,
        **settings: Any,
    ) -> None:
        if lost not in ("refuse", "missing"):
            raise ValueError(f'lost is "refuse" or "missing", not {lost!r}')
        super().__init__(folder, **settings)
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        count = _count(self._folder, shards)
        parts = {} if ids is None else by_shard(ids, count)
        spread = {"scheduling_strategy": "SPREAD", **(options or {})}
        self._started = [of_process(str(self._folder / state_name(i, count)), settings) for i in range(count)]
        self._hosts = [host(f"{name}-{i}-of-{count}", parts.get(i), self._started[i], spread) for i in range(count)]
        self._refuses, self._patience, self._memory = lost == "refuse", patience, Memory()
        if (self._folder / TORN).exists():
            self._memory.torn = MIXED

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError("Shards is used where it was made: let the workers ask that process, or an actor of their own")

    @property
    def missing(self) -> tuple[int, ...]:
        """The shards that were lost when something was last asked."""
        return tuple(sorted(self._memory.missing))

    def save(self, folder: str) -> None:
        """Writes a checkpoint: a copy of each shard, all of the same moment, and last of all the manifest that names
        them. Nothing else is asked meanwhile. A checkpoint that was there is replaced when the new one is whole."""
        self.call("save", to=folder)

    def load(self, folder: str) -> None:
        """Goes back to a checkpoint of as many shards: what was observed since is forgotten, nothing is in flight."""
        read_checkpoint(Path(folder), len(self._hosts))
        with self._client.held():
            (self._folder / TORN).touch()
            answer = self.call("load", **{"from": folder})
            (self._folder / TORN).unlink()
            self._step = answer["step"] or 0
            self._flying.clear()

    def state_dict(self) -> dict[str, Any]:
        """The path of a checkpoint that it writes into the folder, and the number of selections."""
        with self._client.held():
            path = str(self._folder / "checkpoints" / uuid.uuid4().hex)
            self.save(path)
            return {"version": 1, "shards": path, "selections": self._selections}

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Goes back to a checkpoint; its path must be there still."""
        if saved.get("version") != 1 or "shards" not in saved:
            raise ValueError(f"expected what state_dict of Shards gives, got {list(saved)}")
        with self._client.held():
            self.load(saved["shards"])
            self._selections = saved["selections"]

    def close(self) -> None:
        """Lets the actors save and ends them, unless another Shards uses them now.

        Raises:
            InsightError: `lost` if observations wait for a shard that is lost: they are lost too.
        """
        try:
            super().close()
        finally:
            for i, actor in enumerate(self._hosts):
                try:
                    is_mine = i in self._memory.missing or ray.get(actor.close.remote(self._memory.owner)) is not False
                except LOST:
                    is_mine = True
                if is_mine:
                    ray.kill(actor)

    def launch(self) -> Whole:
        return Whole(Hosts(self._hosts, self._started, self._memory, self._patience), self._refuses)


def _count(folder: Path, given: int | None) -> int:
    """The number of shards, which the states in a folder tell too."""
    found: set[int | None] = {int(path.stem.split("-of-")[1]) for path in folder.glob("*-of-*.iws")}
    if len(found) > 1:
        raise InsightError("settings", f"{folder} has states of {', '.join(sorted(map(str, found)))} shards")
    (count,) = found or {given}
    if count is None or count < 1:
        raise InsightError("settings", f"{folder} has no states yet: say how many shards there are to be")
    if given not in (None, count):
        raise InsightError("settings", f"{folder} has {count} shards, not {given}: reshard makes others of them")
    return count
