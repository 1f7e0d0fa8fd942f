"""Another number of shards, made while nothing uses the pool."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import InsightError
from ..program import find_program, run
from .checkpoint import MIXED, TORN, read_checkpoint, state_name
from .hashing import shard_of


def reshard(source: str, into: str, shards: int) -> int:
    """Splits a pool anew: posteriors, open visits, steps and labels of all prompts stay what they are.

    What is not taken along: the histories and the logs that were read, which stay with the old states, and the keys of
    the latest observations, so send nothing again that was sent before.

    Args:
        source: a state, the folder of Shards that are closed, or a checkpoint of Shards.
        into: the folder that is made.
        shards: how many there are to be; 1 makes one state of all.

    Returns:
        The number of prompts.

    Raises:
        InsightError: if a state is in use, or the states were made with different settings.
    """
    if shards < 1:
        raise ValueError(f"shards is at least 1, not {shards}")
    target = Path(into)
    if target.exists():
        raise InsightError("settings", f"{target} is there already")
    states = _states(Path(source))
    for state in states:
        run(["state", "compact", "--state", str(state)])  # also refuses one that is in use
    about = [_about(state) for state in states]
    if any(one != about[0] for one in about):
        raise InsightError("settings", f"the states of {source} were made with different settings")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as folder:
        whole = Path(folder, "whole")
        whole.mkdir()
        count = _split(states, [whole / state_name(i, shards) for i in range(shards)], about[0])
        os.rename(whole, target)
    return count


def _states(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    if (source / "manifest.json").exists():
        return read_checkpoint(source)
    if (source / TORN).exists():
        raise InsightError("load", f"{MIXED}: load one into {source} first")
    states = sorted(source.glob("*-of-*.iws"))
    if not states or states != [source / state_name(i, len(states)) for i in range(len(states))]:
        raise InsightError("no-state", f"{source} is no state, and no folder with all states of a pool")
    return states


def _about(state: Path) -> dict[str, Any]:
    shown = json.loads(run(["state", "show", "--state", str(state), "--json"]))
    return {name: shown[name] for name in ("discount", "prior", "rule")}


def _split(states: Sequence[Path], targets: Sequence[Path], about: dict[str, Any]) -> int:
    prior = f"{about['prior']['alpha']},{about['prior']['beta']}"
    flags = ["--discount", str(about["discount"]), "--prior", prior]
    imports = [_Import(target, flags) for target in targets]
    count = 0
    try:
        for line in _export(states):
            imports[shard_of(json.loads(line)["id"], len(targets))].write(line)
            count += 1
    except BrokenPipeError:
        pass  # the import that ended says why
    finally:
        reasons = [reason for one in imports if (reason := one.end()) is not None]
    if reasons:
        raise InsightError("failed", reasons[0])
    rule = about["rule"] or {}
    given = [f"--{name}={rule[name]}" for name in ("threshold", "reward-scale") if name in rule]
    for target in targets if given else ():
        run(["serve", "--state", str(target), *given])
    return count


def _export(states: Sequence[Path]) -> Iterator[bytes]:
    for state in states:
        command = [*find_program(), "state", "export", "--state", str(state)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield from process.stdout
        if process.returncode != 0:
            raise InsightError("failed", f"{state} could not be exported")


class _Import:
    """A state that is being made of rows."""

    def __init__(self, state: Path, flags: Sequence[str]) -> None:
        command = [*find_program(), "state", "import", "-", "--state", str(state), *flags]
        self._state = state
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (a pipe could fill up)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words)

    def write(self, line: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)

    def end(self) -> str | None:
        """The reason if the state could not be made."""
        self._process.communicate()  # also where it has ended before
        with self._words:
            self._words.seek(0)
            words = self._words.read().decode(errors="replace").strip().removeprefix("insight-wasm: ")
        return None if self._process.returncode == 0 else f"{self._state.name} could not be made: {words}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m insight_wasm.ray.reshard", description=__doc__)
    parser.add_argument("source", help="a state, the folder of closed Shards, or a checkpoint of Shards")
    parser.add_argument("into", help="the folder that is made")
    parser.add_argument("--shards", type=int, required=True)
    args = parser.parse_args()
    print(f"{reshard(args.source, args.into, args.shards):,} prompts in {args.shards} shards")


if __name__ == "__main__":
    main()
