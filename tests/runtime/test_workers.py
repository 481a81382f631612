from __future__ import annotations

import threading
from typing import Any

import pytest

from ums_actors.errors import Overloaded
from ums_actors.runtime import LoopFuture, Workers, workers

WAIT = 5.0


class Gate:
    """A blocking job that a test lets go."""

    def __init__(self, value: Any = "done") -> None:
        self.entered = threading.Event()
        self.open = threading.Event()
        self.value = value

    def __call__(self) -> Any:
        self.entered.set()
        assert self.open.wait(WAIT)
        return self.value


@pytest.fixture
def gate():
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def pool(manual):
    """A pool of one thread on a loop that is turned by hand."""
    made = Workers("test", threads=1, queue_limit=2, spare=1)
    yield made
    assert made.close(WAIT)
    manual.settle()


@pytest.fixture
def submit(manual, pool):
    def submit(function, timeout=10.0, on_abandon=None) -> LoopFuture[Any]:
        return pool.submit(
            manual.loop, function, timeout=timeout, on_abandon=on_abandon
        )

    return submit


def test_a_job_runs_on_a_thread_and_its_future_is_set_on_the_loop(
    manual, submit, turn_until
):
    where: list[str] = []
    future = submit(lambda: threading.current_thread().name)
    future.add_done_callback(lambda _: where.append(manual.loop.owned()))
    turn_until(future.done)
    assert future.get(timeout=0) == "ums-test-1"
    assert where == [True]
    assert manual.loop.next_timer() is None


@pytest.mark.parametrize(
    ("raised", "expected"),
    [(KeyError("x"), KeyError), (SystemExit(), RuntimeError)],
)
def test_what_a_job_raises_goes_to_its_future(submit, turn_until, raised, expected):
    def broken() -> None:
        raise raised

    future = submit(broken)
    turn_until(future.done)
    assert type(future.exception()) is expected
    after = submit(lambda: 1)
    turn_until(after.done)


def test_jobs_beyond_the_threads_wait_in_line_and_beyond_that_are_refused(
    submit, turn_until, gate
):
    first = submit(gate)
    assert gate.entered.wait(WAIT)
    second, third = submit(lambda: 2), submit(lambda: 3)
    refused = submit(lambda: 4)
    with pytest.raises(Overloaded, match="2 jobs wait for the test workers"):
        refused.get(timeout=0)
    gate.open.set()
    turn_until(third.done)
    assert [f.get(timeout=0) for f in (first, second, third)] == ["done", 2, 3]


def test_the_deadline_includes_the_waiting_in_line(manual, submit, turn_until, gate):
    first = submit(gate, timeout=100.0)
    assert gate.entered.wait(WAIT)
    ran: list[int] = []
    abandoned: list[int] = []
    waiting = submit(
        lambda: ran.append(1), timeout=3.0, on_abandon=lambda: abandoned.append(1)
    )
    manual.advance(3.0)
    with pytest.raises(TimeoutError, match="in line for more than 3 s"):
        waiting.get(timeout=0)
    gate.open.set()
    turn_until(first.done)
    assert (ran, abandoned) == ([], [])


def test_a_stuck_thread_is_fenced_counted_and_replaced(
    manual, pool, submit, turn_until, gate
):
    abandoned: list[bool] = []
    stuck = submit(
        gate, timeout=3.0, on_abandon=lambda: abandoned.append(manual.loop.owned())
    )
    assert gate.entered.wait(WAIT)
    waiting = submit(lambda: threading.current_thread().name, timeout=100.0)
    manual.advance(3.0)
    with pytest.raises(TimeoutError, match="running for more than 3 s"):
        stuck.get(timeout=0)
    assert abandoned == [True]
    assert pool.stuck == 1
    turn_until(waiting.done)
    assert waiting.get(timeout=0) == "ums-test-2"
    gate.open.set()
    turn_until(lambda: pool.stuck == 0)
    manual.settle()
    with pytest.raises(TimeoutError):  # the late result is dropped
        stuck.get(timeout=0)


def test_stuck_threads_are_replaced_up_to_a_cap(manual, pool, submit, turn_until):
    gates = [Gate() for _ in range(2)]
    for gate in gates:
        submit(gate, timeout=1.0)
        assert gate.entered.wait(WAIT)
        manual.advance(1.0)
    assert pool.stuck == 2
    waiting = submit(lambda: 1, timeout=1.0)
    manual.advance(1.0)
    with pytest.raises(TimeoutError, match="in line"):
        waiting.get(timeout=0)
    for gate in gates:
        gate.open.set()
    turn_until(lambda: pool.stuck == 0)
    after = submit(lambda: 2)
    turn_until(after.done)
    assert after.get(timeout=0) == 2


