"""What happens to a Selector when its process, its pipe or its user does what nobody hopes for."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from insight_wasm import InsightError, Selector
from insight_wasm.process import Process
from insight_wasm.program import find_program, run

SOURCE = str(Path(__file__).parents[1] / "src")

# Stands between a Selector and serve, and ends both at a request that it is told: after serve has answered it, and
# before the answer is passed on. Only once: the file that it makes says that it was done.
TREACHEROUS = """
import os, subprocess, sys
op, mark, *command = sys.argv[1:]
serve = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
for line in sys.stdin.buffer:
    serve.stdin.write(line); serve.stdin.flush()
    answer = serve.stdout.readline()
    if f'"op":"{op}"'.encode() in line and not os.path.exists(mark):
        open(mark, "w").close()
        serve.kill(); serve.wait()
        os.kill(os.getpid(), 9)
    sys.stdout.buffer.write(answer); sys.stdout.buffer.flush()
serve.stdin.close()
sys.exit(serve.wait())
"""


def pid_of(selector: Selector) -> int:
    process = selector._client._process
    assert isinstance(process, Process)
    return int(process._popen.pid)


def evidence(selector: Selector, ids: list[str]) -> dict[str, tuple[float, float]]:
    return {each["id"]: (each["alpha"], each["beta"]) for each in selector.get(ids) if each is not None}


@pytest.mark.parametrize("op", ["hello", "select", "observe", "release", "get", "save", "load", "metrics"])
def test_what_was_not_answered_is_sent_again_and_counts_once(tmp_path: Path, op: str) -> None:
    script = tmp_path / "treacherous.py"
    script.write_text(TREACHEROUS)
    run(["state", "import", "-", "--state", str(tmp_path / "pool.iws")], "".join(f'{{"id":{i}}}\n' for i in range(9)))
    command = [sys.executable, str(script), op, str(tmp_path / "mark"), *find_program()]
    with Selector(tmp_path / "pool.iws", command=command) as selector:
        ids = selector.next(4)
        selector.observe({ids[0]: [1, 0], ids[1]: [1, 1]})
        saved = selector.state_dict()
        selector.load_state_dict(saved)
        held = selector.next(3)
        selector.release(held[:1])
        assert selector.metrics()["held"] == 2
        assert evidence(selector, ids[:3]) == {ids[0]: (2, 2), ids[1]: (3, 1), ids[2]: (1, 1)}
        assert (tmp_path / "mark").exists()
        assert not set(selector.next(7)) & set(held[1:])
    assert evidence(Selector(tmp_path / "pool.iws"), ids[:2]) == {ids[0]: (2, 2), ids[1]: (3, 1)}


def test_an_outcome_whose_answer_never_came_may_be_observed_again(tmp_path: Path, state: str) -> None:
    """Its key is that of the selection, so it counts once."""
    with Selector(state, ids=["a", "b"]) as selector:
        (id,) = selector.next()
        ask = selector._client.ask

        def lose(op: str, fields: dict[str, Any]) -> dict[str, Any]:
            ask(op, fields)
            raise KeyboardInterrupt

        selector._client.ask = lose  # type: ignore[method-assign]
        with pytest.raises(KeyboardInterrupt):
            selector.observe({id: [1, 1]})
        selector._client.ask = ask  # type: ignore[method-assign]
        selector.observe({id: [1, 1]})
        assert evidence(selector, [id]) == {id: (3, 1)}


def test_a_call_that_failed_in_its_middle_can_be_made_again_and_counts_once(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("insight_wasm.selector._CHUNK", 2)
    with Selector(state, ids=list("abcdef")) as selector:
        flying = selector.next(3)
        outcomes = {id: [1] for id in "abcdef"}
        ask, sent = selector._client.ask, 0

        def fail(op: str, fields: dict[str, Any]) -> dict[str, Any]:
            nonlocal sent
            answer = ask(op, fields)
            sent += op == "observe"
            if sent == 2:
                raise InsightError("save", "no space left on device")
            return answer

        selector._client.ask = fail  # type: ignore[method-assign]
        with pytest.raises(InsightError, match="no space left"):
            selector.observe(outcomes)
        selector._client.ask = ask  # type: ignore[method-assign]
        assert selector.metrics()["held"] < len(flying)
        selector.observe(outcomes)
        assert evidence(selector, list("abcdef")) == {id: (2, 1) for id in "abcdef"}
        selector.observe(outcomes)  # outcomes of their own, as the call before was answered
        assert evidence(selector, ["a"]) == {"a": (3, 1)}


@pytest.mark.parametrize("kills", [False, True])
def test_256_threads_ask_and_observe_and_every_outcome_counts_once(state: str, kills: bool) -> None:
    counts: Counter[str] = Counter()
    flying: set[str] = set()
    lock = threading.Lock()
    done = threading.Event()

    def work(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(4):
            ids = selector.next(draw.randint(1, 2))
            with lock:
                assert not flying & set(ids)
                flying.update(ids)
            rewards = {id: [draw.randint(0, 1) for _ in range(3)] for id in ids[:1]}
            with lock:
                flying.difference_update(ids)
                for id, group in rewards.items():
                    counts[id] += len(group)
            selector.observe(rewards)
            selector.release(ids[1:])

    def kill() -> None:
        draw = random.Random(0)
        for _ in range(8):
            process = selector._client._process
            if isinstance(process, Process):
                process._popen.kill()
            if done.wait(draw.uniform(0, 0.5)):
                return

    with Selector(state, ids=range(600)) as selector, ThreadPoolExecutor(257) as pool:
        selector.metrics()
        killer = pool.submit(kill) if kills else None
        try:
            for each in [pool.submit(work, seed) for seed in range(256)]:
                each.result()
        finally:
            done.set()
        if killer is not None:
            killer.result()
        assert sum(counts.values()) == 256 * 4 * 3
        assert selector.metrics()["held"] == 0
        seen = evidence(selector, list(counts))
        assert {id: alpha + beta - 2 for id, (alpha, beta) in seen.items()} == counts


def test_a_process_that_is_killed_between_requests_is_replaced_and_its_flights_go_on(state: str) -> None:
    with Selector(state, ids=range(20), hold_steps=2) as selector:
        flying = selector.next(5)
        before = pid_of(selector)
        os.kill(before, signal.SIGKILL)
        rest = selector.next(15)
        assert pid_of(selector) != before
        assert not set(flying) & set(rest)
        selector.observe({flying[0]: [1]}, step=1)
        selector.observe({flying[0]: [1]}, step=2)  # which ends the others, of step 0
        os.kill(pid_of(selector), signal.SIGKILL)
        assert selector.metrics()["held"] == 0


def test_a_prompt_is_in_flight_no_longer_for_a_process_that_was_killed(state: str) -> None:
    with Selector(state, ids=range(4), hold_seconds=3) as selector:
        selector.next(2)
        began = time.monotonic()
        time.sleep(2)
        selector.next(2)
        os.kill(pid_of(selector), signal.SIGKILL)
        selector.metrics()
        time.sleep(max(0, began + 3.1 - time.monotonic()))
        assert len(selector.next(2)) == 2, "those of the first selection are free"


def test_only_what_was_not_taken_is_released(state: str) -> None:
    """Another worker may have chosen again what was."""
    with Selector(state, ids=["a", "b", "c"]) as selector:
        selector.next(3)
        ask = selector._client.ask

        def hold(op: str, fields: dict[str, Any]) -> dict[str, Any]:
            if op == "observe":
                return {
                    **ask(op, {"observations": fields["observations"][:1]}),
                    **ask("hold", {"ids": ["a"]}),
                    **refused,
                }
            return ask(op, fields)

        refused = {"skipped": [{"at": 1, "code": "refused", "reason": "it makes no sense"}]}
        selector._client.ask = hold  # type: ignore[method-assign]
        with pytest.raises(InsightError, match="it makes no sense"):
            selector.observe({"a": [1], "b": [None], "c": [1]})
        assert [each["held"] for each in selector.get(["a", "b", "c"]) if each] == [True, False, False]


def test_a_process_that_ends_again_and_again_is_given_up_with_its_last_words(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('out of luck')"]
    with Selector(tmp_path / "pool.iws", command=command) as selector, pytest.raises(InsightError) as caught:
        selector.next()
    assert caught.value.code == "ended"
    assert caught.value.message == "hello was not answered: insight-wasm ended with code 1: out of luck, 3 times"


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with Selector(tmp_path / "a.iws", command=["/no/node"]) as selector, pytest.raises(InsightError, match="/no/node"):
        selector.next()


def test_requests_and_answers_of_many_megabytes_and_a_talkative_process_fill_no_pipe(tmp_path: Path) -> None:
    talk = "import os, sys; sys.stderr.write('x' * 10**6); sys.stderr.flush(); os.execv(sys.argv[1], sys.argv[1:])"
    ids = [f"{i:060}" for i in range(20_000)]
    with Selector(tmp_path / "pool.iws", ids=ids, command=[sys.executable, "-c", talk, *find_program()]) as selector:
        chosen = selector.next(len(ids))
        assert sorted(chosen) == ids
        selector.observe({id: [1, 0, 1] for id in chosen})
        told = selector.metrics()
        assert (told["held"], told["observations"], told["coverage"]) == (0, len(ids), 1)


def child(body: Any) -> int:
    """Runs it in a fork, and returns its exit code."""
    pid = os.fork()
    if pid == 0:
        try:
            body()
            os._exit(0)
        except BaseException as error:
            print(error, file=sys.stderr)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_forked_child_gets_an_error_and_leaves_the_process_alone(state: str) -> None:
    with Selector(state, ids=["a", "b"]) as selector:
        (id,) = selector.next()

        def use() -> None:
            with pytest.raises(InsightError, match="of which this one is a fork") as caught:
                selector.next()
            assert caught.value.code == "forked"
            selector.close()

        assert child(use) == 0
        assert [each["held"] for each in selector.get([id]) if each is not None] == [True]


def test_forks_of_a_selector_that_was_not_used_yet_observe_as_three(state: str) -> None:
    selector = Selector(state, ids=["a"])

    def use() -> None:
        selector.observe({"a": [1]})
        selector.close()

    assert [child(use) for _ in range(3)] == [0, 0, 0]
    with Selector(state) as after:
        assert evidence(after, ["a"]) == {"a": (4, 1)}


def test_a_child_that_lives_on_does_not_keep_the_process_from_ending(state: str) -> None:
    selector = Selector(state, ids=["a"])
    selector.next()
    pid = os.fork()
    if pid == 0:
        time.sleep(60)
        os._exit(0)
    try:
        selector.observe({"a": [1]})
        selector.close()  # waits for the process, which waits for the end of its pipe
        with Selector(state) as again:
            assert evidence(again, ["a"]) == {"a": (2, 1)}
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_trainer_that_is_killed_leaves_a_state_that_the_next_one_opens(state: str) -> None:
    """Also while a child of it lives on."""
    trainer = f"""
