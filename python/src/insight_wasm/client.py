"""A process that is started when it is first used, and anew when it has ended."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from .errors import InsightError
from .process import Ended

_TRIES = 3


class Asked(Protocol):
    """What answers requests: a Process, or what stands for one elsewhere."""

    @property
    def hello(self) -> dict[str, Any]: ...

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises InsightError with what is answered as an error, Ended if it ends first."""

    def kill(self) -> None:
        """Ends it at once; what it answered is on the disk."""

    def close(self) -> None:
        """Lets it save and end. Raises InsightError if it could not save."""


class Client:
    """Requests of any number of threads to one process after the other.

    Args:
        start: a method that makes the process ready for requests; it is called again when a process has ended. Its
            object is not kept alive, so that the process ends with it.
    """

    def __init__(self, start: Callable[[], Asked]) -> None:
        self._start = weakref.WeakMethod(start)
        self._lock = threading.RLock()
        self._owner: int | None = None  # the process that uses it
        self._process: Asked | None = None
        self._is_asking = self._is_closed = False
        self._asked = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """No other thread asks anything meanwhile."""
        if self._owner is None:
            self._owner = os.getpid()
        if self._owner != os.getpid():  # before the lock, which nobody may release here
            reason = f"opened by process {self._owner}, of which this one is a fork"
            raise InsightError("forked", f"{reason}: use it there only (a DataLoader needs num_workers=0)")
        with self._lock:
            if self._is_closed:
                raise InsightError("closed", "it was closed")
            if self._is_asking:  # by this very thread, as the lock is held: a signal handler, say
                raise InsightError("busy", "asked in the middle of a request of the same thread, by a signal handler?")
            yield

    def ask(self, op: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request. It is sent again if the process ends before it answers, so asking twice must do no
        harm."""
        with self.held():
            self._is_asking = True
            try:
                self._asked += 1
                return self._ask({"id": self._asked, "op": op, **fields})
            finally:
                self._is_asking = False

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        reason = ""
        for _ in range(_TRIES):
            try:
                if self._process is None:
                    start = self._start()
                    assert start is not None
                    self._process = start()
                answer = self._process.ask(request)
                del answer["id"]
                return answer
            except InsightError:
                raise
            except BaseException as error:
                self._process = None
                if self._is_closed:
                    raise InsightError("closed", "it was closed in the middle of a request") from error
                if not isinstance(error, Ended):
                    raise
                reason = str(error)
        raise InsightError("ended", f"{request['op']} was not answered: insight-wasm {reason}, {_TRIES} times")

    def restart(self) -> None:
        """Lets the process save and end; the next request starts another one."""
        with self.held():
            process, self._process = self._process, None
            if process is not None:
                process.close()

    def close(self) -> None:
        """Lets the process save and end, or ends it in the middle of a request of this thread, by a signal handler.
        Does nothing in a fork. Raises InsightError if it could not save."""
        if self._owner not in (None, os.getpid()):
            return
        with self._lock:
            self._is_closed = True
            process, self._process = self._process, None
            if process is not None and self._is_asking:
                process.kill()
            elif process is not None:
                process.close()
