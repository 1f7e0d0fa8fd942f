"""One process of `insight-wasm serve`: a request at a time, an answer each."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import weakref
from collections.abc import Sequence
from typing import IO, Any

from .errors import InsightError
from .plain import to_plain

PROTOCOL = 2
_MOST_WORDS = 2000


class Ended(Exception):
    """The process ended before it answered; says why, as far as that is known."""


class Process:
    """A started process that has said hello. Not for several threads at once: its owner has the lock."""

    def __init__(self, command: Sequence[str]) -> None:
        """Raises InsightError with the reason of the process if it cannot start, and Ended if it gives none."""
        self._words: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 (a pipe could fill up)
        with _spawning:
            try:
                self._popen = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._words,
                    bufsize=0,
                    start_new_session=True,  # Ctrl-C is for the trainer, which may save a checkpoint then
                )
            except OSError as error:
                self._words.close()
                raise InsightError("no-node", f"cannot run {command[0]}: {error.strerror}") from error
            _running.add(self)
        self._rest = b""
        weakref.finalize(self, _finish, self._popen, self._words, os.getpid())
        self.hello = self.ask({"op": "hello"})
        if self.hello.get("protocol") != PROTOCOL:
            self.kill()
            raise InsightError("protocol", f"{command[-1]} speaks another protocol than {PROTOCOL}: {self.hello}")

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Raises InsightError with what is answered as an error, Ended if the process ends first."""
        line = json.dumps(request, ensure_ascii=False, separators=(",", ":"), default=_default).encode() + b"\n"
        try:
            self._write(line)
            answer = self._read()
        except BaseException:
            self.kill()  # between a request and its answer: what was not answered is not known
            raise
        error = answer.get("error")
        if error is not None:
            raise InsightError(error["code"], error["message"])
        return answer

    def _write(self, line: bytes) -> None:
        assert self._popen.stdin is not None
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[self._popen.stdin.write(rest) :]
        except BrokenPipeError:
            pass  # it may have said why before it ended: that is its answer

    def _read(self) -> dict[str, Any]:
        assert self._popen.stdout is not None
        parts = [self._rest]
        while b"\n" not in parts[-1]:
            part = os.read(self._popen.stdout.fileno(), 2**20)
            if not part:
                raise Ended(self._reason())
            parts.append(part)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _reason(self) -> str:
        code = self._popen.wait()
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        return f"ended {how}{self._last_words()}"

    def _last_words(self) -> str:
        self._words.seek(0)
        words = self._words.read().decode(errors="replace").strip()
        return f": {words[-_MOST_WORDS:]}" if words else ""

    def kill(self) -> None:
        """Ends it at once; what it answered is on the disk."""
        self._popen.kill()
        self._popen.wait()
        self.abandon()

    def close(self) -> None:
        """Lets it save and end. Raises InsightError if it could not save."""
        assert self._popen.stdin is not None
        self._popen.stdin.close()
        code = self._popen.wait()
        words = self._last_words().removeprefix(": ")
        self.abandon()
        if code > 0:
            raise InsightError("save", words or f"ended with code {code}")

    def abandon(self) -> None:
        """Closes this side of the pipes."""
        for file in (self._popen.stdin, self._popen.stdout, self._words):
            assert file is not None
            file.close()


def _default(value: Any) -> Any:
    plain = to_plain(value)
    if plain is value:
        raise TypeError(f"no JSON can be made of {value!r}")
    return plain


def _finish(popen: subprocess.Popen[bytes], words: IO[bytes], owner: int) -> None:
    """Lets a process that nobody closed save and end: at the end of the interpreter, say."""
    if popen.returncode is None and os.getpid() == owner:
        assert popen.stdin is not None and popen.stdout is not None
        popen.stdin.close()
        popen.wait()
        popen.stdout.close()
        words.close()


# A forked child has copies of the pipes: as long as one is open, the process never learns that the trainer has ended.
_spawning = threading.Lock()
_running: weakref.WeakSet[Process] = weakref.WeakSet()


def _in_child() -> None:
    for process in list(_running):
        process.abandon()
        process._popen.returncode = 0  # not this process's child: nothing to wait for
    _running.clear()
    _spawning.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_spawning.acquire, after_in_parent=_spawning.release, after_in_child=_in_child)
