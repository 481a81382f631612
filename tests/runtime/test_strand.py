from __future__ import annotations

import threading
from typing import Any

import pytest

from ums_actors.runtime import LoopFuture, Runtime, Workers, strand
from ums_actors.runtime.strand import Strand

WAIT = 5.0


@pytest.fixture
def manual(manual):
    """The same, with one worker for the callbacks."""
    pool = Workers("callbacks", threads=1, queue_limit=1)
    manual.runtime = Runtime(
        [manual.loop],
        clock=manual.clock,
        observer=manual.observer,
        workers={"callbacks": pool},
    )
    manual.pool = pool
    return manual


@pytest.fixture
def make(manual):
    def make(function, limit=1000):
        return Strand(manual.runtime, manual.loop, function, limit)

    return make


class Slow:
    """A callback that waits for a test; notes what it heard, and overlaps."""

    def __init__(self) -> None:
        self.heard: list[Any] = []
        self.entered = threading.Event()
        self.open = threading.Event()
        self.inside = 0
        self.overlapped = False

    def __call__(self, event: Any) -> None:
        self.inside += 1
        self.overlapped |= self.inside > 1
        self.entered.set()
        assert self.open.wait(WAIT)
        self.heard.append(event)
        self.inside -= 1


def test_calls_come_in_order_one_at_a_time_on_a_worker(make, turn_until):
    heard: list[Any] = []
    threads: set[str] = set()

    def callback(event):
        threads.add(threading.current_thread().name)
        heard.append(event)

    calls = make(callback)
    for number in range(300):  # several batches
        assert calls.push(number)
    turn_until(lambda: len(heard) == 300)
    assert heard == list(range(300))
    assert threads == {"ums-callbacks-1"}
    assert (len(calls), calls.dropped) == (0, 0)


def test_overflow_drops_the_oldest_and_counts(make, turn_until):
    slow = Slow()
    calls = make(slow, limit=3)
    assert calls.push(0)
    assert slow.entered.wait(WAIT)
    assert [calls.push(number) for number in range(1, 6)] == [True] * 3 + [False] * 2
    assert (len(calls), calls.dropped) == (3, 2)
    slow.open.set()
    turn_until(lambda: len(slow.heard) == 4)
    assert slow.heard == [0, 3, 4, 5]


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_a_raising_callback_is_reported_and_the_next_event_called(
    manual, make, turn_until, error
):
    heard: list[Any] = []

    def callback(event):
        heard.append(event)
        if event == 1:
            raise error

    calls = make(callback)
    for number in range(4):
        calls.push(number)
    turn_until(lambda: len(heard) == 4)
    manual.settle()
    assert heard == [0, 1, 2, 3]
    reports = [f for e, _, f in manual.observer.heard if e == "subscriber.failed"]
    assert [type(fields["error"]) for fields in reports] == [error]


def test_a_slow_callback_is_reported_and_keeps_its_order(manual, make, turn_until):
    slow = Slow()
    calls = make(slow)
    calls.push("slow")
    assert slow.entered.wait(WAIT)
    manual.advance(strand.SLOW_SECONDS)
    assert "subscriber.slow" in manual.observer.events
    assert manual.pool.stuck == 1
    calls.push("next")
    manual.advance(10.0)
    assert not slow.overlapped
    slow.open.set()
    turn_until(lambda: len(slow.heard) == 2)
    assert slow.heard == ["slow", "next"]
    assert not slow.overlapped


def test_a_batch_that_takes_long_gives_its_thread_to_others(manual, make, turn_until):
    order: list[str] = []
    gate = Slow()

    def long(event):
        gate(event)
        manual.clock.seconds += strand.BATCH_SECONDS
        order.append(f"long {event}")

    calls, other = make(long), make(lambda event: order.append(f"other {event}"))
    calls.push(1)
    assert gate.entered.wait(WAIT)
    calls.push(2)
    other.push(1)
    gate.open.set()
    turn_until(lambda: len(order) == 3)
    assert order == ["long 1", "other 1", "long 2"]


def test_a_strand_that_finds_no_worker_asks_again(manual, make, turn_until):
    slow = Slow()
    first, second, third = make(slow), make(slow), make(slow)
    first.push("running")
    assert slow.entered.wait(WAIT)
    second.push("in line")
    third.push("refused")
    assert manual.observer.events == ["subscriber.waits"]
    slow.open.set()
    turn_until(lambda: len(slow.heard) == 2)
    manual.advance(strand.RETRY_SECONDS)
    turn_until(lambda: len(slow.heard) == 3)
    assert slow.heard == ["running", "in line", "refused"]


def test_a_strand_whose_deadline_passes_in_line_asks_again(manual, make, turn_until):
    slow = Slow()
    holding: LoopFuture[Any] = manual.pool.submit(
        manual.loop, lambda: slow("other work"), timeout=1e6
    )
    assert slow.entered.wait(WAIT)
    calls = make(slow)
    calls.push("patient")
    manual.advance(strand.SLOW_SECONDS)
    assert manual.observer.events == ["subscriber.waits"]
    slow.open.set()
    turn_until(holding.done)
    manual.advance(strand.RETRY_SECONDS)
    turn_until(lambda: slow.heard == ["other work", "patient"])


def test_a_closed_strand_makes_no_more_calls(manual, make, turn_until):
    slow = Slow()
    calls = make(slow)
    calls.push("running")
    assert slow.entered.wait(WAIT)
    calls.push("dropped")
    calls.close()
    assert calls.push("refused")
    assert len(calls) == 0
    slow.open.set()
    turn_until(lambda: slow.heard == ["running"])
    manual.settle()
    assert slow.heard == ["running"]


def test_a_worker_and_an_overflow_may_take_the_last_event_at_once(make):
    calls = make(print)
    assert calls._take() is calls._take()


def test_what_is_not_done_with_is_in_line_or_in_hand(make, turn_until, manual):
    slow = Slow()
    calls = make(slow)
    assert calls.waiting() == []
    for number in range(3):
        calls.push(number)
    assert slow.entered.wait(WAIT)
    assert calls.waiting() == [0, 1, 2]
    slow.open.set()
    turn_until(lambda: len(slow.heard) == 3)
    turn_until(lambda: calls.waiting() == [])


def test_what_a_call_raised_over_is_done_with(make, turn_until):
    def callback(event):
        heard.append(event)
        raise ValueError

    heard: list[Any] = []
    calls = make(callback)
    calls.push(0)
    turn_until(lambda: heard == [0] and calls.waiting() == [])


def test_at_no_moment_is_an_event_neither_in_line_nor_in_hand_nor_heard(
    make, turn_until
):
    heard: list[Any] = []
    calls = make(heard.append, limit=10_000)
    for number in range(5_000):
        calls.push(number)
    looks = 0
    while len(heard) < 5_000:
        before = len(heard)  # what is heard by now may still be in hand
        waiting = calls.waiting()
        assert not waiting or waiting[0] <= len(heard)
        assert waiting == [] or waiting[-1] == 4_999
        if not waiting:
            assert before <= len(heard) == 5_000
        looks += 1
        turn_until(lambda: True)
    assert looks
