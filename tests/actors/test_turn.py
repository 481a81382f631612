"""Whose turn it is at a gate, on a virtual clock."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.testing.faults import SimulatedCrash

COUNT = 6


@pytest.fixture
def crowd(gather, least):
    """Connections that open at the same time, through a gate: one in ten seconds."""
    return gather(COUNT, gate=ums.PacedGate(0.1, random=least))


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


def test_a_gate_of_ones_own_that_only_delays_will_do(gather):
    class Later:
        def delay(self, now):
            return 20.0

    crowd = gather(COUNT, gate=Later())
    crowd.refs[1].proxy().close()
    crowd.pass_time(60.0)
    assert crowd.attempts() == [2, None, 2, 2, 2, 2]


class Place:
    """A place of a gate that knows nothing of ranks."""

    def __init__(self, gate, start):
        self.gate = gate
        self.start = start

    def begin(self, now):
        self.gate.told.append(("begin", now))

    def leave(self, now):
        self.gate.told.append(("leave", now))


class PlainLine:
    """A gate of one's own with a line."""

    def __init__(self):
        self.told = []
        self.taken = 0

    def delay(self, now):
        raise AssertionError("it has a line")

    def line_up(self, now, moved):
        self.taken += 1
        return Place(self, now + 10.0 * self.taken)


def test_a_gate_of_ones_own_with_a_line_but_without_ranks_will_do(gather):
    gate = PlainLine()
    crowd = gather(3, gate=gate)
    crowd.refs[1].proxy().close()
    crowd.pass_time(60.0)
    assert crowd.attempts() == [1, None, 3]
    assert [what for what, _ in gate.told] == ["leave", "begin", "begin"]
    assert [when - crowd.began for _, when in gate.told[1:]] == [10.0, 30.0]


def test_who_connects_for_the_first_time_goes_before_those_who_come_back(gather, least):
    gate = ums.PacedGate(1.0, random=least)
    crowd = gather(COUNT, gate=gate, opened=3)
    crowd.pass_time(30.0)
    crowd.cut(0, 1, 2)
    crowd.pass_time(0.1)
    for number in (0, 1, 2):
        crowd.refs[number].proxy().reconnect_now()
    crowd.pass_time(0.1)
    assert gate.waiting == 2  # the first of them begins at once
    for number in (3, 4, 5):
        crowd.open(number)
    crowd.pass_time(0.1)
    assert gate.waiting == 5
    crowd.pass_time(30.0)
    assert gate.waiting == 0
    dialled = [seat.network.connects[-1] for seat in crowd.seats]
    assert max(dialled[3:]) < min(dialled[1:3])
    assert dialled[1] < dialled[2]
    assert {crowd.state(number) for number in range(COUNT)} == {"READY"}
    for seat in crowd.seats:  # who is put back has not failed
        assert len(seat.network.connects) <= 2


def test_one_that_failed_before_it_was_ever_ready_still_goes_first(gather, least):
    gate = ums.PacedGate(0.1, random=least)
    crowd = gather(3, gate=gate, opened=2)
    crowd.pass_time(30.0)
    crowd.seats[2].place.mood = "ill"
    crowd.open(2)
    crowd.pass_time(0.1)
    assert crowd.state(2) == "BACKING_OFF"
    crowd.seats[2].place.mood = "well"
    crowd.cut(0, 1)
    crowd.pass_time(0.1)
    for number in (0, 1):
        crowd.refs[number].proxy().reconnect_now()
    crowd.pass_time(60.0)
    first, second, never_ready = (seat.network.connects[-1] for seat in crowd.seats)
    assert never_ready < first < second
