"""The process of a pool, put together from those of its shards."""

from __future__ import annotations

import math
import re
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InsightError
from ..process import Ended
from .checkpoint import MIXED, copy_names, read_checkpoint, write_checkpoint
from .hashing import shard_of
from .host import Request
from .hosts import Hosts, good

_COUNT = 256
_TO_SHARDS = ("count", "acquisition", "candidates", "exclude", "quotas", "floor", "maxVisits", "cooldown")
_TO_MERGE = ("count", "quotas", "floor")
_OWN = ("id", "op", "hold", "holdSteps", "holdSeconds")


class Whole:
    """Answers the requests of a process for all shards together; used as a Process is.

    It ends as soon as a shard is lost: then another one is made, which begins with nothing in flight in any shard.
    Raises InsightError, and Ended.
    """

    def __init__(self, hosts: Hosts, refuses: bool) -> None:
        self._hosts, self._memory, self._refuses = hosts, hosts.memory, refuses
        self._limits: dict[str, _Limit] = {}
        self._selected = 0
        self._send_waiting()
        self.hello = {"step": hosts.step, "taken": hosts.taken}

    def ask(self, request: Request) -> dict[str, Any]:
        if self._hosts.opened():
            raise Ended("has a shard again that was lost")
        op = request["op"]
        if self._memory.torn is not None and op != "load":
            raise InsightError("load", f"{self._memory.torn}: load a checkpoint")
        answers: dict[str, Callable[[Request], dict[str, Any]]] = {
            "hello": lambda _: self._hello(),
            "select": self._select,
            "hold": self._hold,
            "observe": self._observe,
            "release": self._release,
            "get": self._get,
            "metrics": lambda _: self._metrics(),
            "save": self._save,
            "load": self._load,
        }
        if op not in answers:
            raise InsightError("request", f"{op} is nothing that shards answer together")
        return {"id": None, **answers[op](request)}

    def kill(self) -> None:
        """The actors stay, and what they answered is on the disk."""

    def close(self) -> None:
        """Lets all shards save and end. Raises InsightError if one could not, or is lost with what waits for it."""
        errors: list[InsightError] = []
        try:
            self._hosts.opened()
            self._send_waiting()
        except InsightError as error:
            errors.append(error)
        except Ended as error:
            errors.append(InsightError("lost", str(error)))
        errors += self._hosts.close()
        waiting = sum(map(len, self._memory.waiting.values()))
        if waiting:
            self._hosts.need_all(f"close loses {waiting} observations that wait for a shard; it")
        if errors:
            raise errors[0]

    def _hello(self) -> dict[str, Any]:
        memory = self._memory
        return {"prompts": sum(memory.prompts.values()), "step": self._hosts.step, "shards": self._hosts.count}

    def _select(self, request: Request) -> dict[str, Any]:
        unknown = [name for name in request if name not in (*_TO_SHARDS, *_OWN)]
        if unknown:
            raise InsightError("request", f'"{unknown[0]}" is no field of a selection out of shards')
        if self._refuses or not self._hosts.there:
            self._hosts.need_all("a selection")
        self._expire()
        query = {"count": _COUNT, **{name: request[name] for name in _TO_SHARDS if name in request}}
        there = self._hosts.there
        of = sum(self._memory.prompts[i] for i in there)
        requests: dict[int, Request] = {}
        offset = 0
        for i in there:
            part = {"offset": offset, "of": of, **({} if self._hosts.step is None else {"step": self._hosts.step})}
            requests[i] = {"op": "select", **query, "part": part}
            offset += self._memory.prompts[i]
        parts = [answer["part"] for answer in self._hosts.of_each(requests).values()]
        merge = {"op": "merge", "parts": parts, **{name: query[name] for name in _TO_MERGE if name in query}}
        chosen = self._hosts.of_each({there[0]: merge})[there[0]]
        self._selected += len(chosen["ids"])
        if request.get("hold", False):
            for i, ids in self._by_shard(chosen["ids"]).items():
                self._hosts.hold_later(i, ids)
            self._limit(chosen["ids"], request)
        return {"ids": chosen["ids"], "scores": chosen["scores"]}

    def _hold(self, request: Request) -> dict[str, Any]:
        self._expire()
        parts = self._by_shard(request["ids"])
        for i, answer in self._hosts.of_each({i: {"op": "hold", "ids": ids} for i, ids in parts.items()}).items():
            self._hosts.held[i] = answer["held"]
        self._limit(request["ids"], request)
        return {"held": sum(self._hosts.held.values())}

    def _limit(self, ids: Sequence[str], request: Request) -> None:
        """Limits are kept here, as a shard does not know the steps of the others."""
        steps, seconds = request.get("holdSteps"), request.get("holdSeconds")
        limit = _Limit(steps, self._hosts.step, math.inf if seconds is None else time.monotonic() + seconds)
        for id in ids:
            self._limits.pop(id, None)
            if steps is not None or seconds is not None:
                self._limits[id] = limit

    def _expire(self) -> None:
        """Releases what is in flight for too long."""
        now, last = time.monotonic(), self._hosts.step
        overdue = [id for id, limit in self._limits.items() if limit.is_over(last, now)]
        if overdue:
            self._let_go({"ids": overdue})

    def _observe(self, request: Request) -> dict[str, Any]:
        if request.get("atomic", False):
            raise InsightError("request", '"atomic" is not for shards, of which each takes its own')
        given: list[Request] = request["observations"]
        places: dict[int, list[int]] = {}
        for at, observation in enumerate(given):
            places.setdefault(shard_of(str(observation["id"]), self._hosts.count), []).append(at)
        waiting = 0
        requests: dict[int, list[Request]] = {}
        for i, ats in places.items():
            if i in self._memory.missing:
                waiting += self._wait(i, [given[at] for at in ats])
            else:
                requests[i] = [{"op": "observe", "observations": [given[at] for at in ats]}, {"op": "hello"}]
        began = self._hosts.step
        seen: dict[str, Any] = {"observed": 0, "late": [], "skipped": [], "unsaved": 0}
        errors: list[InsightError] = []
        failed: InsightError | None = None
        for i, (answer, about) in self._hosts.run(requests).items():
            self._hosts.know(i, good(about))
            if isinstance(answer, InsightError):
                if answer.code not in ("value", "refused"):
                    failed = answer
                    continue
                errors.append(
                    InsightError(answer.code, _placed(answer.message, places[i]))
                )  # of the first; none was taken
                seen["skipped"] += [{"at": at, "code": answer.code, "reason": errors[-1].message} for at in places[i]]
                continue
            seen["observed"] += answer["observed"]
            seen["unsaved"] += answer["unsaved"]
            seen["late"] += [places[i][at] for at in answer.get("late", [])]
            for one in answer.get("skipped", []):
                seen["skipped"].append({**one, "at": places[i][one["at"]], "reason": _placed(one["reason"], places[i])})
        if failed is not None:
            raise failed
        if began is None and self._hosts.step is not None:
            self._limits = {id: limit.begun(self._hosts.step) for id, limit in self._limits.items()}
        gone = {one["at"] for one in seen["skipped"] if one["code"] != "repeated"}
        for at, observation in enumerate(given):
            if at not in gone and not observation.get("more", False):
                self._limits.pop(str(observation["id"]), None)
        if errors and seen["observed"] == 0 and waiting == 0 and len(gone) == len(given):
            raise errors[0]
        seen["late"].sort()
        seen["skipped"].sort(key=lambda one: one["at"])
        return {**seen, **({"waiting": waiting} if waiting else {})}

    def _wait(self, i: int, observations: Sequence[Request]) -> int:
        """Keeps observations for a shard that is lost: once, as each has a key."""
        kept = self._memory.waiting.setdefault(i, {})
        for observation in observations:
            key = observation.get("key") or uuid.uuid4().hex
            kept[key] = {**observation, "key": key}
        return len(observations)

    def _send_waiting(self) -> None:
        """What was observed while a shard was lost; what makes no sense to it is dropped, as it would have been."""
        for i, kept in list(self._memory.waiting.items()):
            if i in self._memory.missing:
                continue
            request = {"op": "observe", "observations": list(kept.values())}
            answer, about = self._hosts.run({i: [request, {"op": "hello"}]})[i]
            if isinstance(answer, InsightError) and answer.code not in ("value", "refused"):
                raise answer
            self._hosts.know(i, good(about))
            del self._memory.waiting[i]

    def _release(self, request: Request) -> dict[str, Any]:
        self._expire()
        return self._let_go(request)

    def _let_go(self, request: Request) -> dict[str, Any]:
        if request.get("all", False):
            self._limits.clear()
            requests = {i: request for i in self._hosts.there}
        else:
            for id in request["ids"]:
                self._limits.pop(str(id), None)
            requests = {i: {"op": "release", "ids": ids} for i, ids in self._by_shard(request["ids"]).items()}
        released = 0
        for i, answer in self._hosts.of_each(requests).items():
            released += answer["released"]
            self._hosts.held[i] = answer["held"]
        return {"released": released, "held": sum(self._hosts.held.values())}

    def _get(self, request: Request) -> dict[str, Any]:
        if "ids" not in request:
            raise InsightError("request", "shards get prompts by their ids only")
        if self._refuses:
            self._hosts.need_all("get")
        self._expire()
        parts = self._by_shard(request["ids"])
        answers = self._hosts.of_each({i: {"op": "get", "ids": ids} for i, ids in parts.items()})
        found = {i: iter(answers[i]["prompts"]) for i in answers}
        offsets = {i: sum(self._memory.prompts[j] for j in range(i)) for i in answers}
        prompts = []
        for id in request["ids"]:
            i = shard_of(str(id), self._hosts.count)
            prompt = next(found[i]) if i in found else None
            prompts.append(prompt and {**prompt, "position": offsets[i] + prompt["position"]})
        return {"prompts": prompts}

    def _metrics(self) -> dict[str, Any]:
        self._expire()
        each = self._hosts.of_each({i: {"op": "metrics"} for i in self._hosts.there})
        sums = ("prompts", "held", "observations", "late", "skipped", "errors", "unsaved", "saves")
        total: dict[str, Any] = {name: sum(one[name] for one in each.values()) for name in sums}
        visited = sum(one["coverage"] * one["prompts"] for one in each.values())
        waiting = sum(map(len, self._memory.waiting.values()))
        missing = sorted(self._memory.missing)
        return {
            **total,
            "selected": self._selected,
            "coverage": visited / total["prompts"] if total["prompts"] else 0,
            "waiting": waiting,
            "missing": missing,
            "shards": each,
        }

    def _save(self, request: Request) -> dict[str, Any]:
        self._hosts.need_all("a checkpoint")
        if "to" not in request:
            answers = self._hosts.of_each({i: {"op": "save"} for i in self._hosts.there})
            return {"saves": sum(answer["saves"] for answer in answers.values())}
        folder = Path(request["to"])
        names = copy_names(folder, self._hosts.count)
        saved = self._hosts.of_each({i: {"op": "save", "to": str(folder / names[i])} for i in self._hosts.there})
        write_checkpoint(folder, [{"file": names[i], "prompts": saved[i]["prompts"]} for i in self._hosts.there])
        return {"to": request["to"], **self._hello()}

    def _load(self, request: Request) -> dict[str, Any]:
        self._hosts.need_all("load")
        files = read_checkpoint(Path(request["from"]), self._hosts.count)
        self._memory.torn = MIXED
        answers = self._hosts.of_each({i: {"op": "load", "from": str(files[i])} for i in self._hosts.there})
        for i, about in answers.items():
            self._hosts.know(i, about)
        self._memory.torn = None
        self._memory.waiting.clear()
        self._limits.clear()
        return {"from": request["from"], **self._hello()}

    def _by_shard(self, ids: Sequence[Any]) -> dict[int, list[str]]:
        """Ids by shard, of those that are there."""
        parts: dict[int, list[str]] = {}
        for id in ids:
            i = shard_of(str(id), self._hosts.count)
            if i not in self._memory.missing:
                parts.setdefault(i, []).append(str(id))
        return parts


@dataclass(frozen=True)
class _Limit:
    """How long a prompt may be in flight."""

    steps: int | None
    since: float | None  # the latest step then; None: none was seen
    until: float  # seconds

    def is_over(self, last: float | None, now: float) -> bool:
        over = (
            self.steps is not None and self.since is not None and last is not None and last >= self.since + self.steps
        )
        return over or now >= self.until

    def begun(self, step: float) -> _Limit:
        return self if self.since is not None else _Limit(self.steps, step, self.until)


def _placed(reason: str, places: Sequence[int]) -> str:
    """With the position in the whole request for that in the request of a shard."""
    return re.sub(r"observations\[(\d+)\]", lambda at: f"observations[{places[int(at[1])]}]", reason, count=1)
