"""Selector as a trainer uses it."""

from __future__ import annotations

import gc
import math
import pickle
from collections import Counter
from pathlib import Path

import pytest

from insight_wasm import InsightError, Selector


def test_prompts_are_in_flight_until_they_are_observed_or_released(state: str) -> None:
    with Selector(state, ids=range(10)) as selector:
        first = selector.next(4)
        rest = selector.next(6)
        assert sorted(first + rest, key=int) == [str(i) for i in range(10)]
        with pytest.raises(
            InsightError, match="0 of 1 prompts can be chosen: the state has 10, of which 10 are in flight"
        ):
            selector.next()
        selector.release(first[:1])
        assert selector.next() == first[:1]
        selector.observe({first[1]: [1, 0]})
        assert selector.next() == [first[1]]


def test_a_selection_that_would_be_short_leaves_nothing_in_flight(state: str) -> None:
    with Selector(state, ids=range(5)) as selector:
        with pytest.raises(InsightError) as caught:
            selector.next(6)
        assert caught.value.code == "exhausted"
        assert len(selector.next(5)) == 5


def test_rewards_make_counts_by_the_threshold_and_what_was_not_measured_is_no_trial(state: str) -> None:
    with Selector(state, ids=["a", "b"], threshold=0.7) as selector:
        selector.observe({"a": [0.7, 0.6, None, math.nan, True, 1]})
        a, unknown = selector.get(["a", "c"])
        assert a is not None and unknown is None
        assert (a["alpha"], a["beta"], a["visits"], a["step"]) == (4, 2, 1, 1)


def test_a_group_that_was_not_measured_at_all_is_released(state: str) -> None:
    with Selector(state, ids=["a"]) as selector:
        selector.next()
        selector.observe({"a": [None, math.nan]})
        assert selector.get(["a"])[0]["visits"] == 0  # type: ignore[index]
        assert selector.next() == ["a"]


def test_outcomes_count_in_the_order_in_which_they_come_where_no_step_is_given(state: str) -> None:
    with Selector(state, ids=["a"], discount=0.5) as selector:
        selector.observe({"a": [1]}, step=7)
        selector.observe({"a": [0]})
        assert selector.get(["a"])[0]["step"] == 8  # type: ignore[index]
        selector.observe({"a": [0], "b": [1]}, step=3)
        assert selector.metrics()["late"] == 1


def test_integers_and_their_text_are_one_prompt(state: str) -> None:
    with Selector(state, ids=[1, "2"]) as selector:
        selector.observe({1: [1], "1": [0], 2: [1]})
        assert [prompt and prompt["evidence"] for prompt in selector.get(["1", 2])] == [4, 3]


def test_a_checkpoint_brings_back_the_choices_of_that_time(state: str) -> None:
    with Selector(state, ids=range(50), candidates=20, acquisition={"kind": "random"}) as selector:
        selector.observe({id: [1, 0] for id in selector.next(8)})
        saved = selector.state_dict()
        after = [selector.next(4) for _ in range(3)]
        selector.observe({after[0][0]: [1]})
        selector.load_state_dict(pickle.loads(pickle.dumps(saved)))
        assert selector.metrics()["held"] == 0
        assert [selector.next(4) for _ in range(3)] == after
        assert len({tuple(ids) for ids in after}) == 3


def test_ids_that_the_state_lacks_are_added_and_the_others_stay(state: str) -> None:
    with Selector(state, ids=["a"], discount=0.9) as selector:
        selector.observe({"a": [1]})
    with Selector(state, ids=["a", "b"]) as selector:
        assert [prompt and prompt["visits"] for prompt in selector.get(["a", "b"])] == [1, 0]


def test_labels_are_those_that_were_given_last(state: str) -> None:
    with Selector(state, ids=range(4)) as selector:
        selector.next()
    with Selector(state, ids={id: "math" for id in range(4)}, quotas={"math": 1.0}) as selector:
        assert len(selector.next(4)) == 4
    groups: dict[int, str | int | None] = {0: "code", 1: 7, 2: None, 3: "math"}
    with Selector(state, ids=groups, quotas={"code": [1, 1], "7": [1, 1], "math": [0, 2]}) as selector:
        assert set(selector.next(2)) == {"0", "1"}
    for wrong in (1.5, True, ["math"]):
        with pytest.raises(TypeError, match="a group is a string"):
            Selector(state, ids={0: wrong})


