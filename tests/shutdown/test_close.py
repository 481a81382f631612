"""``close()`` from every state, in every way: it ends, and everybody is answered."""

from __future__ import annotations

import threading
import time

import pykka
import pytest

import ums_actors as ums
from ums_actors.testing.fault_proxy import BlackHole

GENEROUS = 20.0
STATES = [str(state) for state in ums.State]
REACHED = {state: "FAILED" if state == "FAILED" else "CLOSED" for state in STATES}


def start(scene, state, hear=None):
    scene.start(password="wrong" if state == "FAILED" else None, hear=hear)


def check(scene, state, *closings):
    """See that all is over: the closings, the requests, the connection."""
    for closing in closings:
        assert closing.get(timeout=GENEROUS) is None
    verdicts = scene.settle()
    assert set(verdicts) <= {"done", "ConnectionLost", "AuthenticationRejected"}
    status = scene.proxy.status().get(timeout=GENEROUS)
    assert status.state == REACHED[state]
    assert (status.in_flight, status.queued) == (0, 0)
    assert scene.proxy.wait_closed().get(timeout=GENEROUS)
    assert scene.proxy.close().get(timeout=GENEROUS) is None  # and once more


def test_there_is_a_row_for_every_state():
    assert len(STATES) == 9


@pytest.mark.parametrize("state", STATES)
def test_plainly(scene, state):
    start(scene, state)
    scene.reach(state)
    check(scene, state, scene.proxy.close())


@pytest.mark.parametrize("state", STATES)
def test_twice(scene, state):
    start(scene, state)
    scene.reach(state)
    check(scene, state, scene.proxy.close(), scene.proxy.close())


@pytest.mark.parametrize("state", STATES)
def test_with_a_peer_that_plays_dead(scene, state):
    start(scene, state)
    scene.reach(state, stuck=True)
    check(scene, state, scene.proxy.close(), scene.proxy.close())


@pytest.mark.parametrize("state", STATES)
def test_from_a_subscriber_that_waits_for_it(scene, state):
    waited, failures = threading.Event(), []

    def hear(event):
        if event.state == state and not waited.is_set():
            try:
                scene.proxy.close().get(timeout=GENEROUS)
            except ums.UMSError as error:
                failures.append(error)
            waited.set()

    start(scene, state, hear)
    if state == "NEW":  # of which no event tells
        asked = scene.proxy.status()
        asked.add_done_callback(lambda _: scene.answers.append(scene.proxy.close()))
        asked.add_done_callback(lambda _: waited.set())
    scene.reach(state)
    assert waited.wait(GENEROUS)
    assert failures == []
    check(scene, state)


@pytest.mark.parametrize("state", STATES)
def test_by_stopping_the_actor(scene, state):
    start(scene, state)
    scene.reach(state, stuck=True)
    assert scene.proxy.actor_ref.stop(timeout=GENEROUS)
    scene.settle()


def test_while_the_kernel_takes_nothing_more(scene):
    """The peer reads nothing: there is no room even for the close frame."""
    start(scene, "READY")
    scene.proxy.open().get(timeout=GENEROUS)
    scene.wait("READY")
    scene.socket.add(BlackHole())
    large = {"type": ".GetClock", "body": {"filler": "x" * (1 << 20)}}
    scene.answers += [scene.proxy.send(large) for _ in range(24)]
    check(scene, "READY", scene.proxy.close())
    assert "done" not in scene.settle()


def test_what_is_in_flight_is_answered_and_what_is_new_refused(scene):
    scene.start(close_timeout=GENEROUS, drain_timeout=GENEROUS)
    scene.proxy.open().get(timeout=GENEROUS)
    scene.emulator.add_fault("delay", value={"seconds": 0.3, "types": [".GetClock"]})
    asked = [scene.proxy.get_clock() for _ in range(50)]
    closing = scene.proxy.close()
    scene.wait("CLOSING")
    with pytest.raises(ums.ConnectionLost) as caught:
        scene.proxy.get_clock().get(timeout=GENEROUS)
    assert caught.value.delivery is ums.Delivery.NOT_SENT
    assert all(future.get(timeout=GENEROUS) > 0 for future in asked)
    assert closing.get(timeout=GENEROUS) is None


def stop_one(scene):
    assert scene.proxy.actor_ref.stop(timeout=GENEROUS)


def stop_all(_):
    assert pykka.ActorRegistry.stop_all(timeout=GENEROUS)


@pytest.mark.parametrize("stop", [stop_one, stop_all])
def test_to_stop_the_actor_lets_what_was_asked_before_be_answered(scene, stop):
    """As Pykka's stop has it: what came before is done. Nothing is waited for here."""
    scene.start(close_timeout=GENEROUS, drain_timeout=GENEROUS)
    scene.proxy.open().get(timeout=GENEROUS)
    scene.emulator.add_fault("delay", value={"seconds": 0.3, "types": [".GetClock"]})
    asked = [scene.proxy.get_clock() for _ in range(300)]
    stop(scene)
    assert all(future.done() for future in asked)
    assert all(future.get(timeout=0) > 0 for future in asked)
    with pytest.raises(pykka.ActorDeadError):
        scene.proxy.get_clock().get(timeout=GENEROUS)


@pytest.mark.parametrize("stop", [stop_one, stop_all])
def test_to_stop_the_actor_answers_all_with_their_verdicts(scene, stop):
    """Not at their deadlines: what is not answered in time to drain is UNKNOWN."""
    scene.start(close_timeout=GENEROUS, request_timeout=3600.0, queue_timeout=3600.0)
    scene.proxy.open().get(timeout=GENEROUS)
    scene.emulator.add_fault("drop", value=".GetClock")
    written = [scene.proxy.get_clock() for _ in range(20)]
    deadline = time.monotonic() + GENEROUS
    while scene.proxy.status().get(timeout=GENEROUS).in_flight < len(written):
        assert time.monotonic() < deadline
    stop(scene)
    assert all(future.done() for future in written)
    assert {verdict(future) for future in written} == {ums.Delivery.UNKNOWN}


@pytest.mark.parametrize("stop", [stop_one, stop_all])
def test_to_stop_the_actor_answers_what_waits_for_a_line(scene, stop):
    scene.start(close_timeout=GENEROUS, queue_timeout=3600.0)
    waiting = [scene.proxy.get_clock() for _ in range(20)]
    stop(scene)
    assert all(future.done() for future in waiting)
    assert {verdict(future) for future in waiting} == {ums.Delivery.NOT_SENT}


def verdict(future):
    with pytest.raises(ums.ConnectionLost) as caught:
        future.get(timeout=0)
    return caught.value.delivery


def test_nobody_waits_for_answers_who_does_not_want_to(scene):
    scene.start(close_timeout=GENEROUS, drain_timeout=0)
    scene.reach("READY")
    check(scene, "READY", scene.proxy.close())
