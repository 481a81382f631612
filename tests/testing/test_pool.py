from __future__ import annotations

from random import Random

import pytest

from ums_actors.errors import Overloaded
from ums_actors.runtime import Loop
from ums_actors.testing.clock import Agenda, VirtualClock
from ums_actors.testing.poller import FakePoller
from ums_actors.testing.pool import Effort, VirtualPool


class World:
    def __init__(self, threads=1, queue_limit=10):
        self.clock = VirtualClock(0.0)
        self.agenda = Agenda(self.clock)
        self.effort = Effort()
        self.loop = Loop(self.clock, FakePoller())
        self.pool = VirtualPool(
            "test",
            self.agenda,
            self.effort,
            Random(1),
            threads=threads,
            queue_limit=queue_limit,
        )

    def submit(self, seconds, *, timeout=100.0, value="done", on_abandon=None):
        def job():
            self.effort.spend(seconds)
            return value

        return self.pool.submit(self.loop, job, timeout=timeout, on_abandon=on_abandon)

    def run(self, until):
        while True:
            while self.loop.turn(block=False):
                pass
            times = [self.loop.next_timer(), self.agenda.next_at()]
            when = min((each for each in times if each is not None), default=None)
            if when is None or when > until:
                self.clock.move_to(until)
                return
            self.clock.move_to(when)
            self.agenda.run_due()


def test_a_result_comes_after_the_time_that_was_spent():
    world = World()
    future = world.submit(5)
    world.run(4.9)
    assert not future.done()
    world.run(5.1)
    assert future.get(timeout=0) == "done"
    assert len(world.pool) == 0
    assert world.loop.next_timer() is None


def test_what_a_job_raises_goes_to_the_future():
    world = World()
    future = world.pool.submit(world.loop, lambda: 1 / 0, timeout=1)
    world.run(1)
    with pytest.raises(ZeroDivisionError):
        future.get(timeout=0)


def test_a_deadline_includes_the_waiting_in_line():
    world = World(threads=1)
    first, second = world.submit(10), world.submit(1, timeout=5)
    world.run(5)
    with pytest.raises(TimeoutError, match="in line"):
        second.get(timeout=0)
    world.run(11)
    assert first.get(timeout=0) == "done"


def test_a_job_that_outlives_its_deadline_is_abandoned_and_replaced():
    world = World(threads=1)
    shut: list[float] = []
    late = world.submit(
        10, timeout=3, on_abandon=lambda: shut.append(world.clock.now())
    )
    world.run(3)
    assert shut == [3.0]
    assert world.pool.stuck == 1
    with pytest.raises(TimeoutError, match="running"):
        late.get(timeout=0)
    other = world.submit(1)
    world.run(5)
    assert other.get(timeout=0) == "done"
    world.run(11)
    assert world.pool.stuck == 0
    assert isinstance(late.exception(), TimeoutError)


def test_a_full_line_refuses():
    world = World(queue_limit=1)
    world.submit(1)
    refused = world.submit(1)
    with pytest.raises(Overloaded):
        refused.get(timeout=0)


def test_closing_ends_what_waits_and_what_runs():
    world = World(threads=1)
    running = world.submit(50)
    world.run(1)
    waiting = world.submit(1)
    assert world.pool.close(1)
    world.run(1)
    with pytest.raises(TimeoutError):
        running.get(timeout=0)
    with pytest.raises(Overloaded):
        waiting.get(timeout=0)
    with pytest.raises(Overloaded):
        world.submit(1).get(timeout=0)
