"""Prompts without an id: the key of a data set is that of the reader of logs."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from insight_wasm import Selector, content_key
from insight_wasm.content_key import _json
from insight_wasm.program import _find_node, run

NUMBERS = [
    0, -0.0, 1, 72.0, -3, 0.1, 1e-6, 1e-7, 1.5e-7, 123456789.125, 1e20, 1e21, 1.25e21, 2**53, 2**53 + 1, 2**63, 10**25,
    5e-324, 1.7976931348623157e308, 0.000001234, 100, 1200.0, 9007199254740993, float("nan"), float("inf"), True, None,
]  # fmt: skip
TEXTS = [
    "",
    "What is 2 + 2?",
    'a "quote" \\ / \b\f\n\r\t\x00\x1f\x7f',
    "é 日本 \u2028 😀",
    "\ud800x\udc00",
    "0",
    "__proto__",
]


def draw_value(draw: random.Random, depth: int = 3) -> Any:
    kind = draw.randrange(5 if depth > 0 else 3)
    if kind == 0:
        return draw.choice(TEXTS)
    if kind == 1:
        return draw.choice(NUMBERS)
    if kind == 2:
        return draw.uniform(-1, 1) * 10.0 ** draw.randint(-30, 30)
    if kind == 3:
        return [draw_value(draw, depth - 1) for _ in range(draw.randrange(4))]
    names = [*TEXTS[:4], "10", "9", "01", "4294967295", "4294967294", "role", "content"]
    return {name: draw_value(draw, depth - 1) for name in draw.sample(names, draw.randrange(6))}


def test_json_is_written_as_javascript_writes_it() -> None:
    draw = random.Random(0)
    values = [*NUMBERS, *TEXTS, *(draw_value(draw) for _ in range(2000))]
    text = json.dumps([value if value == value else None for value in values])
    script = "for (const value of JSON.parse(require('fs').readFileSync(0))) console.log(JSON.stringify(value))"
    # What JSON has no word for becomes null there as here.
    text = text.replace("NaN", "null").replace("-Infinity", "null").replace("Infinity", "null")
    lines = subprocess.run([_find_node(), "-e", script], input=text, capture_output=True, text=True, check=True).stdout
    assert [_json(value) for value in values] == lines.split("\n")[:-1]


def test_a_log_without_ids_joins_a_data_set_without_ids(tmp_path: Path) -> None:
    """Through the reader itself: what ingest makes of the log is what the Selector knows."""
    draw = random.Random(1)
    rows = [
        {"prompt": draw.choice(TEXTS[:4]) + str(i), "answer": draw_value(draw), "gts": draw.uniform(0, 1e6)}
        for i in range(300)
    ]
    rows = json.loads(json.dumps(rows).replace("NaN", "null").replace("-Infinity", "null").replace("Infinity", "null"))
    log = tmp_path / "log.jsonl"
    log.write_text("".join(json.dumps({**row, "step": 1, "score": i % 2}) + "\n" for i, row in enumerate(rows)))
    state = str(tmp_path / "pool.iws")
    keys = [content_key(row["prompt"], row["answer"], row["gts"]) for row in rows]
    with Selector(state, ids=keys, discount=0.9) as selector:
        assert len(selector.next(300)) == 300
    run(["ingest", str(log), "--hash", "prompt,answer,gts", "--state", state])
    with Selector(state) as selector:
        assert selector.metrics()["prompts"] == 300
        assert [each and each["alpha"] for each in selector.get(keys)] == [1 + i % 2 for i in range(300)]


def test_arrays_are_lists_and_what_is_no_json_is_refused() -> None:
    numpy = pytest.importorskip("numpy")
    assert content_key(numpy.array([1, 2]), numpy.float64(0.5)) == content_key([1, 2], 0.5)
    assert content_key("What is 2 + 2?") == "643b33561b99fabda3a084b5d01851d9"
    with pytest.raises(TypeError, match="no JSON can be made of"):
        content_key(object())
