"""Scores and columns, as a notebook asks for them."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest

from insight_wasm import InsightError, Selector, read_state, score

numpy = pytest.importorskip("numpy")


def test_scores_are_those_of_the_closed_form_for_arrays_of_any_shape() -> None:
    alpha, beta = numpy.meshgrid(numpy.arange(1, 40), numpy.arange(1, 30))
    scores = numpy.array(score(alpha, beta, kind="bernoulli-variance")).reshape(alpha.shape)
    total = alpha + beta
    assert numpy.abs(scores - alpha * beta / (total * (total + 1))).max() < 1e-7  # E[p (1 - p)]
    assert score([], []) == []


def test_the_default_is_what_a_selection_goes_by(state: str) -> None:
    with Selector(state, ids=["a", "b"]) as selector:
        selector.observe({"a": [1, 0, 1, 0], "b": [1, 1, 1, 1]})
        answer = selector.call("select", count=2)
        columns = {each["id"]: each for each in selector.get(answer["ids"]) if each is not None}
        alpha, beta = ([columns[id][name] for id in answer["ids"]] for name in ("alpha", "beta"))
        assert score(alpha, beta) == answer["scores"]


def test_what_cannot_be_scored_is_named() -> None:
    with pytest.raises(InsightError, match=r"alpha\[1\]"):
        score([1, -1], [1, 1])
    with pytest.raises(InsightError, match="kind"):
        score([1], [1], kind="best")


def test_a_program_that_dies_at_its_start_is_an_error_with_its_last_words() -> None:
    dies = [sys.executable, "-c", "import sys; sys.exit('out of memory')"]
    with pytest.raises(InsightError, match="insight-wasm ended with code 1: out of memory") as caught:
        score([1], [1], command=dies)
    assert caught.value.code == "ended"


def test_a_state_is_read_as_columns_also_while_it_is_open(state: str) -> None:
    with Selector(state, ids={"a": "math", "b": "code", "c": "code"}, discount=0.5) as selector:
        selector.observe({"a": [1, 0, 1], "b": [0]}, step=3)
        columns = read_state(state)
        order = numpy.argsort(columns["id"])
        told = {name: column[order].tolist() for name, column in columns.items()}
        assert told["id"] == ["a", "b", "c"] and told["group"] == ["math", "code", "code"]
        assert told["alpha"] == [3, 1, 1] and told["beta"] == [2, 2, 1] and told["visits"] == [1, 1, 0]
        assert told["step"][:2] == [3, 3] and math.isnan(told["step"][2])
        assert told["mean"] == [0.6, 1 / 3, 0.5]


def test_separators_of_lines_in_ids_and_groups_do_not_end_a_row(state: str) -> None:
    groups = {"line\u2028end": "a\x85b", "para\u2029graph": "form\x0cfeed", "plain": "c"}
    with Selector(state, ids=groups) as selector:
        selector.observe({"line\u2028end": [1]})
        columns = read_state(state)
        assert dict(zip(columns["id"], columns["group"], strict=True)) == groups


def test_a_state_that_is_not_there_is_named(state: str) -> None:
    with pytest.raises(InsightError, match=r"pool\.iws: no such file"):
        read_state(state)


def test_the_script_of_pictures_draws_a_state(state: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    with Selector(state, ids=range(30), discount=0.9) as selector:
        selector.observe({id: [1, 0, 1] for id in selector.next(8)})
    package = Path(__file__).parents[1]
    command = [sys.executable, str(package / "examples/look.py"), state, str(tmp_path / "look.png")]
    environment = {**os.environ, "PYTHONPATH": str(package / "src"), "MPLCONFIGDIR": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "look.png").read_bytes().startswith(b"\x89PNG")
