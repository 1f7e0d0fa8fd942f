"""What runs in a Ray actor: the process of a state."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..client import Asked
from ..errors import InsightError
from ..process import Ended
from ..selector import Selector

LOCKED = 60.0
"""Seconds to wait for the process that had the state before, whose actor has ended and which may still be saving."""

Request = dict[str, Any]
Answer = dict[str, Any] | InsightError
Opened = tuple[str, dict[str, Any]] | InsightError
"""The name of this life of the process, and its hello."""
Ids = Iterable[str | int] | Mapping[Any, str] | None
"""As of a Selector."""


class Host:
    """Answers requests about a state. What is in flight is known to one life of its process only: each request names
    the life that it is for, and is not answered by another.

    Args:
        ids: those that the state lacks are added when the process starts.
        settings: of a Selector, those that its process is started with.
    """

    def __init__(self, ids: Ids, settings: dict[str, Any]) -> None:
        # Started by the first request: Ray restarts no actor whose constructor fails.
        self._ids, self._settings = ids, settings
        self._process: Asked | None = None
        self._life: str | None = None
        self._owner: str | None = None
        self._latest: dict[str, tuple[int, Answer]] = {}  # selection of each worker, and the id of its request

    def join(self, settings: Mapping[str, Any]) -> Opened:
        """For one of any number of workers.

        Args:
            settings: those that the worker would start the process with.
        """
        try:
            self._check(settings)
            hello = self._ask_alive({"op": "hello"})
        except InsightError as error:
            return error
        self._life = self._life or uuid.uuid4().hex
        return self._life, hello

    def take(self, owner: str, life: str, takes_over: bool, settings: Mapping[str, Any]) -> Opened:
        """For a worker that uses it alone, from now on: nothing is in flight.

        Args:
            owner: the worker.
            life: what the life is called that begins now.
            takes_over: from another owner, if there is one.
            settings: those that the worker would start the process with.
        """
        if not takes_over and self._owner not in (None, owner):
            return InsightError("taken", "another Shards uses these actors now")
        try:
            self._check(settings)
            self._ask_alive({"op": "release", "all": True})
            hello = self._ask_alive({"op": "hello"})
        except InsightError as error:
            return error
        self._owner, self._life = owner, life
        return life, hello

    def ask(self, life: str, requests: Sequence[Request], worker: str | None = None) -> list[Answer] | None:
        """The answers; None if the process of that life has ended.

        Args:
            worker: whose selections are answered once: the latest, asked again with the same id, gets the same answer.
        """
        if life != self._life or self._process is None:
            return None
        answers: list[Answer] = []
        for request in requests:
            is_selection = worker is not None and request["op"] == "select"
            number, answer = self._latest.get(worker or "", (None, {}))
            if not is_selection or number != request["id"]:
                try:
                    answer = self._process.ask(request)
                except InsightError as error:
                    answer = error
                except Ended:
                    self._forget()
                    return None
            if is_selection:
                self._latest[worker or ""] = (request["id"], answer)
            answers.append(answer)
        return answers

    def close(self, owner: str) -> bool | InsightError:
        """Lets the process save and end. False if another owner uses it: then it stays."""
        if self._owner not in (None, owner):
            return False
        process = self._process
        self._forget()
        self._owner = None
        try:
            if process is not None:
                process.close()
        except InsightError as error:
            return error
        return True

    def _check(self, settings: Mapping[str, Any]) -> None:
        for name, mine in self._settings.items():
            if None not in (mine, settings.get(name)) and mine != settings[name]:
                reason = f"the actor of this name was made with {name} {mine}, not {settings[name]}"
                raise InsightError("settings", reason)

    def _ask_alive(self, request: Request) -> dict[str, Any]:
        """The answer of a process that is started if there is none, or if it has ended."""
        for is_last in (False, True):
            process = self._start()
            try:
                return process.ask(request)
            except Ended as error:
                self._forget()
                if is_last:
                    raise InsightError("ended", str(error)) from error
        raise AssertionError

    def _forget(self) -> None:
        self._process = self._life = None
        self._latest.clear()

    def _start(self) -> Asked:
        deadline = time.monotonic() + LOCKED
        while self._process is None:
            try:
                self._process = Selector(ids=self._ids, **self._settings).launch()
            except Ended as error:
                raise InsightError("ended", str(error)) from error
            except InsightError as error:
                if error.code != "locked" or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return self._process
