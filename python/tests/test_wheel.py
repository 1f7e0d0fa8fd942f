"""The wheel: its bytes, and what it is on each Python, where PATH has no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[1]
WHEELS = Path(sys.prefix, "wheels")  # which install.sh put there
PROGRAM = """
import sys
from insight_wasm import Selector, score
with Selector(sys.argv[1], ids=range(20), discount=0.9) as selector:
    selector.observe({id: [1, 0, 0] for id in selector.next(5)})
    print(len(selector.next(15)), selector.metrics()["observations"], selector._client._process._popen.args[0])
"""


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(PYTHON))
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("build")
    return build(tmp_path_factory.mktemp("wheel"))


def test_two_builds_are_the_same_bytes_and_twine_has_nothing_to_say(wheel: Path, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert wheel.name == again.name
    assert wheel.read_bytes() == again.read_bytes()
    assert run(sys.executable, "-m", "twine", "check", "--strict", str(wheel)).count("PASSED") == 1


def test_it_has_the_command_that_was_built_and_nothing_beside_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        dist = PYTHON.parent / "dist"
        assert archive.read("insight_wasm/cli/cli.js") == (dist / "cli.js").read_bytes()
        assert archive.read("insight_wasm/cli/kernel.wasm") == (dist / "kernel.wasm").read_bytes()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"insight_wasm"}
    assert [name for name in names if "__pycache__" in name or "test" in name] == []
    assert {"insight_wasm/py.typed", "insight_wasm/cli/package.json"} <= set(names)
    assert sum(name.endswith(("LICENSE", "THIRD_PARTY_NOTICES")) for name in names) == 2


def pythons() -> list[str]:
    """Each CPython from 3.10 on that the machine has."""
    folders = [*os.environ["PATH"].split(os.pathsep), *map(str, Path.home().glob(".pyenv/versions/*/bin"))]
    found: dict[str, str] = {}
    for folder in folders:
        for path in sorted(Path(folder).glob("python3*")):
            if not path.name[6:].replace(".", "").isdigit():
                continue
            ask = "import sys; print(sys.implementation.name, *sys.version_info[:2])"
            name, *version = subprocess.run([path, "-c", ask], capture_output=True, text=True).stdout.split() or [
                "",
                "",
            ]
            if name == "cpython" and tuple(map(int, version)) >= (3, 10):
                found.setdefault(".".join(version), str(path))
    return [found[version] for version in sorted(found, key=lambda text: int(text.split(".")[1]))]


@pytest.mark.slow
def test_it_works_on_each_python_in_a_clean_environment_without_node(wheel: Path, tmp_path: Path) -> None:
    found = pythons()
    assert found
    for number, python in enumerate(found):
        environment = tmp_path / str(number)
        run(python, "-m", "venv", "--without-pip", str(environment))
        binaries = environment / "bin"
        install = ["install", "-q", "--no-compile", "--no-index", "--find-links", str(WHEELS), str(wheel)]
        run(sys.executable, "-m", "pip", "--python", str(binaries / "python"), *install)
        told = run(str(binaries / "python"), "-c", PROGRAM, str(tmp_path / f"{number}.iws"), PATH=str(binaries))
        assert told.split()[:2] == ["15", "5"]
        assert told.split()[2].startswith(str(environment))
        version = run(str(binaries / "insight-wasm"), "--version", PATH=str(binaries)).strip()
        assert wheel.name.startswith(f"insight_wasm-{version}-py3")
        print(run(str(binaries / "python"), "--version").strip())
        shutil.rmtree(environment)
