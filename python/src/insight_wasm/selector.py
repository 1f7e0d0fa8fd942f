"""Which prompts to roll out next, for a trainer: the one object that it needs."""

from __future__ import annotations

import json
import math
import os
import tempfile
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

from .client import Asked, Client
from .errors import InsightError
from .plain import to_group, to_id, to_ids, to_rewards
from .process import Process
from .program import find_program, run

_CHUNK = 8192  # observations of a request: fewer than the keys that a state remembers
_NARROWING = ("candidates", "quotas", "maxVisits", "cooldown")
_IDS = 100_000  # ids of a request, which has at most 64 MiB


@dataclass(frozen=True)
class _Flight:
    """A prompt in flight."""

    key: str  # of its observation, so that this counts once however often it is sent
    step: float
    second: float


class Selector:
    """Posteriors of the success rates of prompts, kept in a file, and the choice of the next ones.

    Any number of threads may use one. Nothing is opened before it is used: until then, and when pickled, it is a path
    and settings. The file is locked while it is open, so of several processes one uses it. If the process that it runs
    is killed, it starts another one and sends again what was not answered; nothing is lost and nothing counts twice.

    Args:
        state: path of the state, which is made if there is none.
        ids: ids of all prompts, strings or integers, or a mapping of them to their groups, for `quotas`; those that the
            state lacks are added. Only what is in the state is ever selected. None: the state as it is.
        discount: in [0, 1], what a visit leaves of older evidence; 1 if the state is new. None: that of the state.
        acquisition: as in docs/serve.md, such as {"kind": "non-degenerate", "rollouts": 8}. A `seed` that is None, and
            that of kind "random", is drawn anew for each selection.
        candidates: choose among so many prompts drawn at random each time. None: among all.
        quotas: by group, of each selection: ratios of the count, {"math": 0.5}, or bounds, {"math": [10, 40]}.
        floor: slots of each selection for prompts unseen the longest: a number of them, or a share below 1.
        max_visits: prompts with so many visits are left out.
        cooldown: leaves out the prompts of the last so many steps.
        threshold: the least reward that is a success, 0.5 unless the state says otherwise.
        hold_steps, hold_seconds: how long a prompt may be in flight at most. None: until observed or released.
        command: the first words of the command line of insight-wasm. None: that of this package.

    Raises:
        InsightError: in any method, with the words of the program. `settings` if the state was made with others,
            `locked` if another process has it open.

    Example:
        >>> with Selector("pool.iws", ids=range(100), discount=0.9) as selector:
        ...     ids = selector.next(8)
        ...     selector.observe({id: [1, 0, 0, 1] for id in ids})
        ...     selector.get(ids[:1])[0]["visits"]
        1
    """

    def __init__(
        self,
        state: str | os.PathLike[str],
        ids: Iterable[str | int] | Mapping[Any, str] | None = None,
        *,
        discount: float | None = None,
        acquisition: Mapping[str, Any] | None = None,
        candidates: int | None = None,
        quotas: Mapping[str, float | Sequence[int]] | None = None,
        floor: float | None = None,
        max_visits: int | None = None,
        cooldown: int | None = None,
        threshold: float | None = None,
        hold_steps: int | None = None,
        hold_seconds: float | None = None,
        command: Sequence[str] | None = None,
    ) -> None:
        if isinstance(command, str):
            raise TypeError(f"command is a list of words, got {command!r}")
        if acquisition is not None and not isinstance(acquisition, Mapping):
            raise TypeError(f'acquisition is a mapping, {{"kind": ...}}, got {acquisition!r}')
        self._settings: dict[str, Any] = {
            "state": os.fspath(state),
            "discount": discount,
            "acquisition": acquisition,
            "candidates": candidates,
            "query": _given(quotas=quotas, floor=floor, maxVisits=max_visits, cooldown=cooldown),
            "threshold": threshold,
            "hold": _given(holdSteps=hold_steps, holdSeconds=hold_seconds),
            "command": None if command is None else tuple(command),
        }
        groups = map(to_group, ids.values()) if isinstance(ids, Mapping) else repeat("")
        self._ids = None if ids is None else dict(zip(to_ids(ids), groups))  # noqa: B905
        self._are_added = False
        self._begin()

    def _begin(self) -> None:
        self._client = Client(self._start)
        self._flying: dict[str, _Flight] = {}
        self._failed: dict[str, tuple[list[float], str]] = {}  # rewards and keys of an `observe` that failed
        self._step: float = 0  # the latest
        self._selections: int | None = None
        self._name: str | None = None  # drawn by the process that uses it: forks before that have others
        self._keys = 0

    def __getstate__(self) -> dict[str, Any]:
        return {"settings": self._settings, "ids": None if self._are_added else self._ids}

    def __setstate__(self, pickled: dict[str, Any]) -> None:
        self._settings, self._ids, self._are_added = pickled["settings"], pickled["ids"], False
        self._begin()

    def __enter__(self) -> Selector:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def next(self, count: int = 1, seed: int | None = None) -> list[str]:
        """Ids of the `count` best prompts, best first. They are in flight, and not chosen again, until they are
        observed or released.

        Args:
            seed: of what is drawn at random, if the settings draw; None: the number of this selection.

        Raises:
            InsightError: `exhausted` if fewer prompts can be chosen; then none is in flight for it.
        """
        with self._client.held():
            query = self._query(seed) | {"count": count, "hold": True}
            ids: list[str] = self.call("select", **query, **self._settings["hold"])["ids"]
            if len(ids) < count:
                self.call("release", ids=ids)
                now = self.call("metrics")
                reason = f"{len(ids)} of {count} prompts can be chosen"
                state = f"the state has {now['prompts']}, of which {now['held']} are in flight"
                names = [name for name in _NARROWING if query.get(name)]
                others = f", and {', '.join(names)} may leave out others" if names else ""
                raise InsightError("exhausted", f"{reason}: {state}{others}; observe or release some, or ask for fewer")
            self._selections = (self._selections or 0) + 1
            second = time.monotonic()
            self._flying |= {id: _Flight(self._new_key(), self._step, second) for id in ids}
            return ids

    def observe(self, groups: Mapping[Any, Any], step: float | None = None) -> None:
        """Takes the outcomes of prompts, which are then on the disk; the prompts are no longer in flight.

        Args:
            groups: rewards of the rollouts of each prompt, by id: a list, an array or a tensor. None and NaN were not
                measured; a group of nothing else is released.
            step: of training. None: the one after the latest, so that outcomes count in the order in which they come.

        Raises:
            InsightError: `refused` for outcomes that were not taken; the others were. After any other code the same
                call can be made again: what was taken counts once.
        """
        if step is not None and not math.isfinite(step):
            raise ValueError(f"step is a finite number, got {step!r}")
        rewards: dict[str, list[float]] = {}
        for id, group in groups.items():
            rewards.setdefault(to_id(id), []).extend(to_rewards(group))
        with self._client.held():
            self._open()
            at = math.floor(self._latest()) + 1 if step is None else step
            seen = [id for id, group in rewards.items() if group]
            keys = {id: self._key_of(id, rewards[id]) for id in seen}
            self._failed = {id: (rewards[id], key) for id, key in keys.items()}
            reasons: list[str] = []
            left = rewards.keys() - keys.keys()  # of which nothing is taken
            for i in range(0, len(seen), _CHUNK):
                chunk = seen[i : i + _CHUNK]
                sent = [{"id": id, "rewards": rewards[id], "step": at, "key": keys[id]} for id in chunk]
                try:
                    answer = self.call("observe", observations=sent)
                except InsightError as error:
                    if error.code not in ("value", "refused"):
                        raise
                    reasons.append(error.message)
                    left |= set(chunk)
                    continue
                skipped = [each for each in answer.get("skipped", []) if each["code"] != "repeated"]
                reasons += [each["reason"] for each in skipped]
                left |= {chunk[each["at"]] for each in skipped}
            self._failed.clear()
            if len(left) < len(rewards):
                self._step = max(self._step, at)
            for id in seen:
                self._flying.pop(id, None)
            if left:
                self.release(left)
            if reasons:
                raise InsightError("refused", "; ".join(reasons[:3]) + (", ..." if len(reasons) > 3 else ""))

    def release(self, ids: Iterable[Any]) -> None:
        """Prompts that will not be observed: they may be chosen again."""
        given = to_ids(ids)
        with self._client.held():
            self.call("release", ids=given)
            for id in given:
                self._flying.pop(id, None)

    def get(self, ids: Iterable[Any]) -> list[dict[str, Any] | None]:
        """Of each prompt id, position, alpha, beta, mean, evidence, visits, step, held; None if it is unknown."""
        prompts: list[dict[str, Any] | None] = self.call("get", ids=to_ids(ids))["prompts"]
        return prompts

    def metrics(self) -> dict[str, Any]:
        """Counts that a trainer can plot: docs/serve.md says which."""
        return self.call("metrics")

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint of the trainer needs: the bytes of the state, and the number of selections.

        Prompts in flight are not in it: a trainer that goes back has lost their rollouts, and may choose them again.
        """
        with self._client.held(), tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.iws")
            self.call("save", to=str(path))
            return {"version": 1, "state": path.read_bytes(), "selections": self._selections}

    def load_state_dict(self, saved: Mapping[str, Any]) -> None:
        """Goes back to a checkpoint: what was observed since then is forgotten, and nothing is in flight.

        Prompts of `ids` that it lacks are added.
        """
        if saved.get("version") != 1:
            raise ValueError(f"expected what state_dict of this version of insight-wasm gives, got {list(saved)}")
        with self._client.held(), tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "state.iws")
            path.write_bytes(saved["state"])
            answer = self.call("load", **{"from": str(path)})
            self._step, self._selections = answer["step"] or 0, saved["selections"]
            self._flying.clear()
            if self._ids is not None:
                self._are_added = False
                self._client.restart()

    def call(self, op: str, **fields: Any) -> dict[str, Any]:
        """The answer to any request of docs/serve.md, without its `id`; arrays and tensors may be in it.

        What it puts in flight is forgotten if the process has to be started anew, and it is sent again if the process
        ends before it answers: give observations keys.
        """
        return self._client.ask(op, fields)

    def close(self) -> None:
        """Saves the state and lets go of it; in a forked child it does nothing.

        Raises:
            InsightError: `save` if the state could not be written; what was observed is in its journal all the same.
        """
        self._client.close()

    def _open(self) -> None:
        """Sees to it that what only the state knows is known."""
        if self._selections is None:
            self.call("hello")

    def _query(self, seed: int | None) -> dict[str, Any]:
        self._open()
        draw = self._selections if seed is None else seed
        acquisition, candidates = self._settings["acquisition"], self._settings["candidates"]
        query = dict(self._settings["query"])
        if acquisition is not None:
            is_drawn = acquisition.get("seed") is None and (
                "seed" in acquisition or acquisition.get("kind") == "random"
            )
            query["acquisition"] = {**acquisition, "seed": draw} if is_drawn else dict(acquisition)
        if candidates is not None:
            query["candidates"] = {"size": candidates, "seed": draw}
        return query

    def _new_key(self) -> str:
        self._name = self._name or uuid.uuid4().hex
        self._keys += 1
        return f"{self._name}/{self._keys}"

    def _key_of(self, id: str, rewards: list[float]) -> str:
        if id in self._flying:
            return self._flying[id].key
        before, key = self._failed.get(id, (None, ""))
        return key if before == rewards else self._new_key()

    def _latest(self) -> float:
        """The latest step that was observed."""
        return self._step

    def _observed_elsewhere(self, process: Asked) -> set[str]:
        """Of the prompts in flight, those that others have observed."""
        return set()

    def _start(self) -> Asked:
        """A process that knows all ids, and what is in flight."""
        process = self.launch()
        self._are_added = True
        hello = process.hello
        self._step = max(self._step, hello["step"] or 0)
        if self._selections is None:
            self._selections = hello["taken"]  # goes on with other draws than the run before
        self._hold_again(process)
        return process

    def launch(self) -> Asked:
        """A process that knows all ids."""
        command = self._settings["command"] or find_program()
        state, discount, threshold = (self._settings[name] for name in ("state", "discount", "threshold"))
        flags = ["--state", state, *([] if discount is None else ["--discount", str(discount)])]
        serve = [*command, "serve", *flags, *([] if threshold is None else ["--threshold", str(threshold)])]
        ids = {} if self._are_added or self._ids is None else self._ids
        is_grouped = any(ids.values())
        process = Process(serve) if not ids or (os.path.exists(state) and not is_grouped) else None
        if ids and (process is None or _lacks(process, list(ids))):
            if process is not None:
                process.close()
            rows = "".join(f"{json.dumps(_given(id=id, group=group or None))}\n" for id, group in ids.items())
            run(["state", "import", "-", *flags, *(["--group", "group"] if is_grouped else [])], rows, command)
            process = Process(serve)
        assert process is not None
        return process

    def _hold_again(self, process: Asked) -> None:
        """Puts in flight again what nobody has observed, for as long as it may be yet."""
        limits = self._settings["hold"]
        steps, seconds = limits.get("holdSteps", math.inf), limits.get("holdSeconds", math.inf)
        now = time.monotonic()
        observed = self._observed_elsewhere(process)
        batches: dict[tuple[float, float], list[str]] = {}  # by what is left of the limits
        for id, flight in list(self._flying.items()):
            left = (flight.step + steps - self._step, flight.second + seconds - now)
            if id in observed or min(left) <= 0:
                del self._flying[id]
            else:
                batches.setdefault(left, []).append(id)
        for (steps, seconds), batch in batches.items():
            holds = _given(
                holdSteps=None if steps == math.inf else math.ceil(steps),
                holdSeconds=None if seconds == math.inf else seconds,
            )
            process.ask({"op": "hold", "ids": batch, **holds})


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _lacks(process: Process, ids: Sequence[str]) -> bool:
    """Whether the state lacks one of the prompts: serve selects none that it does not know."""
    try:
        for i in range(0, len(ids), _IDS):
            process.ask({"op": "select", "only": ids[i : i + _IDS], "count": 0})
    except InsightError as error:
        if error.code != "refused":
            raise
        return True
    return False
