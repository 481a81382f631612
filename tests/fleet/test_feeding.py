"""An actor that hears all agents, without a fleet."""

from __future__ import annotations

import threading

import pykka
import pytest

import ums_actors as ums
from ums_actors.fleet.feeding import WINDOW, ActorHandler

LIMITS = ums.Limits(events=1000, events_per_agent=500)
A, B = ("1", "a"), ("1", "b")
EVENT = ums.AgentReady()


class Told:
    def __init__(self):
        self.all = []

    def failed(self, error, event):
        self.all.append(("failed", type(error), event.user))

    def gone(self, waiting):
        self.all.append(("gone", waiting))


class Slow(pykka.ThreadingActor):
    def __init__(self, go_on, seen):
        super().__init__()
        self.go_on, self.seen = go_on, seen

    def on_receive(self, message):
        self.go_on.wait(20)
        self.seen.append(message)
        if message.user == "b":
            raise ValueError("x")


class OnLoop(ums.LoopActor):
    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def on_receive(self, message):
        self.seen.append(message)


@pytest.fixture
def slow():
    go_on, seen = threading.Event(), []
    ref = Slow.start(go_on, seen)
    yield ref, go_on, seen
    go_on.set()
    ref.stop(timeout=10)


def test_a_flood_waits_before_the_inbox_and_not_in_it(slow, eventually):
    ref, go_on, seen = slow
    told = Told()
    handler = ActorHandler(ref, LIMITS, told)
    for _ in range(100):
        assert handler.put(A, EVENT)
    assert (handler.busy, handler.depth, handler.waiting(A)) == (WINDOW, 84, 84)
    assert ref.actor_inbox.qsize() <= WINDOW
    handler.put(B, EVENT)
    go_on.set()
    eventually(lambda: len(seen) == 101)
    users = [event.user for event in seen]
    assert users.index("b") <= WINDOW + 2
    assert told.all == [("failed", ValueError, "b")]
    eventually(lambda: handler.busy == 0)


def test_what_waits_is_heard_after_the_end_and_nothing_more(slow):
    ref, go_on, seen = slow
    handler = ActorHandler(ref, LIMITS, Told())
    for _ in range(40):
        handler.put(A, EVENT)
    handler.end()
    assert handler.put(A, EVENT)
    assert not handler.join(0.05, threading.current_thread())
    go_on.set()
    assert handler.join(10.0, threading.current_thread())
    assert len(seen) == WINDOW  # the rest was forgotten when time was over


def test_it_ends_at_once_when_nothing_waits(slow):
    handler = ActorHandler(slow[0], LIMITS, Told())
    handler.leave(A)
    handler.end()
    assert handler.join(0.0, threading.current_thread())


def test_one_that_stops_is_told_of_once_and_what_waits_is_forgotten(slow, eventually):
    ref, go_on, _ = slow
    told = Told()
    handler = ActorHandler(ref, LIMITS, told)
    for _ in range(40):
        handler.put(A, EVENT)
    stopping = ref.stop(block=False)
    go_on.set()
    stopping.get(timeout=10)
    eventually(lambda: not ref.is_alive())
    handler.put(A, EVENT)
    eventually(lambda: told.all)
    handler.put(A, EVENT)
    assert [what for what, *_ in told.all] == ["gone"]
    assert (handler.depth, handler.dropped) == (0, 0)
    assert handler.join(0.0, threading.current_thread())


def test_an_actor_on_a_loop_is_fed_as_well(runtime, eventually):
    seen = []
    handler = ActorHandler(OnLoop.start(seen, runtime=runtime), LIMITS, Told())
    for _ in range(200):
        handler.put(A, EVENT)
    eventually(lambda: len(seen) == 200 and handler.busy == 0)


def test_one_that_ends_with_its_loop_holds_nobody_up(runtime, busy, eventually):
    told = Told()
    ref = OnLoop.start([], runtime=runtime)
    handler = ActorHandler(ref, LIMITS, told)
    busy()
    for _ in range(40):
        handler.put(A, EVENT)
    ref.stop(block=False)
    busy.end()
    eventually(lambda: not ref.is_alive())
    handler.put(A, EVENT)
    eventually(lambda: handler.depth == 0)
    assert {what for what, *_ in told.all} <= {"gone"}
