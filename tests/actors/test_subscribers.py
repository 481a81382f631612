from __future__ import annotations

import queue
import threading
import types

import pykka
import pytest

import ums_actors as ums
from ums_actors.actors.events import StateChanged
from ums_actors.actors.inbox import EventInbox
from ums_actors.actors.subscribers import Subscribers
from ums_actors.actors.traffic_events import NotificationReceived
from ums_actors.runtime import LoopActor


def event(number: int) -> NotificationReceived:
    return NotificationReceived(type=str(number), body=None)


@pytest.fixture
def subscribers(runtime):
    return Subscribers(runtime, runtime.next_loop(), 3)


@pytest.fixture
def idle(runtime):
    """An actor of ours that takes no message until the test has ended."""
    ref = LoopActor.start(runtime=runtime)
    cell = ref.actor_inbox
    cell.suspended = True
    yield ref
    cell.suspended = False
    cell.schedule()


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


def test_what_those_share_whom_nobody_hears_stays_empty(subscribers, runtime):
    other = Subscribers(runtime, runtime.next_loop(), 3)
    assert subscribers._tables is other._tables
    assert not subscribers.wants(StateChanged)
    assert not subscribers.wants_notification("x")
    subscribers.publish(event(1))
    assert not subscribers.remove("unknown")
    target: queue.Queue = queue.Queue()
    subscribers.add(target, ())
    assert subscribers._tables is not other._tables
    other.publish(event(2))
    other.close()
    assert target.empty()
    shared = other._tables
    tables = shared.all, shared.wide, shared.by_kind, shared.by_place, shared.by_type
    assert tables == ({},) * 5


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


def test_a_loop_actor_that_is_slow_loses_events_as_others_do(subscribers, idle):
    subscribers.add(idle, ())
    for number in range(5):
        subscribers.publish(event(number))
    assert len(idle.actor_inbox) == 3
    assert subscribers.dropped == 2


def test_it_knows_how_many_events_wait_for_each(subscribers, idle):
    class Threaded(pykka.ThreadingActor):
        def on_receive(self, message):
            entered.set()
            go_on.wait(10)

    entered, go_on = threading.Event(), threading.Event()
    threaded = Threaded.start()
    for target in (queue.Queue(), EventInbox(9), idle):
        subscribers.add(target, ())
    for number in range(2):
        subscribers.publish(event(number))
    assert sorted(subscribers.waiting()) == [2, 2, 2]
    subscribers.add(threaded, ())
    subscribers.publish(event(2))
    assert entered.wait(5)
    subscribers.publish(event(3))
    assert min(subscribers.waiting()) == 1
    go_on.set()
    threaded.stop()


def test_so_it_does_of_a_callback(subscribers, eventually):
    entered, go_on = threading.Event(), threading.Event()

    def slow(_):
        entered.set()
        go_on.wait(10)

    subscribers.add(slow, ())
    loop = subscribers._loop
    loop.call_soon(lambda: subscribers.publish(event(0)))
    assert entered.wait(5)
    loop.call_soon(lambda: subscribers.publish(event(1)))
    eventually(lambda: subscribers.waiting() == [1])
    go_on.set()


@pytest.mark.parametrize("target", [None, object(), "x"])
def test_a_target_that_cannot_hear_is_refused(subscribers, target):
    with pytest.raises(ums.LocalProtocolError, match="cannot hear"):
        subscribers.add(target, ())


def test_a_kind_that_is_no_event_is_refused(subscribers):
    with pytest.raises(ums.LocalProtocolError, match="no event class"):
        subscribers.add(print, (int,))


def ring_at(place: str) -> ums.RingOffered:
    return ums.RingOffered(ring=types.SimpleNamespace(conversation_id=place))


def test_who_asks_for_one_conversation_hears_of_no_other(subscribers):
    one: queue.Queue = queue.Queue()
    handle = subscribers.add(one, (ums.RingOffered,), conversation_id="C")
    assert subscribers.wants(ums.RingOffered)
    for place in ("C", "D"):
        subscribers.publish(ring_at(place))
    subscribers.publish(event(1))
    assert one.get_nowait().conversation_id == "C"
    assert one.empty()
    assert subscribers.remove(handle)
    subscribers.publish(ring_at("C"))
    assert one.empty()
    assert not subscribers.wants(ums.RingOffered)