def test_a_checkpoint_of_fewer_prompts_gets_those_that_came_since(tmp_path: Path) -> None:
    with Selector(tmp_path / "few.iws", ids=range(10)) as few:
        few.observe({1: [1]})
        saved = few.state_dict()
    with Selector(tmp_path / "many.iws", ids={id: "math" for id in range(20)}, quotas={"math": 0.5}) as many:
        many.observe({15: [1]})
        many.load_state_dict(saved)
        assert [each["visits"] for each in many.get([1, 15]) if each] == [1, 0]
        assert len(many.next(20)) == 20


def test_a_selector_that_nobody_has_lets_go_of_its_state_at_once(state: str) -> None:
    selector = Selector(state, ids=range(10))
    selector.next()
    gc.disable()
    try:
        selector = Selector(state)
        assert len(selector.next(10)) == 10
    finally:
        gc.enable()


def test_what_leaves_out_prompts_is_named_where_too_few_can_be_chosen(state: str) -> None:
    with Selector(state, ids=range(4), cooldown=2, max_visits=3) as selector:
        selector.observe({0: [1]})
        with pytest.raises(InsightError, match="0 are in flight, and maxVisits, cooldown may leave out others"):
            selector.next(4)


@pytest.mark.parametrize("step", [math.nan, math.inf])
def test_a_step_is_a_finite_number(state: str, step: float) -> None:
    with Selector(state, ids=["a"]) as selector, pytest.raises(ValueError, match="step is a finite number"):
        selector.observe({"a": [1]}, step=step)


def test_a_command_is_a_list_of_words_of_a_program_that_is_there(state: str) -> None:
    with pytest.raises(TypeError, match="command is a list of words"):
        Selector(state, command="insight-wasm")
    with pytest.raises(InsightError, match="cannot run no-such-program"):
        Selector(state, ids=["a"], command=["no-such-program"]).next()


def test_it_pickles_as_path_and_settings_and_the_copy_opens_nothing_until_used(state: str) -> None:
    selector = Selector(state, ids=["a"], discount=0.9)
    selector.next()
    copy = pickle.loads(pickle.dumps(selector))
    with pytest.raises(InsightError, match=r"in use by process \d+ on .*; if that is wrong, delete") as caught:
        copy.next()
    assert caught.value.code == "locked"
    selector.close()
    assert copy.next() == ["a"]
    copy.close()


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ({"discount": 2}, "usage", "--discount expected a number in [0, 1], got 2"),
        ({"ids": ["a"], "discount": 2}, "usage", "--discount expected a number in [0, 1], got 2"),
        ({"acquisition": {"kind": "best"}}, "value", "kind"),
        ({"cooldown": -1}, "value", '"cooldown" expected an integer'),
        ({"hold_steps": 0}, "value", '"holdSteps" expected an integer'),
    ],
)
def test_a_wrong_setting_is_named_in_the_words_of_the_program(
    state: str, settings: dict[str, object], code: str, words: str
) -> None:
    with Selector(state, **settings) as selector, pytest.raises(InsightError) as caught:  # type: ignore[arg-type]
        selector.next()
    assert caught.value.code == code
    assert words in caught.value.message


def test_a_closed_selector_says_so(state: str) -> None:
    selector = Selector(state, ids=["a"])
    selector.next()
    selector.close()
    selector.close()
    with pytest.raises(InsightError, match="closed"):
        selector.next()


def test_quotas_a_floor_and_most_visits_are_kept(state: str) -> None:
    groups = {i: "math" if i < 5 else "code" for i in range(20)}
    quotas = {"math": [4, 4], "code": [4, 8]}
    with Selector(state, ids=groups, quotas=quotas, floor=2, max_visits=1) as selector:
        ids = selector.next(8)
        assert Counter(groups[int(id)] for id in ids) == {"math": 4, "code": 4}
        selector.observe({id: [1, 0] for id in ids})
        assert Counter(groups[int(id)] for id in selector.next(8)) == {"math": 1, "code": 7}  # of math one is left
