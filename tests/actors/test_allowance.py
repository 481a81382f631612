"""Connections of one runtime that share what their requests may take."""

from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.fleet.limits import Limits
from ums_actors.testing.faults import SimulatedCrash
from ums_actors.testing.server import ACCOUNT
from ums_actors.testing.world import World


class Pair:
    """Two connections whose attempts fail for as long as it is wanted."""

    def __init__(self, mood, limits):
        self.world = World(1)
        self.world.limits = Limits(**limits)
        self.seat = self.world.seat("bot", is_brand=True)
        self.seat.place.mood = mood
        self.runtime = self.seat.runtime
        self.allowance = self.runtime.allowance(self.world.loop)
        self.refs = [
            ums.BrandWebsocketConnection.start(
                ACCOUNT,
                auth=self.seat.source,
                domains={"facadeMsg": "ums.example"},
                options=ums.Options(queue_timeout=30.0),
                runtime=self.runtime,
            )
            for _ in range(2)
        ]
        self.proxies = [ref.proxy() for ref in self.refs]
        self.seat.network.fates.extend(["refuse"] * 1_000)
        for proxy in self.proxies:
            proxy.open()
        self.pass_time(2.0)

    def pass_time(self, seconds):
        self.world.advance(self.world.clock.now() + seconds)

    def ask(self, number, count=1):
        """Ask for the time so often; give the futures, a moment later."""
        asked = [self.proxies[number].get_clock() for _ in range(count)]
        self.pass_time(0.01)
        return asked

    @property
    def counted(self):
        return self.allowance.requests, self.allowance.request_bytes

    def held(self):
        """Give what is in both tables."""
        entries = [
            entry
            for ref in self.refs
            for _, entry in ref.actor_inbox.keep.pending.first(100)
        ]
        return len(entries), sum(len(entry.payload) for entry in entries)

    def end(self):
        for ref in self.refs:
            ref.stop(block=False)
        until = self.world.clock.now() + 60.0
        assert self.world.advance(
            until, lambda: not any(ref.is_alive() for ref in self.refs)
        )
        self.pass_time(3.0)
        self.world.close()
        assert self.counted == (0, 0)


@pytest.fixture
def pair():
    made = []

    def make(mood="well", **limits):
        made.append(Pair(mood, limits))
        return made[-1]

    yield make
    for each in made:
        each.end()


def test_what_one_has_waiting_the_other_has_not(pair):
    both = pair(requests=4)
    waiting = both.ask(0, 3)
    assert not any(each.done() for each in waiting)
    taken, refused = both.ask(1, 2)
    assert not taken.done()
    with pytest.raises(ums.Overloaded, match=r"^Limits\.requests=4 is reached") as told:
        refused.get(timeout=0)
    assert told.value.delivery is ums.Delivery.NOT_SENT
    assert both.counted == both.held()
    assert both.counted[0] == 4


def test_bytes_are_bounded_too(pair):
    both = pair(request_bytes=400)
    asked = both.ask(0, 10) + both.ask(1, 10)
    refused = [each for each in asked if each.done()]
    assert both.counted == both.held()
    assert 300 < both.counted[1] <= 400
    for each in refused:
        with pytest.raises(ums.Overloaded, match=r"^Limits\.request_bytes=400 is"):
            each.get(timeout=0)
    assert len(refused) == 20 - both.counted[0]


@pytest.mark.parametrize("way", ["close", "stop", "time"])
def test_whoever_leaves_makes_room(pair, way):
    both = pair(requests=3)
    waiting = both.ask(0, 3)
    assert both.ask(1)[0].done()
    if way == "close":
        both.proxies[0].close()
    elif way == "stop":
        both.refs[0].stop(block=False)
    both.pass_time(40.0 if way == "time" else 5.0)
    assert both.counted == (0, 0)
    [taken] = both.ask(1)
    assert not taken.done()
    for each in waiting:
        assert isinstance(each.exception(), ums.UMSError)


def test_a_crash_of_the_correlator_gives_nothing_back_that_still_waits(pair):
    both = pair(requests=3)
    both.ask(0, 3)
    before = both.counted
    both.refs[0].actor_inbox.keep.refs["correlator"].tell(SimulatedCrash())
    both.pass_time(1.0)
    assert both.counted == both.held() == before


def test_lines_come_back_though_requests_take_all_there_is(pair):
    both = pair(requests=2)
    waiting = both.ask(0, 2)
    both.seat.network.fates.clear()
    both.pass_time(25.0)
    states = [str(ref.actor_inbox.keep.session.state) for ref in both.refs]
    assert states == ["READY", "READY"]
    assert all(each.get(timeout=0) > 0 for each in waiting)
    assert both.counted == both.held()


def test_a_request_that_is_encoded_late_finds_no_room_and_the_others_go(pair):
    both = pair(mood="ill", request_bytes=250)
    first = both.ask(0)  # who will ask the next is known after a login only
    late = both.proxies[0].join_dialog("c", participant_role="MANAGER")
    asked = first + both.ask(0)
    assert both.counted[0] == 3
    assert both.counted[1] < 250
    both.seat.place.heal()
    both.seat.network.fates.clear()
    both.pass_time(25.0)
    with pytest.raises(ums.Overloaded, match=r"^Limits\.request_bytes=250 is"):
        late.get(timeout=0)
    assert all(each.get(timeout=0) > 0 for each in asked)


def test_without_limits_nothing_is_counted():
    world = World(1)
    seat = world.seat("bot", is_brand=True)
    assert seat.runtime.allowance(world.loop) is None
    world.close()
