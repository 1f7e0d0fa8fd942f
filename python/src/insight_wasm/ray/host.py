"""What runs in a Ray actor: the process of a state."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InsightError
from ..process import Ended, Process
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
        self._process: Process | None = None
        self._life: str | None = None
        self._owner: str | None = None

    def join(self) -> Opened:
        """For one of any number of workers."""
        try:
            process = self._start()
            self._life = self._life or uuid.uuid4().hex
            return self._life, process.ask({"op": "hello"})
        except InsightError as error:
            return error

    def take(self, owner: str, life: str, takes_over: bool) -> Opened:
        """For a worker that uses it alone, from now on: nothing is in flight.

        Args:
            owner: the worker.
            life: what the life is called that begins now.
            takes_over: from another owner, if there is one.
        """
        if not takes_over and self._owner not in (None, owner):
            return InsightError("taken", "another Shards uses these actors now")
        try:
            process = self._start()
            process.ask({"op": "release", "all": True})
            self._owner, self._life = owner, life
            return life, process.ask({"op": "hello"})
        except InsightError as error:
            return error

    def ask(self, life: str, requests: Sequence[Request]) -> list[Answer] | None:
        """The answers; None if the process of that life has ended."""
        if life != self._life or self._process is None:
            return None
        answers: list[Answer] = []
        for request in requests:
            try:
                answers.append(self._process.ask(request))
            except InsightError as error:
                answers.append(error)
            except Ended:
                self._process = self._life = None
                return None
        return answers

    def close(self) -> InsightError | None:
        """Lets the process save and end."""
        process, self._process, self._life, self._owner = self._process, None, None, None
        try:
            if process is not None:
                process.close()
        except InsightError as error:
            return error
        return None

    def _start(self) -> Process:
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
