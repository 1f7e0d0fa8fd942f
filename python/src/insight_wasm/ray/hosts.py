"""The actors of a pool: which of them are there, and what each answers."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import ray

from ..errors import InsightError
from ..process import Ended
from .actor import LOST
from .host import Answer, Opened, Request

_PASSING = ("locked", "ended", "no-state")  # reasons of a process that cannot start which may be gone later
_LOOK = 0.1


@dataclass
class Memory:
    """What outlives the loss of a shard."""

    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    taken: set[int] = field(default_factory=set)  # shards that are this owner's
    lives: dict[int, str] = field(default_factory=dict)  # of their processes
    missing: set[int] = field(default_factory=set)
    reasons: dict[int, str] = field(default_factory=dict)  # why one of them could not be opened
    prompts: dict[int, int] = field(default_factory=dict)
    steps: dict[int, float | None] = field(default_factory=dict)
    waiting: dict[int, dict[str, Request]] = field(default_factory=dict)  # observations for shards that are missing
    torn: str | None = None  # why the shards are of different checkpoints


class Hosts:
    """One life of all processes: it ends when one of them is lost.

    Args:
        handles: of the actors.
        started: what the process of each is started with.
        patience: seconds to wait for those that do not answer yet.
    """

    def __init__(
        self, handles: Sequence[Any], started: Sequence[Mapping[str, Any]], memory: Memory, patience: float
    ) -> None:
        self._handles, self._started, self.memory = handles, started, memory
        self.held: dict[int, int] = {}  # prompts in flight
        self._chosen: dict[int, list[str]] = {}  # in flight too; a shard is told with what it is asked next
        self._opening = {i: self._take(i) for i in range(len(handles))}
        memory.missing = set(self._opening)
        deadline = time.monotonic() + patience
        self.taken = 0
        """Observations that the states have taken."""
        while True:
            for hello in self.opened().values():
                self.taken += hello["taken"]
            if not self._opening or time.monotonic() > deadline:
                break
            time.sleep(_LOOK)

    @property
    def count(self) -> int:
        return len(self._handles)

    @property
    def there(self) -> list[int]:
        return [i for i in range(len(self._handles)) if i not in self.memory.missing]

    @property
    def step(self) -> float | None:
        return max((step for step in self.memory.steps.values() if step is not None), default=None)

    def _take(self, i: int) -> Any:
        memory = self.memory
        return self._handles[i].take.remote(memory.owner, uuid.uuid4().hex, i not in memory.taken, self._started[i])

    def opened(self) -> dict[int, dict[str, Any]]:
        """The shards that have come back, and what they said."""
        back: dict[int, dict[str, Any]] = {}
        for i, opening in list(self._opening.items()):
            if not ray.wait([opening], timeout=0)[0]:
                continue
            try:
                opened: Opened = ray.get(opening)
            except LOST as error:
                opened = InsightError("ended", str(error))
            if isinstance(opened, InsightError):
                self._opening[i] = self._take(i)
                self.memory.reasons[i] = opened.message
                if opened.code not in _PASSING:
                    raise opened
                continue
            del self._opening[i]
            self.memory.missing.discard(i)
            self.memory.reasons.pop(i, None)
            self.memory.taken.add(i)
            self.memory.lives[i], back[i] = opened
            self.know(i, back[i])
        return back

    def know(self, i: int, about: Mapping[str, Any]) -> None:
        self.memory.prompts[i], self.memory.steps[i] = about["prompts"], about["step"]
        self.held[i] = about.get("held", 0)

    def need_all(self, what: str) -> None:
        if self.memory.missing:
            missing = sorted(self.memory.missing)
            why = next((f": {self.memory.reasons[i]}" for i in missing if i in self.memory.reasons), "")
            lost = ", ".join(map(str, missing))
            raise InsightError("lost", f"{what} needs all shards, and {lost} of {len(self._handles)} are lost{why}")

    def run(self, requests: Mapping[int, Sequence[Request]]) -> dict[int, list[Answer]]:
        """The answers of shards; raises Ended if one of them is lost."""
        told = {i: {"op": "hold", "ids": self._chosen.pop(i)} for i in requests if i in self._chosen}
        calls = {
            i: self._handles[i].ask.remote(self.memory.lives[i], [told[i], *of] if i in told else of)
            for i, of in requests.items()
        }
        answers: dict[int, list[Answer]] = {}
        lost: dict[int, str] = {}
        for i, call in calls.items():
            try:
                answer: list[Answer] | None = ray.get(call)
            except LOST as error:
                lost[i] = str(error)
                continue
            if answer is None:
                lost[i] = "its process ended"
            else:
                answers[i] = answer
        if lost:
            raise Ended("; ".join(f"lost shard {i}: {reason}" for i, reason in lost.items()))
        for i in told:
            self.held[i] = good(answers[i].pop(0))["held"]
        return answers

    def of_each(self, requests: Mapping[int, Request]) -> dict[int, dict[str, Any]]:
        """The one answer of each; raises the first error."""
        answers = self.run({i: [request] for i, request in requests.items()})
        return {i: good(answer) for i, (answer,) in answers.items()}

    def hold_later(self, i: int, ids: list[str]) -> None:
        """Puts prompts of a shard in flight, of which it is told with what it is asked next."""
        self._chosen[i] = ids
        self.held[i] += len(ids)

    def close(self) -> list[InsightError]:
        """Lets those that are there save and end. Returns the reasons of those that could not."""
        errors: list[InsightError] = []
        for call in [self._handles[i].close.remote(self.memory.owner) for i in self.there]:
            try:
                answer = ray.get(call)
            except LOST:
                continue  # what it answered is on the disk
            if isinstance(answer, InsightError):
                errors.append(answer)
        return errors


def good(answer: Answer) -> dict[str, Any]:
    if isinstance(answer, InsightError):
        raise answer
    return answer
