from __future__ import annotations

import queue
import threading

import pykka
import pytest

import ums_actors as ums
from ums_actors.actors.events import NotificationReceived, StateChanged
from ums_actors.actors.subscribers import Subscribers


def event(number: int) -> NotificationReceived:
    return NotificationReceived(type=str(number), body=None)


@pytest.fixture
def subscribers(runtime):
    return Subscribers(runtime, runtime.next_loop(), 3)


def test_a_full_queue_loses_its_oldest_events(subscribers):
    target: queue.Queue = queue.Queue()
    subscribers.add(target, ())
    for number in range(5):
        subscribers.publish(event(number))
    assert [target.get_nowait().type for _ in range(3)] == ["2", "3", "4"]
    assert subscribers.dropped == 2


def test_a_queue_of_less_room_than_the_limit_never_blocks(subscribers):
    target: queue.Queue = queue.Queue(1)
    subscribers.add(target, ())
    for number in range(3):
        subscribers.publish(event(number))
    assert target.get_nowait().type == "2"


def test_only_the_wanted_kinds_are_heard(subscribers):
    target: queue.Queue = queue.Queue()
    handle = subscribers.add(target, (StateChanged,))
    subscribers.publish(event(1))
    assert target.empty()
    assert not subscribers.wants(NotificationReceived)
    assert subscribers.remove(handle)
    assert not subscribers.remove(handle)


def test_an_actor_that_is_dead_costs_its_own_events_only(subscribers):
    class Hearer(pykka.ThreadingActor):
        def on_receive(self, message):
            heard.append(message.type)
            arrived.set()

    heard: list[str] = []
    arrived = threading.Event()
    ref = Hearer.start()
    handle = subscribers.add(ref, ())
    subscribers.publish(event(1))
    assert arrived.wait(5)
    ref.stop()
    subscribers.publish(event(2))
    assert heard == ["1"]
    assert subscribers.dropped == 1
    assert subscribers.remove(handle)


@pytest.mark.parametrize("target", [None, object(), "x"])
def test_a_target_that_cannot_hear_is_refused(subscribers, target):
    with pytest.raises(ums.LocalProtocolError, match="cannot hear"):
        subscribers.add(target, ())


def test_a_kind_that_is_no_event_is_refused(subscribers):
    with pytest.raises(ums.LocalProtocolError, match="no event class"):
        subscribers.add(print, (int,))
