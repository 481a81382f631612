from __future__ import annotations

import asyncio
import gc
import threading

import pytest

import ums_actors as ums
from ums_actors.actors.inbox import EventInbox
from ums_actors.actors.iterator import EventIterator


def event(number: int) -> ums.NotificationReceived:
    return ums.NotificationReceived(type=str(number), body=None)


class Line:
    """An iterator whose far side is the test."""

    def __init__(self, limit=3, **more):
        self.inbox = EventInbox(limit)
        self.released = 0
        self.alive = True
        self.events = EventIterator(
            self.inbox, self.release, lambda: self.alive, **more
        )

    def release(self):
        self.released += 1


def test_events_come_in_order_and_the_oldest_are_lost():
    line = Line()
    kept = [line.inbox.push(event(number)) for number in range(5)]
    assert kept == [True, True, True, False, False]
    assert [next(line.events).type for _ in range(3)] == ["2", "3", "4"]


def test_it_waits_for_the_next_event():
    line = Line()
    timer = threading.Timer(0.05, line.inbox.push, [event(1)])
    timer.start()
    assert next(line.events).type == "1"
    timer.join()


def test_it_ends_when_nothing_comes_for_too_long():
    line = Line(timeout=0.05)
    assert list(line.events) == []
    assert line.released == 1


def test_it_ends_after_what_came_before_the_end():
    line = Line()
    line.inbox.push(event(1))
    line.inbox.end()
    line.inbox.push(event(2))
    assert [each.type for each in line.events] == ["1"]
    assert line.released == 1


def test_a_bad_end_is_raised_once():
    line = Line()
    line.inbox.push(event(1))
    line.inbox.end(ums.ConnectionLost("gone", delivery=ums.Delivery.NOT_SENT))
    assert next(line.events).type == "1"
    with pytest.raises(ums.ConnectionLost, match="gone"):
        next(line.events)
    assert list(line.events) == []


def test_a_strict_one_takes_no_end_for_a_good_one_but_its_own():
    line = Line(strict=True)
    line.inbox.end()
    with pytest.raises(ums.ConnectionLost):
        next(line.events)
    line = Line(strict=True)
    line.events.close()
    assert list(line.events) == []


def test_closing_it_releases_it_once_and_forgets_what_waits():
    line = Line()
    line.inbox.push(event(1))
    with line.events as events:
        pass
    events.close()
    assert list(events) == []
    assert line.released == 1
    assert line.inbox.push(event(2))
    assert len(line.inbox) == 0


def test_one_that_is_forgotten_is_released():
    line = Line()
    inbox = line.inbox
    del line.events
    gc.collect()
    assert line.released == 1
    assert inbox.ended


def test_a_loop_that_has_ended_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr("ums_actors.actors.iterator._LOOK", 0.02)
    line = Line()
    line.alive = False
    assert list(line.events) == []


@pytest.mark.parametrize("limit", [0, -1, "5", None])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(ums.LocalProtocolError, match="limit="):
        EventInbox(limit)


def test_asyncio_iterates_without_being_blocked():
    async def main():
        line = Line()
        loop = asyncio.get_running_loop()
        loop.call_later(0.02, line.inbox.push, event(1))
        loop.call_later(0.04, line.inbox.push, event(2))
        loop.call_later(0.06, line.inbox.end)
        async with line.events as events:
            return [each.type async for each in events], line.released

    assert asyncio.run(main()) == (["1", "2"], 1)


def test_a_task_that_gives_up_loses_no_event():
    async def main():
        line = Line()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await anext(line.events)
        line.inbox.push(event(1))
        found = await anext(line.events)
        line.alive = False
        await line.events.aclose()
        return found.type, [each async for each in line.events]

    assert asyncio.run(main()) == ("1", [])


def test_asyncio_hears_of_a_bad_end_and_of_a_loop_that_has_ended(monkeypatch):
    monkeypatch.setattr("ums_actors.actors.iterator._LOOK", 0.02)

    async def main():
        line = Line()
        line.inbox.end(ums.ConnectionLost("gone", delivery=ums.Delivery.NOT_SENT))
        with pytest.raises(ums.ConnectionLost):
            await anext(line.events)
        line = Line()
        line.alive = False
        return [each async for each in line.events]

    assert asyncio.run(main()) == []
