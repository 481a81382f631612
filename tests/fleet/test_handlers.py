"""The threads that call a fleet's handler, without a fleet."""

from __future__ import annotations

import threading

import pytest

import ums_actors as ums
from ums_actors.fleet import handlers
from ums_actors.fleet.handlers import CallbackHandler

LIMITS = ums.Limits(events=100, events_per_agent=50)
A, B, C = ("1", "a"), ("1", "b"), ("1", "c")
EVENT = ums.AgentReady()


class Told:
    def __init__(self):
        self.all = []

    def failed(self, error, event):
        self.all.append(("failed", error, event.user))

    def blocked(self, threads):
        self.all.append(("blocked", threads))

    def gone(self, waiting):
        self.all.append(("gone", waiting))


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def made():
    kept = []

    def make(function, threads=2, limits=LIMITS):
        told, clock = Told(), Clock()
        handler = CallbackHandler(function, limits, threads, told, clock)
        kept.append(handler)
        return handler, told, clock

    yield make
    for handler in kept:
        handler.end()
        handler.join(10.0, threading.current_thread())


def alive():
    return [t for t in threading.enumerate() if t.name.startswith("ums-handler")]


def test_threads_are_started_when_there_is_work_and_no_more_than_allowed(
    made, eventually
):
    go_on, entered = threading.Event(), threading.Semaphore(0)
    handler, _, _ = made(lambda _: (entered.release(), go_on.wait(20)))
    assert alive() == []
    for key in (A, B, C):
        assert handler.put(key, EVENT)
    assert entered.acquire(timeout=10)
    assert entered.acquire(timeout=10)
    assert (len(alive()), handler.busy, handler.depth) == (2, 2, 1)
    assert (handler.waiting(C), handler.waiting(A)) == (1, 0)
    go_on.set()
    eventually(lambda: handler.depth == handler.busy == 0)


def test_a_thread_without_work_ends_and_another_comes_when_there_is_some(
    made, eventually, monkeypatch
):
    monkeypatch.setattr(handlers, "IDLE_SECONDS", 0.01)
    seen = []
    handler, _, _ = made(seen.append)
    handler.put(A, EVENT)
    eventually(lambda: seen and not alive())
    handler.put(A, EVENT)
    eventually(lambda: len(seen) == 2)


def test_a_thread_that_waits_for_work_is_used_again(made, eventually):
    seen = []
    handler, _, _ = made(lambda _: seen.append(threading.current_thread().name))
    for number in range(1, 20):
        handler.put(A, EVENT)
        eventually(lambda number=number: len(seen) == number and not handler.busy)
    assert len(set(seen)) <= 2


def test_it_is_said_once_that_no_thread_comes_back(made, eventually):
    go_on = threading.Event()
    handler, told, clock = made(lambda _: go_on.wait(20), threads=1)
    handler.put(A, EVENT)
    eventually(lambda: handler.busy == 1)
    handler.put(B, EVENT)
    assert told.all == []
    clock.seconds = handlers.SLOW_SECONDS + 1.0
    handler.put(B, EVENT)
    handler.put(B, EVENT)
    assert told.all == [("blocked", 1)]
    go_on.set()


@pytest.mark.parametrize("error", [ValueError("x"), SystemExit(), KeyboardInterrupt()])
def test_whatever_it_raises_is_told_and_ends_no_thread(made, eventually, error):
    def fail(event):
        raise error

    handler, told, _ = made(fail, threads=1)
    handler.put(A, EVENT)
    handler.put(B, EVENT)
    eventually(lambda: len(told.all) == 2)
    assert told.all == [("failed", error, "a"), ("failed", error, "b")]


def test_what_is_lost_is_counted_and_told_with_the_next(made, eventually):
    go_on, seen = threading.Event(), []
    limits = ums.Limits(events=2, events_per_agent=2)
    handler, _, _ = made(lambda e: (go_on.wait(20), seen.append(e)), limits=limits)
    handler.put(A, EVENT)
    eventually(lambda: handler.busy == 1)
    kept = [handler.put(A, EVENT) for _ in range(4)]
    assert (kept, handler.dropped) == ([True, True, False, False], 2)
    go_on.set()
    eventually(lambda: len(seen) == 3)
    assert [event.missed for event in seen] == [0, 2, 0]


def test_what_comes_after_the_end_is_not_heard(made):
    seen = []
    handler, _, _ = made(seen.append)
    handler.put(A, EVENT)
    handler.end()
    assert handler.put(A, EVENT)
    assert handler.join(10.0, threading.current_thread())
    assert len(seen) == 1


def test_what_waits_when_time_is_over_is_forgotten(made):
    go_on = threading.Event()
    handler, _, _ = made(lambda _: go_on.wait(20), threads=1)
    for _ in range(3):
        handler.put(A, EVENT)
    handler.end()
    assert not handler.join(0.05, threading.current_thread())
    assert handler.depth == 0
    go_on.set()


def test_who_has_gone_leaves_no_count(made):
    handler, _, _ = made(
        lambda _: None, limits=ums.Limits(events=1, events_per_agent=1)
    )
    handler.leave(A)
    assert handler.put(A, EVENT)


def test_without_a_thread_the_next_event_asks_for_one_again(
    made, eventually, monkeypatch
):
    def refuse(_: object) -> None:
        raise RuntimeError("can't start new thread")

    seen = []
    handler, _, _ = made(seen.append)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        assert handler.put(A, EVENT)
    assert handler.depth == 1
    handler.put(B, EVENT)
    eventually(lambda: len(seen) == 2)


def test_what_is_being_handled_is_not_taken(made):
    entered, go_on = threading.Event(), threading.Event()

    def slow(event):
        entered.set()
        go_on.wait(10)

    handler, _, _ = made(slow)
    handler.put(A, EVENT)
    assert entered.wait(10)
    handler.put(A, EVENT)
    assert handler.untaken(A) == [EVENT, EVENT]
    assert handler.untaken(B) == []
    go_on.set()
    handler.end()
    assert handler.join(10.0, threading.current_thread())
    assert handler.untaken(A) == []