def test_a_filter_that_raises_is_reported_and_concerns_its_owner_alone(subscribers):
    def broken(_):
        raise ValueError("broken")

    narrow: queue.Queue = queue.Queue()
    wide: queue.Queue = queue.Queue()
    subscribers.add(narrow, (), where=broken)
    subscribers.add(wide, ())
    subscribers.publish(event(1))
    heard = [wide.get_nowait(), wide.get_nowait()]
    assert wide.empty()
    assert narrow.empty()
    (error,) = [each for each in heard if isinstance(each, ums.ErrorOccurred)]
    assert error.context == "subscriber.filter_failed"
    assert str(error.error) == "broken"
    assert error.event == event(1)


def test_only_the_wanted_types_of_notifications_are_wanted(subscribers):
    assert not subscribers.wants_notification("x")
    handle = subscribers.add(queue.Queue(), (NotificationReceived,), types=["x"])
    assert subscribers.wants_notification("x")
    assert not subscribers.wants_notification("y")
    subscribers.add(queue.Queue(), ())
    assert subscribers.wants_notification("y")
    subscribers.remove(handle)
    assert subscribers.wants_notification("x")


def test_what_it_keeps_of_types_that_the_server_makes_is_bounded(subscribers):
    subscribers.add(queue.Queue(), ())
    assert all(subscribers.wants_notification(str(number)) for number in range(1000))
    assert len(subscribers._tables.by_type) == 256


def test_it_knows_whether_the_traffic_is_tapped(subscribers):
    subscribers.add(queue.Queue(), ())
    assert not subscribers.tapped
    handle = subscribers.add(queue.Queue(), (ums.RequestSent,))
    assert subscribers.tapped
    subscribers.remove(handle)
    assert not subscribers.tapped


def test_what_one_lost_is_counted_when_it_is_gone(subscribers):
    handle = subscribers.add(queue.Queue(1), ())
    for number in range(3):
        subscribers.publish(event(number))
    subscribers.remove(handle)
    assert subscribers.dropped == 2


def test_rest_ends_those_that_iterate_and_no_others(subscribers):
    inbox, target = EventInbox(3), queue.Queue()
    subscribers.add(inbox, ())
    subscribers.add(target, ())
    subscribers.rest(None)
    assert inbox.ended
    subscribers.publish(event(1))
    assert target.get_nowait() == event(1)
    assert len(inbox) == 0


def types_of(events):
    return sorted(each.type for each in events)


def test_what_has_not_been_taken_is_given_as_often_as_it_waits(subscribers, idle):
    class Threaded(pykka.ThreadingActor):
        def on_receive(self, message):
            entered.set()
            go_on.wait(10)

    class Strange(queue.Queue):
        pass

    entered, go_on = threading.Event(), threading.Event()
    threaded, target, inbox = Threaded.start(), Strange(), EventInbox(9)
    assert list(subscribers.untaken()) == []
    for each in (threaded, idle, target, inbox):
        subscribers.add(each, ())
    subscribers.publish(event(0))
    assert entered.wait(5)
    subscribers.publish(event(1))
    # of a stock actor nobody sees what it is at
    assert types_of(subscribers.untaken()) == ["0", "0", "0", "1", "1", "1", "1"]
    assert target.get().type == "0"
    assert inbox.take().type == "0"  # and it is at it
    assert types_of(subscribers.untaken()) == ["0", "0", "1", "1", "1", "1"]
    assert inbox.take().type == "1"
    assert types_of(subscribers.untaken()) == ["0", "1", "1", "1", "1"]
    assert inbox.take() is None
    assert types_of(subscribers.untaken()) == ["0", "1", "1", "1"]
    go_on.set()
    threaded.stop()


def test_what_an_iteration_has_left_of_an_earlier_rest_is_not_taken(subscribers):
    inbox, done = EventInbox(3), EventInbox(3)
    for each in (inbox, done):
        subscribers.add(each, ())
    subscribers.publish(event(0))
    done.discard()
    subscribers.rest(None)
    assert types_of(subscribers.untaken()) == ["0"]
    later = EventInbox(3)
    subscribers.add(later, ())
    subscribers.publish(event(1))
    subscribers.rest(None)
    assert types_of(subscribers.untaken()) == ["0", "1"]
    assert inbox.take().type == "0"
    assert types_of(subscribers.untaken()) == ["0", "1"]
    assert inbox.take() is None
    assert types_of(subscribers.untaken()) == ["1"]


def test_an_iteration_that_loses_its_oldest_keeps_what_it_is_at(subscribers):
    inbox = EventInbox(1)
    subscribers.add(inbox, ())
    subscribers.publish(event(0))
    assert inbox.take().type == "0"
    for number in (1, 2):
        subscribers.publish(event(number))
    assert types_of(subscribers.untaken()) == ["0", "2"]