import os, sys, time
sys.path.insert(0, {SOURCE!r})
from insight_wasm import Selector
selector = Selector({state!r}, ids=["a"])
selector.observe({{"a": [1]}})
if os.fork() == 0:
    time.sleep(30)
    os._exit(0)
print("ready", flush=True)
time.sleep(60)
"""
    process = subprocess.Popen([sys.executable, "-c", trainer], stdout=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None and process.stdout.readline() == b"ready\n"
    process.kill()
    process.wait()
    try:
        with Selector(state) as selector:
            for _ in range(300):  # until serve has seen the end of its input, and has saved
                try:
                    assert evidence(selector, ["a"]) == {"a": (2, 1)}
                    return
                except InsightError as error:
                    assert error.code == "locked"
                    time.sleep(0.1)
        pytest.fail("still locked")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.close()


def test_a_selector_that_nobody_closed_is_saved_when_the_interpreter_ends(state: str) -> None:
    trainer = f"""
import sys
sys.path.insert(0, {SOURCE!r})
from insight_wasm import Selector
Selector({state!r}, ids=["a"]).observe({{"a": [1]}})
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", trainer], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert not os.path.exists(f"{state}.journal") and not os.path.exists(f"{state}.lock")
    with Selector(state) as selector:
        assert evidence(selector, ["a"]) == {"a": (2, 1)}


