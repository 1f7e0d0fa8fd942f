"""What all tests use: the package of this checkout, and an end to what hangs."""

from __future__ import annotations

import faulthandler
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))


@pytest.fixture(autouse=True)
def ends(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that hangs ends the run, with the stack of each thread."""
    seconds = 300 if request.node.get_closest_marker("slow") is None else 900
    faulthandler.dump_traceback_later(seconds, exit=True, file=2)
    yield
    faulthandler.cancel_dump_traceback_later()


@pytest.fixture
def state(tmp_path: Path) -> str:
    return str(tmp_path / "pool.iws")
