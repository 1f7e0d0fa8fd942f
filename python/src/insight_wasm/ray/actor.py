"""One state that all workers of a Ray job reach: in a named actor, which Ray restarts."""

from __future__ import annotations

import time
from typing import Any

import ray
from ray.exceptions import RayActorError

from ..errors import InsightError
from ..process import Ended
from ..selector import Selector
from .host import Answer, Host, Ids, Request

_OF_PROCESS = ("discount", "threshold", "command")


def host(name: str, state: str, ids: Ids, settings: dict[str, Any], options: dict[str, Any] | None = None) -> Any:
    """The handle of a named actor with the process of a state, which is made if there is none of that name."""
    of_process = {key: value for key, value in settings.items() if key in _OF_PROCESS}
    chosen = {"name": name, "get_if_exists": True, "max_restarts": -1, "num_cpus": 0, **(options or {})}
    return ray.remote(Host).options(**chosen).remote(ids, {"state": state, **of_process})


def actor(
    name: str,
    state: str,
    ids: Ids = None,
    *,
    patience: float = 60.0,
    options: dict[str, Any] | None = None,
    **settings: Any,
) -> Selector:
    """A Selector whose process runs in the actor `name`: all workers that give this name share what is in flight.

    The actor is made by the worker that comes first, needs no CPU of Ray's, and is restarted by Ray when it is lost, on
    any node: so the state must be on a disk that all of these reach. What was observed is in its journal; what was sent
    and not answered is sent again, and counts once. Each worker puts what it has in flight in flight again when it next
    asks for something. `close` leaves the actor as it is.

    Args:
        name: of the actor, in the namespace of the job.
        state: path of the state, the same on all nodes.
        ids: as of a Selector; those of the worker that comes first count.
        patience: seconds to wait for an actor that is being restarted.
        options: of the actor, for Ray: `namespace`, `lifetime`, `resources`, `scheduling_strategy` and the like.
        settings: of a Selector; `discount`, `threshold` and `command` are those of the worker that comes first.

    Raises:
        InsightError: `lost` if the actor does not come back.
    """
    return _Shared(host(name, state, ids, settings, options), patience, state, settings)


class _Shared(Selector):
    def __init__(self, handle: Any, patience: float, state: str, settings: dict[str, Any]) -> None:
        self._handle, self._patience = handle, patience
        super().__init__(state, **settings)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "handle": self._handle, "patience": self._patience}

    def __setstate__(self, pickled: dict[str, Any]) -> None:
        self._handle, self._patience = pickled["handle"], pickled["patience"]
        super().__setstate__(pickled)

    def launch(self) -> Remote:  # type: ignore[override]  # answers as a Process does
        return Remote(self._handle, self._patience)


class Remote:
    """One life of the process in an actor; used as a Process is."""

    def __init__(self, handle: Any, patience: float) -> None:
        self._handle = handle
        deadline = time.monotonic() + patience
        while True:
            try:
                opened = ray.get(handle.join.remote())
                break
            except RayActorError as error:
                if time.monotonic() > deadline:
                    raise InsightError("lost", f"the actor is lost: {error}") from error
                time.sleep(0.1)
        if isinstance(opened, InsightError):
            raise opened
        self._life, self.hello = opened

    def ask(self, request: Request) -> dict[str, Any]:
        try:
            answers: list[Answer] | None = ray.get(self._handle.ask.remote(self._life, [request]))
        except RayActorError as error:
            raise Ended(f"lost its actor: {error}") from error
        if answers is None:
            raise Ended("ended in its actor")
        (answer,) = answers
        if isinstance(answer, InsightError):
            raise answer
        return answer

    def close(self) -> None:
        """The actor stays."""
