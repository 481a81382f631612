from __future__ import annotations

import queue
import time

import pytest

from ums_actors.cli.demo.alarm import Alarm

DEADLINE = 10.0


@pytest.fixture
def alarm():
    alarm = Alarm()
    alarm.start()
    yield alarm
    alarm.stop()
    assert not alarm.is_alive()


def test_it_calls_in_the_order_of_time_and_never_too_early(alarm):
    called = queue.Queue()
    asked = time.monotonic()
    for seconds in (0.06, 0.02, 0.04, 0.0):
        alarm.call_later(
            seconds, lambda seconds=seconds: called.put((seconds, time.monotonic()))
        )
    got = [called.get(timeout=DEADLINE) for _ in range(4)]
    assert [seconds for seconds, _ in got] == [0.0, 0.02, 0.04, 0.06]
    assert all(at - asked >= seconds for seconds, at in got)


def test_calls_of_the_same_time_keep_their_order(alarm):
    called = queue.Queue()
    for number in range(20):
        alarm.call_later(0.0, lambda number=number: called.put(number))
    assert [called.get(timeout=DEADLINE) for _ in range(20)] == list(range(20))


def test_what_is_not_due_when_it_is_stopped_is_forgotten():
    alarm, called = Alarm(), []
    alarm.start()
    alarm.call_later(3600.0, lambda: called.append(1))
    alarm.stop()
    assert not alarm.is_alive()
    assert called == []


def test_what_breaks_it_is_kept():
    alarm = Alarm()
    alarm.start()
    alarm.call_later(0.0, lambda: 1 // 0)
    alarm.join(DEADLINE)
    assert isinstance(alarm.error, ZeroDivisionError)


def test_one_that_was_not_started_can_be_stopped():
    Alarm().stop()
