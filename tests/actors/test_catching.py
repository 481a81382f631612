from __future__ import annotations

import pytest

import ums_actors as ums
from ums_actors.actors.catching import CatchUps


@pytest.fixture
def catch_ups():
    return CatchUps()


def test_who_waits_is_answered_by_their_query_or_a_later_one(catch_ups, loop):
    first = catch_ups.add("d", 1, loop, 5.0)
    second = catch_ups.add("d", 2, loop, 5.0)
    other = catch_ups.add("e", 1, loop, 5.0)
    answered = {"d": 0, "e": 0}
    catch_ups.settle(answered.__getitem__)
    assert not first.done()
    answered["d"] = 1
    catch_ups.settle(answered.__getitem__)
    assert (first.done(), second.done(), other.done()) == (True, False, False)
    assert first.get(timeout=0) is None
    answered["d"] = 7
    catch_ups.settle(answered.__getitem__)
    assert second.done()
    assert not other.done()


def test_a_query_that_fails_concerns_its_dialog_alone(catch_ups, loop):
    ours, other = catch_ups.add("d", 1, loop, 5.0), catch_ups.add("e", 1, loop, 5.0)
    catch_ups.fail("d", ums.RequestRejected(404))
    assert isinstance(ours.exception(), ums.RequestRejected)
    assert not other.done()
    catch_ups.settle(lambda _: 1)
    assert other.exception() is None


def test_a_connection_at_rest_fails_all(catch_ups, loop):
    waiting = [catch_ups.add(name, 1, loop, 5.0) for name in "ddef"]
    catch_ups.reject(ums.ConnectionLost("closed", delivery=ums.Delivery.NOT_SENT))
    errors = [future.exception() for future in waiting]
    assert all(isinstance(error, ums.ConnectionLost) for error in errors)


def test_nobody_waits_for_ever_and_nothing_is_left_of_who_did(catch_ups, loop, clock):
    waiting = catch_ups.add("d", 1, loop, 5.0)
    clock.time = 4.9
    loop.turn(block=False)
    assert not waiting.done()
    clock.time = 5.0
    loop.turn(block=False)
    assert isinstance(waiting.exception(), ums.RequestTimedOut)
    catch_ups.settle(lambda _: pytest.fail("nobody waits"))
