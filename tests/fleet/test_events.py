"""Hearing all agents: by a callback, an actor, iterators; in turns, within bounds."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections import Counter

import pykka
import pytest

import ums_actors as ums
from ums_actors.fleet.events import AgentEvent

TEXT = (ums.MessageReceived,)


def open_talk(emulator, user):
    return emulator.open_conversation(assign=user, text=f"for {user}").conversation_id


def told(event):
    return event.event.text


def test_a_callback_hears_all_agents_and_whose_each_event_is(
    emulator, specs, fleet, heard
):
    bots = fleet(specs(emulator), handler=heard, kinds=TEXT)
    bots.open().get(timeout=30)
    for user in emulator.users:
        open_talk(emulator, user)
    events = [heard.wait(ums.MessageReceived, user) for user in ("bot1",)]
    assert told(events[0]) == "for bot1"
    assert events[0].account_id == emulator.account
    assert events[0].conversation_id == events[0].event.conversation_id != ""
    assert events[0].dialog_id == events[0].event.dialog_id != ""


def test_each_message_comes_once_to_its_own_agent(
    emulator, specs, fleet, heard, eventually
):
    bots = fleet(specs(emulator), handler=heard, kinds=TEXT)
    bots.open().get(timeout=30)
    for user in emulator.users:
        open_talk(emulator, user)
    eventually(lambda: len(heard.all) == 6)
    assert {(event.user, told(event)) for event in heard.all} == {
        (user, f"for {user}") for user in emulator.users
    }
    assert {type(event.event) for event in heard.all} == {ums.MessageReceived}


def test_it_may_call_its_agent_and_wait_for_the_answer(
    emulator, specs, fleet, eventually
):
    def answer(event):
        message = event.event
        if not message.mine:
            bot = bots.get(event.user)
            bot.send_text(message.conversation_id, "yes").get(timeout=20)

    bots = fleet(specs(emulator), handler=answer, kinds=TEXT)
    bots.open().get(timeout=30)
    talks = [open_talk(emulator, user) for user in emulator.users]
    for talk in talks:
        eventually(lambda talk=talk: len(emulator.transcript(talk)) >= 2)


def test_what_it_raises_is_told_and_stops_nothing(emulator, specs, fleet, eventually):
    seen = []

    def fail(event):
        seen.append(event)
        raise ValueError("no")

    bots = fleet(specs(emulator, "bot1"), handler=fail)
    failures = bots.events(ums.ErrorOccurred, timeout=20)
    bots.open().get(timeout=30)
    failure = next(failures)
    assert failure.event.context == "fleet.handler_failed"
    assert isinstance(failure.event.error, ValueError)
    assert isinstance(failure.event.event, ums.Event)
    eventually(lambda: any(isinstance(e.event, ums.AgentReady) for e in seen))
    told_of = [e for e in seen if isinstance(e.event, ums.ErrorOccurred)]
    assert bots.status().handler_errors >= len(seen) - len(told_of) > 0


def test_a_blocked_agent_and_a_flood_hold_up_no_other(
    emulator, specs, fleet, eventually
):
    go_on = threading.Event()
    served = Counter()

    def handle(event):
        if event.user == "bot1":
            go_on.wait(30)
        served[event.user] += 1

    bots = fleet(specs(emulator), handler=handle, handlers=2, kinds=TEXT)
    bots.open().get(timeout=30)
    flooded, blocked = open_talk(emulator, "bot2"), open_talk(emulator, "bot1")
    eventually(lambda: bots.status().handlers_busy)
    for number in range(60):
        emulator.write(flooded, str(number))
    emulator.write(blocked, "more")
    open_talk(emulator, "bot3")
    eventually(lambda: (served["bot2"], served["bot3"]) == (61, 1))
    assert served["bot1"] == 0
    go_on.set()
    eventually(lambda: served["bot1"] == 2)


def test_one_agents_events_are_handled_one_at_a_time_and_in_order(
    emulator, specs, fleet, eventually
):
    running, seen = Counter(), []
    lock = threading.Lock()

    def handle(event):
        with lock:
            running[event.user] += 1
            assert running[event.user] == 1
        seen.append((event.user, told(event)))
        with lock:
            running[event.user] -= 1

    bots = fleet(specs(emulator), handler=handle, handlers=4, kinds=TEXT)
    bots.open().get(timeout=30)
    talks = {user: open_talk(emulator, user) for user in ("bot1", "bot2", "bot3")}
    for number in range(20):
        for talk in talks.values():
            emulator.write(talk, str(number))
    eventually(lambda: len(seen) == 63)
    for user in talks:
        mine = [text for who, text in seen if who == user]
        assert mine == [f"for {user}", *map(str, range(20))]
    assert bots.status().handler_errors == 0


def test_who_is_slow_loses_its_own_oldest_and_hears_how_many(emulator, specs, fleet):
    limits = ums.Limits(events=8, events_per_agent=5)
    bots = fleet(specs(emulator), limits=limits, kinds=TEXT)
    bots.open().get(timeout=30)
    events = bots.events(timeout=1)
    told_of = queue.Queue()
    for user in ("bot1", "bot2"):
        bots.get(user).subscribe(told_of, ums.MessageReceived).get(timeout=20)
    flooded = open_talk(emulator, "bot1")
    for number in range(10):
        emulator.write(flooded, str(number))
    for _ in range(11):
        told_of.get(timeout=20)
    open_talk(emulator, "bot2")
    told_of.get(timeout=20)
    found = list(events)
    assert [(e.user, told(e), e.missed) for e in found] == [
        ("bot1", "5", 6),
        ("bot2", "for bot2", 0),
        *(("bot1", str(number), 0) for number in range(6, 10)),
    ]
    assert bots.status().events_dropped == 6
    assert bots.get("bot1").status().get(timeout=5).dropped == 6
    assert bots.get("bot2").status().get(timeout=5).dropped == 0


def test_iterators_have_their_own_lines_and_end_with_the_fleet(emulator, specs, fleet):
    bots = fleet(specs(emulator, "bot1"))
    ready, states = bots.events(ums.AgentReady), bots.events(ums.StateChanged)
    bots.open().get(timeout=30)
    bots.close().get(timeout=20)
    assert [event.event for event in ready] == [ums.AgentReady()]
    names = [event.event.state for event in states]
    assert names[-2:] == ["CLOSING", "CLOSED"]
    assert "READY" in names
    with pytest.raises(StopIteration):
        next(states)


def test_one_can_iterate_in_asyncio(emulator, specs, fleet):
    bots = fleet(specs(emulator))

    async def listen() -> set[str]:
        found = set()
        async with bots.events(ums.AgentReady) as events:
            bots.open()
            async for event in events:
                found.add(event.user)
                if len(found) == 6:
                    return found
        raise AssertionError

    assert asyncio.run(asyncio.wait_for(listen(), 30)) == set(emulator.users)


def test_a_closed_iterator_is_told_nothing_more(emulator, specs, fleet):
    bots = fleet(specs(emulator, "bot1"))
    events = bots.events()
    events.close()
    bots.open().get(timeout=30)
    assert list(events) == []
    assert bots.status().events_waiting == 0


def test_one_who_comes_late_hears_the_end_at_once(fleet):
    bots = fleet()
    bots.close().get(timeout=20)
    assert list(bots.events()) == []


def test_only_kinds_that_the_fleet_was_made_with_can_be_iterated_over(fleet):
    bots = fleet(kinds=[ums.RingOffered, ums.ConversationEvent])
    bots.events(ums.ConversationClosed, ums.AgentReady).close()
    with pytest.raises(ums.LocalProtocolError) as caught:
        bots.events(ums.MessageReceived)
    assert str(caught.value) == (
        "MessageReceived is not told: the fleet was made with kinds of RingOffered, "
        "ConversationEvent; name it there as well"
    )


def test_taps_are_heard_by_who_names_them(emulator, specs, fleet, heard):
    bots = fleet(specs(emulator, "bot1"), handler=heard, kinds=[ums.RequestSent])
    bots.open().get(timeout=30)
    bots.get("bot1").get_clock().get(timeout=20)
    heard.wait(ums.RequestSent, "bot1")
    assert {type(event.event) for event in heard.all} == {ums.RequestSent}


class Backend(pykka.ThreadingActor):
    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def on_receive(self, message):
        if isinstance(message, AgentEvent):
            self.seen.append(message)
            if told(message) == "raise":
                raise ValueError("no")


class LoopBackend(ums.LoopActor):
    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def on_receive(self, message):
        Backend.on_receive(self, message)


@pytest.fixture(params=[Backend, LoopBackend])
def backend(request, runtime):
    seen = []
    more = {"runtime": runtime} if request.param is LoopBackend else {}
    ref = request.param.start(seen, **more)
    yield ref, seen
    ref.stop(timeout=10)


def test_an_actor_hears_all_agents_and_survives_what_it_raises(
    emulator, specs, fleet, backend, eventually
):
    ref, seen = backend
    bots = fleet(specs(emulator), handler=ref, kinds=TEXT)
    bots.open().get(timeout=30)
    talk = open_talk(emulator, "bot1")
    for text in ("raise", "after"):
        emulator.write(talk, text)
    open_talk(emulator, "bot2")
    eventually(lambda: len(seen) == 4)
    assert [told(e) for e in seen if e.user == "bot1"] == ["for bot1", "raise", "after"]
    eventually(lambda: bots.status().handler_errors == 1)
    assert ref.is_alive()


def test_an_actor_that_has_stopped_hears_no_more_and_holds_up_nobody(
    emulator, specs, fleet, backend
):
    ref, _ = backend
    bots = fleet(specs(emulator), handler=ref)
    ref.stop(timeout=10)
    assert bots.open().get(timeout=30).ready == 6
    assert bots.status().events_waiting == 0
    bots.close().get(timeout=20)
