"""Whose turn it is at a gate, on a virtual clock."""

from __future__ import annotations

from random import Random

import pytest

import ums_actors as ums
from ums_actors.testing.faults import SimulatedCrash
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World

COUNT = 6


class Least(Random):
    """Each starts as soon as its place begins."""

    def random(self):
        return 0.0


class Crowd:
    """Connections that open at the same time, through a gate: one in ten seconds."""

    def __init__(self, gate):
        self.world = World(1)
        self.seats = [
            self.world.seat(f"bot{n}", is_brand=True, gate=gate) for n in range(COUNT)
        ]
        self.refs = [
            ums.BrandWebsocketConnection.start(
                ACCOUNT,
                auth=seat.source,
                domains={"facadeMsg": "ums.example"},
                options=ums.Options(login_timeout=5.0),
                runtime=seat.runtime,
            )
            for seat in self.seats
        ]
        self.began = self.world.clock.now()
        for ref in self.refs:
            ref.proxy().open()
        self.pass_time(5.0)

    def pass_time(self, seconds):
        self.world.advance(self.world.clock.now() + seconds)

    def attempts(self):
        """Give the ten seconds in which each first dialled, None if it did not."""
        return [
            int((seat.network.connects[0] - self.began) // 10)
            if seat.network.connects
            else None
            for seat in self.seats
        ]

    def state(self, number):
        return str(self.refs[number].actor_inbox.keep.session.state)

    def end(self):
        stops = [ref.stop(block=False) for ref in self.refs]
        until = self.world.clock.now() + 60.0
        assert self.world.advance(until, lambda: all(each.done() for each in stops))
        self.pass_time(3.0)
        self.world.close()


@pytest.fixture
def crowd():
    made = Crowd(ums.PacedGate(0.1, random=Least()))
    yield made
    made.end()


def test_they_begin_one_after_another_with_all_their_time(crowd):
    assert crowd.state(COUNT - 1) == "AUTHENTICATING"
    crowd.pass_time(60.0)
    assert crowd.attempts() == list(range(COUNT))
    assert {crowd.state(number) for number in range(COUNT)} == {"READY"}
    for seat in crowd.seats:  # waiting for one's turn is no failed attempt
        assert len(seat.network.connects) == 1


def test_the_place_of_one_that_is_closed_goes_to_the_next(crowd):
    crowd.refs[1].proxy().close()
    crowd.refs[3].proxy().close()
    crowd.pass_time(60.0)
    assert crowd.attempts() == [0, None, 1, None, 2, 3]


def test_the_place_of_one_that_is_stopped_goes_to_the_next(crowd):
    crowd.refs[1].stop(block=False)
    crowd.pass_time(60.0)
    assert crowd.attempts() == [0, None, 1, 2, 3, 4]


def test_the_place_of_one_whose_supervisor_crashes_goes_to_the_next(crowd):
    supervisor = crowd.refs[1].actor_inbox.keep.refs["supervisor"]
    supervisor.tell(SimulatedCrash())
    crowd.pass_time(80.0)
    assert crowd.attempts() == [0, 5, 1, 2, 3, 4]


def test_one_that_opens_again_stands_at_the_end(crowd):
    proxy = crowd.refs[1].proxy()
    proxy.close()
    crowd.pass_time(1.0)
    proxy.open()
    crowd.pass_time(80.0)
    assert crowd.attempts() == [0, 5, 1, 2, 3, 4]


def test_who_is_impatient_at_the_gate_is_not_hurried_by_an_old_timer(crowd):
    crowd.pass_time(60.0)
    kernel = crowd.refs[2].actor_inbox.keep
    for number in (0, 1, 2):
        for line in crowd.seats[number].network.live:
            line.cut(reset=True)
    crowd.pass_time(0.1)
    assert crowd.state(2) == "BACKING_OFF"
    for number in (0, 1, 2):
        crowd.refs[number].proxy().reconnect_now()
    stale = kernel.counters.stale
    crowd.pass_time(30.0)
    assert (crowd.state(2), kernel.session.generation) == ("READY", 2)
    assert kernel.counters.stale == stale


def test_a_gate_of_ones_own_that_only_delays_will_do():
    class Later:
        def delay(self, now):
            return 20.0

    crowd = Crowd(Later())
    crowd.refs[1].proxy().close()
    crowd.pass_time(60.0)
    assert crowd.attempts() == [2, None, 2, 2, 2, 2]
    crowd.end()
