"""One state that all workers of a Ray job reach: in a named actor, which Ray restarts."""

from __future__ import annotations

import time
import uuid
from typing import Any

import ray
from ray.exceptions import ActorDiedError, ObjectLostError, RayActorError

from ..client import Asked
from ..errors import InsightError
from ..process import Ended
from ..selector import Selector
from .host import Answer, Host, Ids, Opened, Request

LOST = (RayActorError, ObjectLostError)
"""An actor that was lost with what it was asked, or its answer."""

_OF_PROCESS = ("discount", "threshold", "command")


def of_process(state: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings of a Selector that its process is started with."""
    return {"state": state, **{name: settings.get(name) for name in _OF_PROCESS}}


def host(name: str, ids: Ids, started: dict[str, Any], options: dict[str, Any] | None) -> Any:
    """The handle of a named actor with the process of a state, which is made if there is none of that name."""
    chosen = {"name": name, "get_if_exists": True, "max_restarts": -1, "num_cpus": 0, **(options or {})}
    return ray.remote(Host).options(**chosen).remote(ids, started)


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
    any node: so the state must be on a disk that all of these reach. If it ends with the worker that made it (unless
    `options` has `"lifetime": "detached"`), the next worker that asks makes another one. What was observed is in its
    journal; what was sent and not answered is sent again, and counts once. Each worker puts what it has in flight, and
    nobody observed, in flight again when it next asks for something. `close` leaves the actor as it is.

    Args:
        name: of the actor, in the namespace of the job.
        state: path of the state, the same on all nodes.
        ids: as of a Selector; those of the worker that comes first count.
        patience: seconds to wait for an actor that is being restarted.
        options: of the actor, for Ray: `namespace`, `lifetime`, `resources`, `scheduling_strategy` and the like.
        settings: of a Selector; where `discount`, `threshold` and `command` are not given, those of the worker that
            came first hold.

    Raises:
        InsightError: `lost` if the actor does not come back, `settings` if it was made for another state.
    """
    return _Shared(name, state, ids, patience, options, settings)


class _Shared(Selector):
    def __init__(
        self,
        name: str,
        state: str,
        ids: Ids,
        patience: float,
        options: dict[str, Any] | None,
        settings: dict[str, Any],
    ) -> None:
        super().__init__(state, ids, **settings)
        self._of_actor = (name, patience, options, of_process(state, settings))
        self._handle = self._make()

    def _make(self) -> Any:
        name, _, options, started = self._of_actor
        return host(name, self._ids, started, options)

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "of_actor": self._of_actor, "handle": self._handle}

    def __setstate__(self, pickled: dict[str, Any]) -> None:
        self._of_actor, self._handle = pickled["of_actor"], pickled["handle"]
        super().__setstate__(pickled)

    def _begin(self) -> None:
        super()._begin()
        self._worker = uuid.uuid4().hex

    def _latest(self) -> float:
        """Other workers observe too."""
        return max(self._step, self.call("hello")["step"] or 0)

    def _observed_elsewhere(self, process: Asked) -> set[str]:
        ids = list(self._flying)
        prompts = process.ask({"op": "get", "ids": ids})["prompts"]
        steps = {id: prompt["step"] for id, prompt in zip(ids, prompts) if prompt is not None}  # noqa: B905
        return {id for id, step in steps.items() if step is not None and step > self._flying[id].step}

    def launch(self) -> Asked:
        _, patience, _, started = self._of_actor
        deadline = time.monotonic() + patience
        while True:
            try:
                opened: Opened = ray.get(self._handle.join.remote(started))
                break
            except LOST as error:
                if time.monotonic() > deadline:
                    raise InsightError("lost", f"the actor is lost: {error}") from error
                time.sleep(0.1)
                if isinstance(error, ActorDiedError):
                    self._handle = self._make()
        if isinstance(opened, InsightError):
            raise opened
        return _Remote(self._handle, self._worker, *opened)


class _Remote:
    """One life of the process in an actor."""

    def __init__(self, handle: Any, worker: str, life: str, hello: dict[str, Any]) -> None:
        self._handle, self._worker, self._life, self.hello = handle, worker, life, hello

    def ask(self, request: Request) -> dict[str, Any]:
        try:
            answers: list[Answer] | None = ray.get(self._handle.ask.remote(self._life, [request], self._worker))
        except LOST as error:
            raise Ended(f"lost its actor: {error}") from error
        if answers is None:
            raise Ended("ended in its actor")
        (answer,) = answers
        if isinstance(answer, InsightError):
            raise answer
        return answer

    def kill(self) -> None:
        """The actor stays."""

    def close(self) -> None:
        """The actor stays."""
