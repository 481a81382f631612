"""The way of calls, with actors that are played: no Ray."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

import ums_actors as ums
from ums_actors.cluster.agent import ClusterAgent
from ums_actors.cluster.calling import Done, Elsewhere, Raised, packed_reply
from ums_actors.cluster.config import Description
from ums_actors.cluster.router import Router

LONG = 20.0
SOON = 0.1


HERE, FIVE = Done(None), Done(5)


class ActorDiedError(Exception):
    """As Ray's: its name is what tells."""


class Ref:
    def __init__(self, future):
        self._future = future

    def future(self):
        return self._future


class Method:
    """What of an actor can be called remotely."""

    def __init__(self, play):
        self._play = play

    def remote(self, *arguments):
        return Ref(self._play(*arguments))


def outcome(value):
    future = Future()
    if isinstance(value, BaseException):
        future.set_exception(value)
    else:
        future.set_result(packed_reply(value, "x"))
    return future


class Actor:
    """Gives what is on its lists, and its last answer again and again."""

    def __init__(self, greetings=(HERE,), replies=(FIVE,)):
        self.greetings, self.replies = list(greetings), list(replies)
        self.greeted, self.calls = 0, []
        self.greet = Method(self._greet)
        self.call = Method(self._call)

    def _greet(self):
        self.greeted += 1
        return outcome(self._next(self.greetings))

    def _call(self, call):
        self.calls.append(call)
        reply = self._next(self.replies)
        return Future() if reply is None else outcome(reply)

    @staticmethod
    def _next(answers):
        return answers.pop(0) if len(answers) > 1 else answers[0]


class Place:
    """Where actors are looked up."""

    def __init__(self):
        self.actors = []
        self.asked = []

    def find(self, name):
        self.asked.append(name)
        found = self.actors.pop(0) if len(self.actors) > 1 else self.actors[0]
        if isinstance(found, BaseException):
            raise found
        return found


@pytest.fixture
def place():
    return Place()


@pytest.fixture
def router(place):
    made = Router(Description(name="b", shards=1, account_id="1"), place.find)
    yield made
    assert made.close(LONG)


@pytest.fixture
def agent(router):
    return ClusterAgent(router, ("1", "bot1"), LONG)


@pytest.fixture
def hasty(router):
    return ClusterAgent(router, ("1", "bot1"), SOON)


def test_a_call_goes_to_the_shard_of_its_agent(place, agent):
    actor = Actor()
    place.actors = [actor]
    assert agent.send({"type": "x"}, timeout=3).get(timeout=LONG) == 5
    assert place.asked == ["b.shard.0"]
    [call] = actor.calls
    assert (call.account_id, call.user, call.method) == ("1", "bot1", "send")
    assert call.arguments() == (({"type": "x"},), {"timeout": 3})
    assert 0 < call.patience < LONG


def test_a_shard_that_has_just_answered_is_not_asked_whether_it_is_there(place, agent):
    actor = Actor()
    place.actors = [actor]
    for _ in range(3):
        agent.get_clock().get(timeout=LONG)
    assert (actor.greeted, len(actor.calls), len(place.asked)) == (1, 3, 1)


def test_the_error_of_the_method_is_raised_here(place, agent):
    place.actors = [Actor(replies=[Raised(ums.RequestRejected(404))])]
    with pytest.raises(ums.RequestRejected, match="404"):
        agent.get_clock().get(timeout=LONG)


def test_an_agent_that_moves_is_followed_and_called_once(place, agent):
    left = Actor(replies=[Elsewhere("it closes its agents")])
    gone = Actor(greetings=[ActorDiedError()])
    opening = Actor(greetings=[Elsewhere("OPENING"), Done(None)])
    place.actors = [left, ValueError("no such name"), gone, opening]
    assert agent.get_clock().get(timeout=LONG) == 5
    assert [len(each.calls) for each in (left, gone, opening)] == [1, 0, 1]


def test_a_call_whose_shard_dies_may_have_been_carried_out(place, agent):
    actor = Actor(replies=[ActorDiedError("at 10.0.0.1")])
    place.actors = [actor]
    with pytest.raises(ums.ConnectionLost) as caught:
        agent.send_text("c", "hello").get(timeout=LONG)
    assert caught.value.delivery is ums.Delivery.UNKNOWN
    assert str(caught.value) == (
        "send_text() was lost on its way to shard 0 of b: its process has ended for "
        "good (ActorDiedError)"
    )
    assert len(actor.calls) == 1


def test_a_shard_that_is_not_there_in_time_was_sent_nothing(place, hasty):
    place.actors = [ValueError("no such name")]
    with pytest.raises(ums.RequestTimedOut) as caught:
        hasty.get_clock().get(timeout=LONG)
    assert caught.value.delivery is ums.Delivery.NOT_SENT
    assert "no answer of shard 0 of b within 0.1 s: there is no such" in str(
        caught.value
    )


def test_a_shard_that_does_not_answer_in_time_may_have_carried_it_out(place, hasty):
    place.actors = [Actor(replies=[None])]
    with pytest.raises(ums.RequestTimedOut) as caught:
        hasty.get_clock().get(timeout=LONG)
    assert caught.value.delivery is ums.Delivery.UNKNOWN


def test_a_handle_that_cannot_be_called_is_looked_up_again(place, agent):
    place.actors = [None, Actor()]
    assert agent.get_clock().get(timeout=LONG) == 5


def test_what_is_no_method_for_others_is_no_attribute(agent):
    with pytest.raises(AttributeError, match="the cluster opens and closes"):
        agent.close()
    with pytest.raises(AttributeError):
        agent.__deepcopy__  # noqa: B018  (as copy does)
    assert not hasattr(agent, "_kernel")
    assert repr(agent) == "<ClusterAgent 'bot1' of account '1'>"


def test_what_cannot_travel_is_refused_at_once(place, agent):
    with pytest.raises(ums.LocalProtocolError, match="cannot travel"):
        agent.send(threading.Lock())
    assert place.asked == []


def test_a_closed_router_fails_what_is_under_way_and_refuses_more(place):
    router = Router(Description(name="b", shards=1, account_id="1"), place.find)
    actor = Actor(replies=[None])
    place.actors = [actor]
    agent = ClusterAgent(router, ("1", "bot1"), LONG)
    under_way = agent.get_clock()
    while not actor.calls:
        threading.Event().wait(0.001)
    assert router.close(LONG)
    assert router.close(LONG)
    with pytest.raises(ums.ConnectionLost) as caught:
        under_way.get(timeout=LONG)
    assert caught.value.delivery is ums.Delivery.UNKNOWN
    with pytest.raises(ums.ConnectionLost) as caught:
        agent.get_clock()
    assert caught.value.delivery is ums.Delivery.NOT_SENT


def test_more_calls_than_may_be_under_way_are_refused(place):
    cluster = Description(name="b", shards=1, account_id="1")
    router = Router(cluster, place.find, limit=1)
    place.actors = [Actor(replies=[None])]
    agent = ClusterAgent(router, ("1", "bot1"), LONG)
    under_way = agent.get_clock()
    with pytest.raises(ums.Overloaded, match="1 calls are under way"):
        agent.get_clock()
    assert router.close(LONG)
    assert isinstance(under_way.exception(), ums.ConnectionLost)


def test_what_has_its_answer_is_no_longer_under_way(place, router, agent, eventually):
    place.actors = [Actor()]
    agent.get_clock().get(timeout=LONG)
    eventually(lambda: not router._journeys)