def test_an_interrupted_request_leaves_answers_in_step_with_requests(state: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with Selector(state, ids=["a", "b"]) as selector:
        flying = selector.next()
        before = signal.signal(signal.SIGALRM, interrupt)
        try:
            numbers = [float(i) for i in range(1, 400_000)]
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with pytest.raises(KeyboardInterrupt):
                while True:
                    selector.call("score", alpha=numbers, beta=numbers)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert selector.next() == [id for id in ("a", "b") if id not in flying]


def test_a_signal_handler_that_asks_in_the_middle_of_a_request_gets_an_error_and_no_deadlock(state: str) -> None:
    errors: list[str] = []

    def ask(*_: object) -> None:
        try:
            selector.metrics()
        except InsightError as error:
            errors.append(error.code)

    with Selector(state) as selector:
        before = signal.signal(signal.SIGALRM, ask)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            while not errors:
                selector.call("score", alpha=[1] * 100_000, beta=[1] * 100_000)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        assert set(errors) == {"busy"}
        assert selector.metrics()["prompts"] == 0


def test_a_signal_handler_that_closes_in_the_middle_of_a_request_ends_it(state: str) -> None:
    selector = Selector(state, ids=range(50_000))
    selector.observe({7: [1]})
    before = signal.signal(signal.SIGALRM, lambda *_: selector.close())
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(InsightError) as caught:
            while True:
                selector.get(range(50_000))
    finally:
        signal.signal(signal.SIGALRM, before)
    assert caught.value.code == "closed"
    with Selector(state) as after:
        assert evidence(after, ["7"]) == {"7": (2, 1)}


def test_a_lock_that_another_process_took_over_is_an_error_and_not_a_second_writer(state: str) -> None:
    with Selector(state, ids=["a"]) as selector:
        selector.next()
        other = subprocess.run(
            [*find_program(), "serve", "--state", state, "--break-lock"], input=b'{"op":"hello"}\n', capture_output=True
        )
        assert other.returncode == 0
        with pytest.raises(InsightError) as caught:
            selector.observe({"a": [1]})
        assert caught.value.code == "save"
        assert "another process has taken over its lock" in caught.value.message
        process = selector._client._process
        assert process is not None
        process.kill()  # at its end it could not save
        selector._client._process = None
