from __future__ import annotations

from types import SimpleNamespace

import pytest

from ums_actors.actors.events import (
    ConversationChanged,
    MessageReceived,
    RingOffered,
    StateChanged,
)
from ums_actors.cli.demo.member import STABLE_AFTER, Member
from ums_actors.cli.demo.office import Address
from ums_actors.cli.demo.plan import Side
from ums_actors.runtime import LoopFuture


class Connection:
    """Writes down who subscribes to what."""

    def __init__(self):
        self.subscribed = []
        self.opened = []

    def subscribe(self, target, *kinds):
        self.subscribed.append((target, kinds))
        return LoopFuture.of("handle")

    def open(self, **arguments):
        self.opened.append(arguments)
        return LoopFuture.of(None)

    def status(self):
        return LoopFuture.of(SimpleNamespace(agent_id="acc.7"))


class Ref:
    def __init__(self):
        self.stopped = []

    def is_alive(self):
        return not self.stopped

    def stop(self, timeout):
        self.stopped.append(timeout)


@pytest.fixture
def told():
    return []


@pytest.fixture
def make(told):
    def make(side):
        return Member(
            f"{side}1",
            side,
            ref=Ref(),
            connection=Connection(),
            actor=Ref(),
            report=told.append,
        )

    return make


def became(state, generation=1, at=10.0, reason=""):
    return StateChanged(
        state=state, previous="x", generation=generation, at=at, reason=reason
    )


@pytest.mark.parametrize("side", [Side.BOT, Side.CONSUMER])
def test_its_actor_hears_before_it_connects(make, side):
    member = make(side)
    member.open(5.0).get(timeout=0)
    (_, states), (_, kinds) = member.connection.subscribed
    assert states == (StateChanged,)
    rings = (RingOffered,) if side is Side.BOT else ()
    assert kinds == (ConversationChanged, MessageReceived, *rings)
    assert member.connection.opened == [{"timeout": 5.0, "fail_fast": True}]


def test_the_emulator_knows_bots_by_name_and_consumers_by_id(make):
    assert make(Side.BOT).user == "bot1"
    assert make(Side.CONSUMER).user == "acc.7"


def test_it_knows_when_a_later_line_was_ready(make):
    member = make(Side.BOT)
    for state, generation, at in (
        ("READY", 1, 10.0),
        ("BACKING_OFF", 1, 11.0),
        ("READY", 3, 12.0),
        ("READY", 4, 13.0),
    ):
        member._take(became(state, generation, at))
    assert member.ready_after(0) == 10.0
    assert member.ready_after(1) == member.ready_after(2) == 12.0
    assert member.ready_after(4) is None


def test_it_is_stable_a_while_after_it_was_ready(make):
    member = make(Side.BOT)
    assert not member.stable(1e9)
    member._take(became("READY", at=10.0))
    assert not member.stable(10.0 + STABLE_AFTER)
    assert member.stable(10.1 + STABLE_AFTER)


def test_states_are_told_with_the_reason_of_a_loss_alone(make, told):
    member = make(Side.BOT)
    member._take(became("READY", reason="old"))
    member._take(became("BACKING_OFF", generation=2, reason="cut"))
    assert told == ["bot1: READY generation 1", "bot1: BACKING_OFF generation 2 (cut)"]


def test_closing_stops_the_connection_and_then_the_actor_once(make):
    member = make(Side.BOT)
    member.close(3.0)
    member.close(3.0)
    assert member._ref.stopped == member._actor.stopped == [3.0]


def test_what_it_is_told_goes_to_its_actor(make):
    member = make(Side.BOT)
    member._actor = SimpleNamespace(tell=(heard := []).append)
    member.tell("hello")
    assert heard == ["hello"]


def test_a_service_without_tls_is_reached_by_plain_http():
    assert Address("h:1", "acc", None).arguments()["csds"] == "http://h:1"
    secure = Address("h:1", "acc", "ca.pem").arguments()
    assert (secure["csds"], secure["ca_file"]) == ("h:1", "ca.pem")