def test_a_stuck_thread_that_comes_back_does_not_make_the_pool_bigger(
    manual, pool, submit, turn_until, eventually
):
    gate = Gate()
    submit(gate, timeout=1.0)
    assert gate.entered.wait(WAIT)
    manual.advance(1.0)
    second = Gate()
    busy = submit(second, timeout=100.0)
    assert second.entered.wait(WAIT)
    gate.open.set()
    eventually(lambda: len(pool._alive) == 1)
    second.open.set()
    turn_until(busy.done)


def test_a_result_that_is_back_when_the_deadline_passes_counts(
    manual, pool, submit, eventually, gate
):
    future = submit(gate, timeout=3.0)
    assert gate.entered.wait(WAIT)
    gate.open.set()
    eventually(lambda: not pool._running)
    eventually(lambda: not manual.loop.idle())
    manual.advance(3.0)  # the timer fires before the result is taken in
    assert future.get(timeout=0) == "done"
    assert pool.stuck == 0


def test_a_failing_on_abandon_is_logged_and_the_future_fails(
    manual, submit, gate, caplog
):
    def broken() -> None:
        raise KeyError

    future = submit(gate, timeout=1.0, on_abandon=broken)
    assert gate.entered.wait(WAIT)
    manual.advance(1.0)
    assert isinstance(future.exception(), TimeoutError)
    assert "workers.abandon_failed" in caplog.text


def test_each_waiting_job_gets_a_thread_of_its_own(manual, turn_until):
    pool = Workers("wide", threads=2, queue_limit=10)
    warm = pool.submit(manual.loop, lambda: 1, timeout=10.0)
    turn_until(warm.done)
    gates = [Gate(), Gate()]
    for gate in gates:  # one thread is idle: it cannot take both
        pool.submit(manual.loop, gate, timeout=10.0)
    for gate in gates:
        assert gate.entered.wait(WAIT)
    for gate in gates:
        gate.open.set()
    assert pool.close(WAIT)


def test_a_thread_without_work_ends(manual, turn_until, eventually, monkeypatch):
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.01)
    pool = Workers("idle", threads=1, queue_limit=10)
    for _ in range(2):
        future = pool.submit(manual.loop, lambda: 1, timeout=10.0)
        turn_until(future.done)
        eventually(lambda: not pool._alive)
    assert pool.close(WAIT)


def test_a_system_without_threads_lets_the_deadline_decide(
    manual, submit, monkeypatch, caplog
):
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    future = submit(lambda: 1, timeout=1.0)
    assert "workers.no_thread" in caplog.text
    manual.advance(1.0)
    assert isinstance(future.exception(), TimeoutError)


# -- closing


def test_closing_answers_who_wait_in_line_and_ends_idle_threads_at_once(
    manual, pool, submit, gate
):
    running = submit(gate)
    assert gate.entered.wait(WAIT)
    waiting = submit(lambda: 1)
    closing = threading.Timer(0.02, gate.open.set)
    closing.start()
    assert pool.close(WAIT)
    closing.join()
    manual.settle()
    with pytest.raises(Overloaded, match="closed"):
        waiting.get(timeout=0)
    assert running.get(timeout=0) == "done"
    assert isinstance(submit(lambda: 1).exception(), Overloaded)
    assert manual.loop.next_timer() is None


def test_closing_shuts_what_running_jobs_wait_for(manual, pool, submit, gate):
    future = submit(gate, on_abandon=gate.open.set)
    assert gate.entered.wait(WAIT)
    assert not pool.close(0)
    manual.settle()
    assert pool.close(WAIT)
    assert future.done()


def test_a_job_that_was_given_up_gives_nothing_that_is_shut(
    manual, pool, submit, turn_until, gate
):
    future = submit(gate, on_abandon=gate.open.set)
    assert gate.entered.wait(WAIT)
    next(iter(pool._running)).abandon()
    turn_until(future.done)
    with pytest.raises(TimeoutError, match="given up"):
        future.get(timeout=0)


def test_what_was_given_is_not_shut_any_more(manual, pool, submit, turn_until, gate):
    shut: list[int] = []
    future = submit(gate, on_abandon=lambda: shut.append(1))
    assert gate.entered.wait(WAIT)
    job = next(iter(pool._running))
    gate.open.set()
    turn_until(future.done)
    job.abandon()  # by a close() that saw it running
    manual.settle()
    assert (future.get(timeout=0), shut) == ("done", [])


def test_closing_fails_what_does_not_come_back(manual, pool, submit, gate):
    future = submit(gate)
    assert gate.entered.wait(WAIT)
    assert pool.close(0.01) is False
    manual.settle()
    with pytest.raises(TimeoutError, match="closed"):
        future.get(timeout=0)
    gate.open.set()


def test_a_result_for_a_loop_that_has_ended_still_answers(manual, submit, gate):
    future = submit(gate)
    assert gate.entered.wait(WAIT)
    manual.loop.stop(WAIT)
    gate.open.set()
    assert future.get(timeout=WAIT) == "done"
